"""The state of a contract on a day, as formulas that a list can be narrowed by."""

from datetime import date
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
)

from contracts.life.models import ContractState, ContractStep
from contracts.life.standing import UNSIGNED
from contracts.models import Contract


def in_state(state: ContractState, as_of: date) -> ColumnElement[bool]:
    """A predicate on ``Contract``: ``contracts.life.standing.state_on`` gives this state."""
    step = ContractStep
    last = (
        select(step.state)
        .where(step.contract_id == Contract.id, step.since <= as_of)
        .order_by(step.since.desc(), step.id.desc())
        .limit(1)
        .correlate(Contract)
        .scalar_subquery()
    )

    def told(known: ContractState) -> ColumnElement[ContractState]:
        return literal(known, step.state.type)

    by_dates = case(
        (Contract.service_start <= as_of, told(ContractState.IN_SERVICE)),
        (Contract.signed_on <= as_of, told(ContractState.SIGNED)),
        (Contract.awarded_on <= as_of, told(ContractState.AWARDED)),
    )
    is_signed = func.coalesce(Contract.signed_on <= as_of, false())
    recorded = case((and_(is_signed, last.in_(UNSIGNED)), None), else_=last)
    return func.coalesce(recorded, by_dates) == told(state)


def could_be_in(state: ContractState, as_of: date) -> Select[UUID] | CompoundSelect[UUID]:
    """Selects the ids of all contracts ``in_state`` and of others, some twice, without asking each.

    For indexes: of those steps, and of those whose service has not begun.
    """
    step = ContractStep
    recorded = select(step.contract_id).where(step.state == state, step.since <= as_of)
    waiting = or_(Contract.service_start.is_(None), Contract.service_start > as_of)
    by_dates = {
        ContractState.IN_SERVICE: (Contract.service_start <= as_of,),
        ContractState.SIGNED: (waiting, Contract.signed_on <= as_of),
        ContractState.AWARDED: (waiting, Contract.awarded_on <= as_of),
    }
    if state not in by_dates:
        return recorded
    return union_all(recorded, select(Contract.id).where(*by_dates[state]))
