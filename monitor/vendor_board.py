"""A vendor across its contracts: what the reader may see of money, service, hazards and alerts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from alerts.boards import open_of_contracts
from contracts.hazards.rates import Asked, Rates, total
from contracts.rounds.schemas import Progress
from contracts.vendors.boards import Rated, evaluations_of
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from monitor.vendor_pace import progress_of_all
from payments.contract_queries import contracts
from payments.schemas import ContractOut, ContractsWanted

MOST = 200
"""Contracts of one vendor that are shown and summed up."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Yuan over the contracts whose money is seen; None where no contract gives it.

    ``unknown``: contracts without a total, which the sums leave out.
    """

    total: Decimal | None
    paid: Decimal | None
    overdue: Decimal | None
    unknown: int


@dataclass(frozen=True, slots=True)
class VendorBoard:
    """One vendor on a day. Parts that the reader may not see are None or empty."""

    contracts: Sequence[ContractOut]
    is_cut: bool
    money: Sums | None
    progress: Mapping[UUID, Progress]
    behind: int
    planned: int
    done: int
    hazards: Rates | None
    evaluations: Sequence[Rated]
    alerts: Mapping[UUID, int]


def vendor_board(session: Session, actor: Actor, vendor_id: UUID, as_of: date) -> VendorBoard:
    """The vendor's board; a fixed number of statements, whatever the data."""
    page = contracts(session, actor, as_of, ContractsWanted(vendor=vendor_id, limit=MOST))
    keys = [each.id for each in page.items]
    sees_service = actor.may(Permission.SERVICE_READ)
    sees_alerts = actor.may(Permission.ALERTS_READ)
    progress = progress_of_all(session, actor, keys, as_of) if sees_service else {}
    hazards = total(session, actor, as_of, Asked(vendor_id=vendor_id)) if sees_service else None
    return VendorBoard(
        contracts=page.items,
        is_cut=page.next is not None,
        money=_sums(page.items) if actor.may(Permission.MONEY_READ) else None,
        progress=progress,
        behind=sum(each.behind for each in progress.values()),
        planned=sum(each.planned for each in progress.values()),
        done=sum(each.done for each in progress.values()),
        hazards=hazards,
        evaluations=evaluations_of(session, actor, keys, as_of) if sees_service else [],
        alerts=open_of_contracts(session, actor, keys, as_of) if sees_alerts else {},
    )


def _sums(found: Sequence[ContractOut]) -> Sums | None:
    seen = [each for each in found if "total" not in each.withheld]
    if not seen:
        return None
    return Sums(
        _sum(each.total for each in seen),
        _sum(each.paid for each in seen),
        _sum(each.overdue for each in seen),
        sum(each.total is None for each in seen),
    )


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None
