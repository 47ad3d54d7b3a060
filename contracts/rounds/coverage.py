"""检查覆盖率: distinct enterprises inspected out of those that the contract is to reach."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from contracts.access import visible
from contracts.enterprises.models import ContractEnterprise, Enterprise, RoundEnterprise
from contracts.models import Contract
from contracts.rounds.schedule import share
from contracts.service_models import ServiceRound
from kernel.access.actor import Actor
from kernel.access.permissions import Permission


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many enterprises are on the target list, how many of them were inspected, how many others."""

    listed: int
    inspected: int
    others: int

    @property
    def rate(self) -> Decimal | None:
        """检查覆盖率 in percent; None without a target list (缺数据, not 0)."""
        return share(self.inspected, self.listed)


def coverage(session: Session, actor: Actor, contract_id: UUID, as_of: date) -> Coverage:
    """The coverage of a contract as of a day, by one statement; all 0 where it is not seen.

    Merged spellings of an enterprise count once. An enterprise counts from the day it was visited,
    where that is not known from the round's end, else its beginning; a round without any date counts.
    """
    listed, visited = _listed(actor, contract_id, as_of), _visited(actor, contract_id, as_of)
    targets, seen = listed.cte("targets"), visited.cte("seen")
    on_list = select(targets.c.root_id)
    counts = (
        select(func.count()).select_from(targets).scalar_subquery(),
        select(func.count()).where(seen.c.root_id.in_(on_list)).scalar_subquery(),
        select(func.count()).where(seen.c.root_id.not_in(on_list)).scalar_subquery(),
    )
    return Coverage(*session.execute(select(*counts)).one())


def _listed(actor: Actor, contract_id: UUID, as_of: date) -> Select[UUID]:
    return (
        select(Enterprise.root_id)
        .distinct()
        .join(ContractEnterprise, ContractEnterprise.enterprise_id == Enterprise.id)
        .join(Contract, Contract.id == ContractEnterprise.contract_id)
        .where(
            Contract.id == contract_id,
            visible(actor, Permission.SERVICE_READ),
            or_(ContractEnterprise.listed_from.is_(None), ContractEnterprise.listed_from <= as_of),
            or_(ContractEnterprise.listed_to.is_(None), ContractEnterprise.listed_to > as_of),
        )
    )


def _visited(actor: Actor, contract_id: UUID, as_of: date) -> Select[UUID]:
    day = func.coalesce(RoundEnterprise.visited_on, ServiceRound.ended_on, ServiceRound.started_on)
    return (
        select(Enterprise.root_id)
        .distinct()
        .join(RoundEnterprise, RoundEnterprise.enterprise_id == Enterprise.id)
        .join(ServiceRound, ServiceRound.id == RoundEnterprise.round_id)
        .join(Contract, Contract.id == ServiceRound.contract_id)
        .where(
            Contract.id == contract_id,
            visible(actor, Permission.SERVICE_READ),
            RoundEnterprise.superseded_at.is_(None),
            or_(day.is_(None), day <= as_of),
        )
    )
