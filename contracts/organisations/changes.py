"""Acts on the organisation tree: add, change from a day on, move a subtree from a day on.

Each takes the lock of the tree first, so that no two moves together make a cycle. Visibility of
contracts follows in the same transaction (``migrations/tree_triggers.py``), and so do the versions
(``migrations/version_triggers.py``).
"""

from datetime import date
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from contracts.models import Organisation, OrganisationKind
from contracts.organisation_versions import UNKNOWN_START, OrganisationVersion
from contracts.organisations.schemas import NewOrganisation, OrganisationEdit, OrganisationMove
from contracts.organisations.words import KIND_NAMES
from contracts.reach_models import OrganisationAncestor
from kernel.access.actor import Actor
from kernel.clock import Clock
from kernel.edits import refuse_stale
from kernel.errors import InputError, NotFoundError
from kernel.keys import new_key
from kernel.sql import wait_for_lock

TREE_LOCK = "organisation tree"
"""The triggers on PostgreSQL take the same: an import and a move wait for each other."""
_LABELS = {
    "name": "名称",
    "short_name": "简称",
    "kind": "类型",
    "division_code": "行政区划代码",
    "parent_id": "上级机构",
}
_DATED = ("name", "short_name", "kind")


def add_organisation(
    session: Session, actor: Actor, clock: Clock, wanted: NewOrganisation
) -> Organisation:
    """Add an organisation to the tree.

    Raises ``InputError`` for a code or name that another has, a parent that is not there, or a day
    in the future.
    """
    wait_for_lock(session, TREE_LOCK)
    _refuse_taken(session, "code", wanted.code, "机构编码")
    _refuse_taken(session, "name", wanted.name, "名称")
    if wanted.parent_id is not None and session.get(Organisation, wanted.parent_id) is None:
        raise InputError("parent_id", "没有这个上级机构")
    if wanted.valid_from is not None:
        _refuse_future(wanted.valid_from, clock.business_date())
    added = Organisation(
        id=new_key(),
        recorded_at=clock.now(),
        recorded_by=actor.name,
        **wanted.model_dump(exclude={"valid_from"}),
    )
    session.add(added)
    session.flush()
    if wanted.valid_from is not None:
        session.execute(
            update(OrganisationVersion)
            .where(OrganisationVersion.organisation_id == added.id)
            .values(valid_from=wanted.valid_from)
        )
    return added


def change_organisation(
    session: Session, actor: Actor, clock: Clock, key: UUID, wanted: OrganisationEdit, seen: int
) -> Organisation:
    """Change what an organisation is called, from a day on; ``seen`` is the version one edits.

    Raises ``NotFoundError``; ``ChangedMeanwhile`` when somebody else edited it since; ``InputError``
    for a name that another has, or a day in the future or before the last change.
    """
    found = locked_organisation(session, key)
    given = wanted.given()
    refuse_stale(
        seen,
        found.version,
        found.recorded_by,
        {
            name: (_LABELS[name], _shown(getattr(found, name)), _shown(given[name]))
            for name in given
        },
    )
    changed = {name: value for name, value in given.items() if getattr(found, name) != value}
    if "name" in changed:
        _refuse_taken(session, "name", str(changed["name"]), "名称")
    if any(name in changed for name in _DATED):
        _cut(session, found.id, wanted.valid_from, clock.business_date())
    if changed:
        _write(session, actor, clock, found, changed)
    return found


def move_organisation(
    session: Session, actor: Actor, clock: Clock, key: UUID, wanted: OrganisationMove, seen: int
) -> Organisation:
    """Put an organisation, and all below it, under another parent (None: at the top) from a day on.

    Who sees its contracts follows at once. Raises as ``change_organisation`` does, and
    ``InputError`` for a parent that is not there or lies below the organisation itself.
    """
    found = locked_organisation(session, key)
    names = _names(session, found.parent_id, wanted.parent_id)
    refuse_stale(
        seen,
        found.version,
        found.recorded_by,
        {"parent_id": (_LABELS["parent_id"], names[found.parent_id], names[wanted.parent_id])},
    )
    if wanted.parent_id == found.parent_id:
        return found
    if wanted.parent_id is not None and lies_below(session, wanted.parent_id, found.id):
        raise InputError("parent_id", "不能移到自己或自己的下级机构之下，那样上下级会成循环")
    _cut(session, found.id, wanted.valid_from, clock.business_date())
    _write(session, actor, clock, found, {"parent_id": wanted.parent_id})
    return found


def locked_organisation(session: Session, key: UUID) -> Organisation:
    """One organisation as it is once nobody else changes the tree; raises ``NotFoundError``."""
    wait_for_lock(session, TREE_LOCK)
    found = session.scalars(
        select(Organisation)
        .where(Organisation.id == key)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotFoundError("没有这个机构")
    return found


def lies_below(session: Session, key: UUID, above: UUID) -> bool:
    """Whether the organisation is ``above`` or lies below it."""
    return session.get(OrganisationAncestor, (key, above), populate_existing=True) is not None


def _write(
    session: Session, actor: Actor, clock: Clock, found: Organisation, changed: dict[str, object]
) -> None:
    for name, value in changed.items():
        setattr(found, name, value)
    found.version += 1
    found.recorded_at, found.recorded_by = clock.now(), actor.name
    session.flush()


def _cut(session: Session, key: UUID, day: date, today: date) -> None:
    """End the open version before ``day`` and begin another that the change then fills."""
    _refuse_future(day, today)
    opened = session.scalars(
        select(OrganisationVersion)
        .where(OrganisationVersion.organisation_id == key, OrganisationVersion.valid_to.is_(None))
        .execution_options(populate_existing=True)
    ).one()
    if day < opened.valid_from:
        since = opened.valid_from
        raise InputError("valid_from", f"上一次变更自 {since} 起生效，生效日期不能早于这一天")
    if day == opened.valid_from:
        return  # the same day's change is corrected
    opened.valid_to = day
    session.flush()
    following = OrganisationVersion(
        organisation_id=key,
        valid_from=day,
        name=opened.name,
        short_name=opened.short_name,
        kind=opened.kind,
        parent_id=opened.parent_id,
        recorded_at=opened.recorded_at,
        recorded_by=opened.recorded_by,
    )
    session.add(following)
    session.flush()


def _refuse_future(day: date, today: date) -> None:
    if day > today:
        raise InputError("valid_from", f"生效日期不能晚于业务日期 {today}；请在生效当天或以后登记")
    if day < UNKNOWN_START:
        raise InputError("valid_from", f"生效日期不能早于 {UNKNOWN_START}")


def _refuse_taken(session: Session, field: str, value: str, label: str) -> None:
    column = getattr(Organisation, field)
    taken = session.scalars(select(Organisation.name).where(column == value)).first()
    if taken is not None:
        raise InputError(field, f"“{taken}”已用这个{label}")


def _names(session: Session, *keys: UUID | None) -> dict[UUID | None, str]:
    """Names of organisations, 无 for none; raises ``InputError`` when one is not there."""
    names: dict[UUID | None, str] = {None: "无"}
    wanted = [key for key in keys if key is not None]
    statement = select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted))
    names |= dict(session.execute(statement).all())
    if any(key not in names for key in keys):
        raise InputError("parent_id", "没有这个上级机构")
    return names


def _shown(value: object) -> str:
    if isinstance(value, OrganisationKind):
        return KIND_NAMES[value]
    return "无" if value is None or value == "" else str(value)
