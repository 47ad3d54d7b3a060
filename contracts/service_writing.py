"""What writing on plans and rounds shares: the contract's lock, edits, lists that are replaced."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts import ledger_findings
from contracts.access import visible
from contracts.events import ContractsChanged
from contracts.findings import Scope, sync_findings
from contracts.models import Contract
from contracts.plan_standings import write_plan_standings
from contracts.service_models import RoundKind
from contracts.workbook_rows import ROUND_KINDS
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.edits import refuse_stale
from kernel.errors import FieldProblem, ForbiddenError, InputError, NotFoundError
from kernel.events import announce

_KIND_NAMES = {kind: word for word, kind in ROUND_KINDS.items()}


def locked_contract(session: Session, actor: Actor, contract_id: UUID) -> Contract:
    """The contract, locked, for who may write on its service.

    Raises ``NotFoundError`` where the actor does not see it, ``ForbiddenError`` where he only reads.
    """
    found = select(Contract).where(Contract.id == contract_id)
    if session.scalar(found.where(visible(actor, Permission.SERVICE_READ))) is None:
        raise NotFoundError("没有这份合同，或不在您的查看范围内")
    writable = found.where(visible(actor, Permission.SERVICE_WRITE))
    statement = writable.with_for_update().execution_options(populate_existing=True)
    locked = session.scalars(statement).first()
    if locked is None:
        raise ForbiddenError("您可以查看这份合同，但没有登记方案与轮次的权限")
    return locked


def locked_child(
    session: Session, actor: Actor, model: type[Any], key: UUID, name: str
) -> tuple[Contract, Any]:
    """A plan or round, and its contract that is locked first; raises as ``locked_contract``."""
    contract_id = session.scalar(select(model.contract_id).where(model.id == key))
    if contract_id is None:
        raise NotFoundError(f"没有这{name}，或不在您的查看范围内")
    contract = locked_contract(session, actor, contract_id)
    statement = select(model).where(model.id == key).execution_options(populate_existing=True)
    return contract, session.scalars(statement).one()


def settle_service(session: Session, actor: Actor, now: datetime, contract_id: UUID) -> None:
    """What follows from a changed plan or round: standings, payments, findings."""
    session.flush()
    write_plan_standings(session, [contract_id])
    announce(session, ContractsChanged([contract_id]))
    found = ledger_findings.contract_findings(session, [contract_id])
    scope = Scope([contract_id], (), ledger_findings.CODES)
    sync_findings(session, actor, now, scope, found)


def refuse(problems: Sequence[FieldProblem]) -> None:
    """Raises ``InputError`` naming every field that is wrong; nothing when none is."""
    if problems:
        refusal = InputError(problems[0].field, problems[0].message)
        refusal.problems = tuple(problems)
        raise refusal


def refuse_if(field: str, fault: str) -> None:
    """Raises ``InputError`` with ``fault`` at ``field`` unless it is empty."""
    if fault:
        raise InputError(field, fault)


def edited(
    record: Any, given: Mapping[str, object], seen: int, labels: Mapping[str, str]
) -> dict[str, object]:
    """What an edit changes; raises ``ChangedMeanwhile`` when somebody else edited it since."""
    shown = {
        name: (labels.get(name, name), told(getattr(record, name)), told(value))
        for name, value in given.items()
    }
    refuse_stale(seen, record.version, record.recorded_by, shown)
    return {name: value for name, value in given.items() if getattr(record, name) != value}


def rewrite(record: Any, changed: Mapping[str, object], actor: Actor, now: datetime) -> None:
    """Write what changed, with a new version; an assumption about a changed field ends."""
    for name, value in changed.items():
        setattr(record, name, value)
    if set(record.assumed) & changed.keys():
        record.assumed = [name for name in record.assumed if name not in changed]
    record.version += 1
    record.recorded_at, record.recorded_by = now, actor.name


def replace_rows(
    current: Sequence[Any],
    wanted: Sequence[Mapping[str, Any]],
    key: tuple[str, ...],
    now: datetime,
    add: Callable[[Mapping[str, Any]], None],
) -> bool:
    """Bring rows to what is wanted: change, add, supersede; False when they were so already.

    ``key`` are the columns by which a row is known again.
    """
    rows = {tuple(getattr(row, name) for name in key): row for row in current}
    is_changed = False
    for values in wanted:
        row = rows.pop(tuple(values[name] for name in key), None)
        if row is None:
            add(values)
            is_changed = True
            continue
        for name, value in values.items():
            if getattr(row, name) != value:
                setattr(row, name, value)
                is_changed = True
    for row in rows.values():
        row.superseded_at = now
        is_changed = True
    return is_changed


def told(value: object) -> str:
    """A value as a person reads it where two edits clash."""
    if isinstance(value, RoundKind):
        return _KIND_NAMES[value]
    if isinstance(value, date):
        return value.isoformat()
    return "未提供" if value is None or value == "" else str(value)
