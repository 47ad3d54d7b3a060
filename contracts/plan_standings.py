"""Where a contract's implementation plan stood on each day.

The plan is due before service starts (Hami report, problem 2; duties of the purchaser).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from sqlalchemy import Select, delete, insert, select
from sqlalchemy.orm import Session

from contracts.models import Contract
from contracts.service_models import ImplementationPlan, PlanStanding, PlanState
from kernel.dated import holds_on
from kernel.sql import in_chunks


@dataclass(frozen=True, slots=True)
class PlanDates:
    """What happened to one version of a plan, and when."""

    number: int
    submitted_on: date
    returned_on: date | None = None
    approved_on: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A state and the days it held: from ``valid_from`` until before ``valid_to``."""

    valid_from: date
    valid_to: date | None
    state: PlanState


def standings(plans: Sequence[PlanDates], begins: date) -> list[Standing]:
    """Follow a plan's versions from ``begins`` (a contract's first day) on.

    An approved plan stays approved: a later version is an amendment of it. Of two events on one
    day the later version's counts, and within a version approval over return over submission.
    """
    events: list[tuple[date, int, int, PlanState]] = []
    for plan in plans:
        events.append((plan.submitted_on, plan.number, 0, PlanState.SUBMITTED))
        if plan.returned_on:
            events.append((plan.returned_on, plan.number, 1, PlanState.RETURNED))
        if plan.approved_on:
            events.append((plan.approved_on, plan.number, 2, PlanState.APPROVED))
    states: dict[date, PlanState] = {begins: PlanState.MISSING}
    current = PlanState.MISSING
    for day, same_day in groupby(
        sorted(events, key=lambda event: event[:3]), lambda event: event[0]
    ):
        if current is PlanState.APPROVED:
            break
        reached = [state for *_, state in same_day]
        current = PlanState.APPROVED if PlanState.APPROVED in reached else reached[-1]
        states[max(day, begins)] = current
    return _periods(states)


def _periods(states: dict[date, PlanState]) -> list[Standing]:
    days = sorted(states)
    periods: list[Standing] = []
    for day, following in zip(days, [*days[1:], None], strict=True):
        if periods and periods[-1].state is states[day]:
            periods[-1] = Standing(periods[-1].valid_from, following, states[day])
        else:
            periods.append(Standing(day, following, states[day]))
    return periods


def write_plan_standings(session: Session, contract_ids: Collection[UUID]) -> None:
    """Rewrite the standings of these contracts from their plans and service starts.

    A contract whose service start is not given has no due date, hence no standing.
    """
    for chunk in in_chunks(sorted(contract_ids)):
        rows = session.execute(
            select(Contract.id, Contract.signed_on, Contract.service_start).where(
                Contract.id.in_(chunk), Contract.service_start.is_not(None)
            )
        ).all()
        plans = _plans(session, chunk)
        session.execute(delete(PlanStanding).where(PlanStanding.contract_id.in_(chunk)))
        values = [
            {
                "contract_id": contract_id,
                "valid_from": standing.valid_from,
                "valid_to": standing.valid_to,
                "due_on": start - timedelta(days=1),
                "state": standing.state,
            }
            for contract_id, signed_on, start in rows
            if start
            for standing in standings(plans.get(contract_id, []), min(signed_on or start, start))
        ]
        if values:
            # Without it each change of which fields are unknown begins another statement.
            session.execute(insert(PlanStanding).execution_options(render_nulls=True), values)


def _plans(session: Session, contract_ids: Sequence[UUID]) -> dict[UUID, list[PlanDates]]:
    plans: dict[UUID, list[PlanDates]] = {}
    for contract_id, number, submitted, returned, approved in session.execute(
        select(
            ImplementationPlan.contract_id,
            ImplementationPlan.number,
            ImplementationPlan.submitted_on,
            ImplementationPlan.returned_on,
            ImplementationPlan.approved_on,
        ).where(ImplementationPlan.contract_id.in_(contract_ids))
    ):
        plans.setdefault(contract_id, []).append(PlanDates(number, submitted, returned, approved))
    return plans


def plans_in(state: PlanState, as_of: date) -> Select[UUID]:
    """The ids of the contracts whose plan stood so on a day, each once."""
    return select(PlanStanding.contract_id).where(
        PlanStanding.state == state, holds_on(PlanStanding, as_of)
    )
