"""A contract's rounds beside what the approved plan promised, as of a day."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contracts.access import visible
from contracts.models import Contract
from contracts.plans.queries import counting_plan
from contracts.rounds.queries import round_state
from contracts.rounds.schedule import Pace, answered, standing, timely_rate
from contracts.rounds.schemas import Progress, ProgressLine
from contracts.schemas import RoundState
from contracts.service_models import ImplementationPlan, PlannedRound, ServiceRound
from kernel.access.actor import Actor
from kernel.access.permissions import Permission

Held = tuple[ServiceRound, RoundState]


def progress_of(session: Session, actor: Actor, contract_id: UUID, as_of: date) -> Progress:
    """Planned rounds with what was done for each, then rounds that no plan names; two statements.

    Nothing of a contract that the actor does not see. Of two rows that answer one planned round the
    one that ended first counts.
    """
    promised = _promised(session, actor, contract_id, as_of)
    held = _held(session, actor, contract_id, as_of)
    return measured(promised, held, as_of)


def measured(
    promised: Sequence[tuple[int, PlannedRound]], held: Sequence[Held], as_of: date
) -> Progress:
    """The same of what was read: pure."""
    by_number = _by_planned_number(held, as_of)
    planned = [_planned_line(each, by_number.get(each.number), as_of) for _, each in promised]
    numbers = {each.number for _, each in promised}
    extra = [
        _extra_line(served, state, as_of)
        for served, state in held
        if not numbers.intersection(_answers(served))
    ]
    standings = [standing(line.window_to, line.ended_on, as_of) for line in planned]
    return Progress(
        plan_number=promised[0][0] if promised else None,
        planned=len(planned),
        done=sum(line.ended_on is not None for line in planned),
        behind=sum(line.pace is Pace.BEHIND for line in planned),
        rounds_held=sum(served.rounds_covered for served, _ in held if _ended(served, as_of)),
        timely_rate=timely_rate(standings),
        lines=[*planned, *extra],
    )


def _promised(
    session: Session, actor: Actor, contract_id: UUID, as_of: date
) -> Sequence[tuple[int, PlannedRound]]:
    statement = (
        select(ImplementationPlan.number, PlannedRound)
        .join(PlannedRound, PlannedRound.plan_id == ImplementationPlan.id)
        .join(Contract, Contract.id == ImplementationPlan.contract_id)
        .where(
            Contract.id == contract_id,
            visible(actor, Permission.SERVICE_READ),
            ImplementationPlan.id == counting_plan(Contract.id, as_of),
            PlannedRound.superseded_at.is_(None),
        )
        .order_by(PlannedRound.number)
    )
    return [(number, planned) for number, planned in session.execute(statement)]


def _held(session: Session, actor: Actor, contract_id: UUID, as_of: date) -> Sequence[Held]:
    statement = (
        select(ServiceRound, round_state(as_of))
        .join(Contract, Contract.id == ServiceRound.contract_id)
        .where(
            Contract.id == contract_id,
            visible(actor, Permission.SERVICE_READ),
            or_(ServiceRound.started_on.is_(None), ServiceRound.started_on <= as_of),
        )
        .order_by(ServiceRound.number)
    )
    return [(served, RoundState(state)) for served, state in session.execute(statement)]


def _answers(served: ServiceRound) -> range:
    return answered(served.number, served.planned_number, served.rounds_covered)


def _ended(served: ServiceRound, as_of: date) -> bool:
    return served.ended_on is not None and served.ended_on <= as_of


def _by_planned_number(held: Sequence[Held], as_of: date) -> Mapping[int, Held]:
    def order(each: Held) -> tuple[date, int]:
        served = each[0]
        ended = served.ended_on if _ended(served, as_of) else None
        return ended or date.max, served.number

    found: dict[int, Held] = {}
    for each in sorted(held, key=order):
        for number in _answers(each[0]):
            found.setdefault(number, each)
    return found


def _planned_line(planned: PlannedRound, held: Held | None, as_of: date) -> ProgressLine:
    served, state = held if held is not None else (None, RoundState.NOT_BEGUN)
    ended_on = served.ended_on if served is not None and _ended(served, as_of) else None
    stands = standing(planned.window_to, ended_on, as_of)
    return ProgressLine(
        number=planned.number,
        kind=planned.kind,
        window_from=planned.window_from,
        window_to=planned.window_to,
        state=state,
        pace=stands.pace if stands else None,
        days_behind=stands.days if stands else None,
        behind_since=stands.behind_since if stands else None,
        round_id=served.id if served else None,
        round_number=served.number if served else None,
        started_on=served.started_on if served else None,
        ended_on=ended_on,
        enterprises_planned=planned.enterprises,
        enterprises=served.enterprises if served else None,
        in_plan=True,
    )


def _extra_line(served: ServiceRound, state: RoundState, as_of: date) -> ProgressLine:
    return ProgressLine(
        number=served.number,
        kind=served.kind,
        window_from=None,
        window_to=None,
        state=state,
        pace=None,
        days_behind=None,
        behind_since=None,
        round_id=served.id,
        round_number=served.number,
        started_on=served.started_on,
        ended_on=served.ended_on if _ended(served, as_of) else None,
        enterprises_planned=None,
        enterprises=served.enterprises,
        in_plan=False,
    )
