"""年度服务方案: when one is due, and who has not filed one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from contracts.library.models import YearlyPlan
from contracts.library.sight import planning_organisations
from contracts.models import Contract, ContractParty, Organisation, PartyRole
from contracts.queries import on_ledger
from kernel.access.actor import Actor
from kernel.access.permissions import Permission

DUE_MONTH, DUE_DAY = 9, 30
"""每年 9 月 30 日前 (Hami report, duties of the purchasers)."""


def yearly_plan_due(plan_year: int) -> date:
    """The last day on which the plan for a year is filed in time: 30 September of the year before."""
    return date(plan_year - 1, DUE_MONTH, DUE_DAY)


@dataclass(frozen=True, slots=True)
class Filing:
    """A department that buys, and when it first filed its plan for a year; None: it has not."""

    organisation: Organisation
    filed_on: date | None
    days_late: int


def filings(session: Session, actor: Actor, plan_year: int, as_of: date) -> Sequence[Filing]:
    """Every department seen that bought in the year before, with its filing; one statement.

    Those that have not filed come first. A plan that was returned and not filed again counts as not
    filed. ``days_late`` counts up to the filing, else up to ``as_of``.
    """
    due = yearly_plan_due(plan_year)
    stands = or_(YearlyPlan.returned_on.is_(None), YearlyPlan.returned_on > as_of)
    filed = and_(
        YearlyPlan.organisation_id == Organisation.id,
        YearlyPlan.plan_year == plan_year,
        YearlyPlan.filed_on <= as_of,
        stands,
    )
    first = func.min(YearlyPlan.filed_on)
    statement = (
        select(Organisation, first)
        .outerjoin(YearlyPlan, filed)
        .where(
            Organisation.id.in_(_buying(plan_year - 1, as_of)),
            planning_organisations(actor, Permission.CONTRACTS_READ),
        )
        .group_by(Organisation.id)
        .order_by(first.is_not(None), Organisation.name)
    )
    found: Sequence[tuple[Organisation, date | None]] = [
        (organisation, day) for organisation, day in session.execute(statement)
    ]
    return [
        Filing(organisation, day, max(0, ((day or as_of) - due).days))
        for organisation, day in found
    ]


def _buying(year: int, as_of: date) -> Select[UUID | None]:
    """Purchasers of contracts whose service touches the year, or whose days nobody gives."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    return (
        select(ContractParty.organisation_id)
        .join(Contract, Contract.id == ContractParty.contract_id)
        .where(
            ContractParty.role == PartyRole.PURCHASER,
            on_ledger(as_of),
            or_(Contract.service_start.is_(None), Contract.service_start <= last),
            or_(Contract.service_end.is_(None), Contract.service_end >= first),
        )
    )
