"""受检企业名单 of a contract: which enterprises it is to reach, on any day."""

from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contracts.access import visible
from contracts.enterprises.models import ContractEnterprise, Enterprise
from contracts.enterprises.schemas import ListedOut, TargetListIn, TargetListOut
from contracts.models import Contract
from contracts.queries import only_row
from contracts.schemas import ContractRef
from contracts.service_writing import locked_contract
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.clock import Clock
from kernel.edits import refuse_stale
from kernel.errors import InputError
from kernel.sql import among


def target_list(session: Session, actor: Actor, contract_id: UUID, as_of: date) -> TargetListOut:
    """The list on ``as_of``, by name; raises ``NotFoundError`` for a contract that is not seen."""
    seen = select(Contract).where(
        Contract.id == contract_id, visible(actor, Permission.SERVICE_READ)
    )
    contract = only_row(session, seen, "份合同")[0]
    statement = (
        select(ContractEnterprise.enterprise_id, Enterprise.name, ContractEnterprise.listed_from)
        .join(Enterprise, Enterprise.id == ContractEnterprise.enterprise_id)
        .where(
            ContractEnterprise.contract_id == contract_id,
            or_(ContractEnterprise.listed_from.is_(None), ContractEnterprise.listed_from <= as_of),
            or_(ContractEnterprise.listed_to.is_(None), ContractEnterprise.listed_to > as_of),
        )
        .order_by(Enterprise.name, Enterprise.id)
    )
    listed = [ListedOut.of(row) for row in session.execute(statement)]
    return TargetListOut(contract=ContractRef.of(contract), enterprises=listed)


def set_target_list(
    session: Session, actor: Actor, clock: Clock, contract_id: UUID, entry: TargetListIn, seen: int
) -> None:
    """Put another list in its place from ``entry.day`` on; those no longer on it keep their rows.

    ``seen`` is 1 when the editor saw the list as it is. Raises ``NotFoundError``,
    ``ForbiddenError``, ``ChangedMeanwhile``, and ``InputError`` for an enterprise that is not in the
    register or named twice, or a day before one on which a listing begins that it would end.
    """
    locked_contract(session, actor, contract_id)
    refuse_stale(seen, 1, "别人", {})
    wanted = {each.enterprise_id: each for each in entry.enterprises}
    if len(wanted) != len(entry.enterprises):
        raise InputError("enterprises", "名单中有重复的企业")
    known = set(session.scalars(select(Enterprise.id).where(among(session, Enterprise.id, wanted))))
    if len(known) != len(wanted):
        raise InputError("enterprises", "名单中有企业名录里没有的企业")
    opened = session.scalars(
        select(ContractEnterprise).where(
            ContractEnterprise.contract_id == contract_id, ContractEnterprise.listed_to.is_(None)
        )
    ).all()
    for row in opened:
        if row.enterprise_id not in wanted:
            if row.listed_from is not None and row.listed_from > entry.day:
                raise InputError("day", f"不能早于列入名单的日期 {row.listed_from}")
            row.listed_to = entry.day
            row.recorded_at, row.recorded_by = clock.now(), actor.name
    there = {row.enterprise_id for row in opened}
    any_row = select(ContractEnterprise.id).where(ContractEnterprise.contract_id == contract_id)
    is_first = session.scalar(any_row.limit(1)) is None
    session.add_all(
        ContractEnterprise(
            contract_id=contract_id,
            enterprise_id=key,
            listed_from=each.listed_from or (None if is_first else entry.day),
            recorded_at=clock.now(),
            recorded_by=actor.name,
        )
        for key, each in wanted.items()
        if key not in there
    )
    session.flush()
