"""Acts on the register of enterprises: add and change one. All departments share it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.enterprises.models import Enterprise
from contracts.enterprises.names import name_key, shown_name
from contracts.enterprises.schemas import EnterpriseIn, NewEnterprise
from kernel.access.actor import Actor
from kernel.clock import Clock
from kernel.edits import refuse_stale
from kernel.errors import InputError, NotFoundError
from kernel.keys import new_key
from kernel.sql import wait_for_lock

ENTERPRISE_LOCK = "enterprises"
"""Two people adding the same enterprise at once: the second is told of the first."""
LABELS = {
    "name": "企业名称",
    "credit_code": "统一社会信用代码",
    "division_code": "行政区划代码",
    "sector": "行业领域",
    "located_at": "企业地址",
    "note": "备注",
}


def add_enterprise(
    session: Session, actor: Actor, clock: Clock, entry: NewEnterprise
) -> Enterprise:
    """Add an enterprise.

    Raises ``InputError`` for a credit code that another has, and (field ``is_another``) for a name
    that another has in another spelling, unless ``entry`` says that it is another one.
    """
    wait_for_lock(session, ENTERPRISE_LOCK)
    key = name_key(entry.name)
    _refuse_code(session, entry.credit_code, None)
    if not entry.is_another:
        _refuse_twin(session, key)
    own = new_key()
    added = Enterprise(
        id=own,
        root_id=own,
        name_key=key,
        recorded_at=clock.now(),
        recorded_by=actor.name,
        **_kept(entry),
    )
    session.add(added)
    session.flush()
    return added


def change_enterprise(
    session: Session, actor: Actor, clock: Clock, key: UUID, entry: EnterpriseIn, seen: int
) -> Enterprise:
    """Change what is kept of an enterprise; ``seen`` is the version that the editor read.

    Raises ``NotFoundError``, ``ChangedMeanwhile``, and ``InputError`` for a code that another has.
    """
    found = locked_enterprise(session, key)
    wanted = _kept(entry)
    refuse_stale(
        seen,
        found.version,
        found.recorded_by,
        {
            name: (LABELS[name], _shown(getattr(found, name)), _shown(value))
            for name, value in wanted.items()
        },
    )
    _refuse_code(session, entry.credit_code, key)
    for name, value in wanted.items():
        setattr(found, name, value)
    found.name_key = name_key(found.name)
    touch(found, actor, clock)
    session.flush()
    return found


def locked_enterprise(session: Session, key: UUID) -> Enterprise:
    """The enterprise, once nobody else changes the register; raises ``NotFoundError``."""
    wait_for_lock(session, ENTERPRISE_LOCK)
    statement = select(Enterprise).where(Enterprise.id == key).with_for_update()
    found = session.scalars(statement.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFoundError("企业名录中没有这家企业")
    return found


def touch(found: Enterprise, actor: Actor, clock: Clock) -> None:
    """Note who changed it, and when."""
    found.version += 1
    found.recorded_at, found.recorded_by = clock.now(), actor.name


def _kept(entry: EnterpriseIn) -> dict[str, str | None]:
    return {
        **{name: getattr(entry, name) for name in LABELS},
        "name": shown_name(entry.name),
        "division_code": entry.division_code or None,
    }


def _refuse_code(session: Session, code: str | None, own: UUID | None) -> None:
    if code is None:
        return
    taken = select(Enterprise.name).where(Enterprise.credit_code == code, Enterprise.id != own)
    other = session.scalar(
        taken if own else select(Enterprise.name).where(Enterprise.credit_code == code)
    )
    if other is not None:
        raise InputError("credit_code", f"名录中的“{other}”已用这个统一社会信用代码")


def _refuse_twin(session: Session, key: str) -> None:
    other = session.scalar(select(Enterprise.name).where(Enterprise.name_key == key).limit(1))
    if other is not None:
        raise InputError(
            "is_another", f"名录中已有“{other}”，写法相近；确是另一家的，请勾选“确是另一家”"
        )


def _shown(value: str | None) -> str:
    return value or "无"
