"""Rounds of several contracts beside what their approved plans promised, as of a day."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contracts.access import visible
from contracts.models import Contract
from contracts.plans.queries import counting_plan
from contracts.rounds.progress import Held, measured
from contracts.rounds.queries import round_state
from contracts.rounds.schemas import Progress
from contracts.schemas import RoundState
from contracts.service_models import ImplementationPlan, PlannedRound, ServiceRound
from kernel.access.actor import Actor
from kernel.access.permissions import Permission


def progress_of_all(
    session: Session, actor: Actor, contract_ids: Collection[UUID], as_of: date
) -> Mapping[UUID, Progress]:
    """The progress of each contract whose service the actor sees; two statements."""
    promised: defaultdict[UUID, list[tuple[int, PlannedRound]]] = defaultdict(list)
    planned = (
        select(Contract.id, ImplementationPlan.number, PlannedRound)
        .join(ImplementationPlan, ImplementationPlan.contract_id == Contract.id)
        .join(PlannedRound, PlannedRound.plan_id == ImplementationPlan.id)
        .where(
            Contract.id.in_(contract_ids),
            visible(actor, Permission.SERVICE_READ),
            ImplementationPlan.id == counting_plan(Contract.id, as_of),
            PlannedRound.superseded_at.is_(None),
        )
        .order_by(Contract.id, PlannedRound.number)
    )
    for key, number, row in session.execute(planned):
        promised[key].append((number, row))
    held: defaultdict[UUID, list[Held]] = defaultdict(list)
    served = (
        select(ServiceRound, round_state(as_of))
        .join(Contract, Contract.id == ServiceRound.contract_id)
        .where(
            Contract.id.in_(contract_ids),
            visible(actor, Permission.SERVICE_READ),
            or_(ServiceRound.started_on.is_(None), ServiceRound.started_on <= as_of),
        )
        .order_by(ServiceRound.contract_id, ServiceRound.number)
    )
    for found, state in session.execute(served):
        held[found.contract_id].append((found, RoundState(state)))
    keys = promised.keys() | held.keys()
    return {key: measured(promised[key], held[key], as_of) for key in keys}
