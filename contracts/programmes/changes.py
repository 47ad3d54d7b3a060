"""Acts on programmes: who leads one enters it and keeps its budget."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.access import organisations_in
from contracts.models import Organisation, Programme
from contracts.programmes.schemas import NewProgramme, ProgrammeEdit
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.clock import Clock
from kernel.edits import refuse_stale
from kernel.errors import ForbiddenError, InputError, NotFoundError
from kernel.keys import new_key
from kernel.sql import wait_for_lock

PROGRAMME_LOCK = "programmes"
"""Two people entering the same programme at once: the second is told of the first."""
LABELS = {
    "name": "项目名称",
    "fiscal_year": "预算年度",
    "initial_budget": "年初预算数（元）",
    "budget": "全年预算数（元）",
    "received": "到位资金（元）",
    "approval_document": "批复文号",
    "note": "备注",
}


def may_keep(session: Session, actor: Actor, lead_id: UUID) -> bool:
    """Whether the actor works for the lead of a programme, or for what is above it."""
    scope = actor.scope(Permission.CONTRACTS_WRITE)
    mine = select(Organisation.id).where(Organisation.id == lead_id)
    if not scope.everything:
        mine = mine.where(Organisation.id.in_(organisations_in(scope)))
    return session.scalar(mine) is not None


def keepable(session: Session, actor: Actor, keys: Sequence[UUID]) -> frozenset[UUID]:
    """Which of these programmes the actor may change."""
    scope = actor.scope(Permission.CONTRACTS_WRITE)
    mine = select(Programme.id).where(Programme.id.in_(keys))
    if not scope.everything:
        mine = mine.where(Programme.lead_id.in_(organisations_in(scope)))
    return frozenset(session.scalars(mine))


def add_programme(session: Session, actor: Actor, clock: Clock, wanted: NewProgramme) -> UUID:
    """Enter a programme; gives its key.

    Raises ``InputError`` for a lead that the actor does not work for and a code that another has.
    """
    wait_for_lock(session, PROGRAMME_LOCK)
    if not may_keep(session, actor, wanted.lead_id):
        raise InputError("lead_id", "只能为本单位（含下级单位）登记预算项目")
    taken = session.scalar(select(Programme.name).where(Programme.code == wanted.code))
    if taken is not None:
        raise InputError("code", f"“{taken}”已用这个项目编码")
    key = new_key()
    who = {"recorded_at": clock.now(), "recorded_by": actor.name}
    session.add(Programme(id=key, **dict(wanted), **who))
    session.flush()
    return key


def change_programme(
    session: Session, actor: Actor, clock: Clock, key: UUID, wanted: ProgrammeEdit, seen: int
) -> Programme:
    """Change what is kept of a programme; ``seen`` is the version one edits.

    Raises as ``kept_programme`` does, and ``ChangedMeanwhile`` when somebody else edited it since.
    """
    found = kept_programme(session, actor, key, lock=True)
    given = wanted.given()
    compared = {
        name: (LABELS[name], _shown(getattr(found, name)), _shown(value))
        for name, value in given.items()
    }
    refuse_stale(seen, found.version, found.recorded_by, compared)
    changed = {name: value for name, value in given.items() if getattr(found, name) != value}
    if changed:
        for name, value in changed.items():
            setattr(found, name, value)
        found.version += 1
        found.recorded_at, found.recorded_by = clock.now(), actor.name
        # What somebody entered is no longer an assumption of the source.
        found.assumed = [name for name in found.assumed if name not in changed]
        session.flush()
    return found


def kept_programme(session: Session, actor: Actor, key: UUID, *, lock: bool = False) -> Programme:
    """A programme that the actor keeps.

    Raises ``NotFoundError``, and ``ForbiddenError`` for one that another organisation leads.
    """
    found = session.get(Programme, key, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise NotFoundError("没有这个预算项目")
    if not may_keep(session, actor, found.lead_id):
        raise ForbiddenError("预算项目由牵头单位维护")
    return found


def _shown(value: object) -> str:
    return "" if value is None else str(value)
