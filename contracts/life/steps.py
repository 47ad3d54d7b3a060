"""Acts: a contract enters another state, from a day on."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.events import ContractsChanged
from contracts.life.amendment_models import ContractAmendment
from contracts.life.entries import StateIn
from contracts.life.limits import refuse_bond, refuse_order
from contracts.life.locking import locked_contract, mark_changed
from contracts.life.models import ContractState, ContractStep
from contracts.life.standing import UNSIGNED, LifeDays, StateOn, Step, state_on
from contracts.life.totals import first_total, list_from
from contracts.life.transitions import Move, is_back, refuse_move
from contracts.models import Contract
from contracts.plan_standings import write_plan_standings
from kernel.access.actor import Actor
from kernel.clock import Clock
from kernel.errors import ConflictError, InputError
from kernel.events import announce


def take_step(
    session: Session, actor: Actor, clock: Clock, key: UUID, wanted: StateIn
) -> ContractStep:
    """Bring a contract into another state; signing it gives it its day of signing.

    Raises ``NotFoundError``; ``ConflictError`` for a step that does not follow, or back before the
    signing of a contract that was amended; ``InputError`` for a day in the future or too early and
    for a missing reason.
    """
    contract = locked_contract(session, actor, key)
    today = clock.business_date()
    if wanted.since > today:
        raise InputError("since", f"不能晚于业务日期 {today}；请在当天或以后登记")
    if contract.signed_on is None:
        list_from(session, contract, wanted.since)
    steps = steps_of(session, key)
    known = current_state(contract, steps, today)
    signed_on = wanted.since if wanted.state is ContractState.SIGNED else contract.signed_on
    refuse_move(
        Move(known.state if known else None, wanted.state, wanted.since, wanted.why),
        signed_on=signed_on,
        last_since=steps[-1].since if steps else None,
    )
    before = known.state if known else None
    _write_days(session, contract, before, wanted)
    mark_changed(contract, actor, clock)
    taken = ContractStep(
        contract_id=key,
        recorded_at=clock.now(),
        recorded_by=actor.name,
        **dict(wanted),
    )
    session.add(taken)
    session.flush()
    write_plan_standings(session, [key])
    announce(session, ContractsChanged([key]))
    return taken


def steps_of(session: Session, key: UUID) -> list[ContractStep]:
    """The recorded changes of state, the first one first."""
    statement = (
        select(ContractStep)
        .where(ContractStep.contract_id == key)
        .order_by(ContractStep.since, ContractStep.id)
    )
    return list(session.scalars(statement))


def current_state(contract: Contract, steps: list[ContractStep], as_of: date) -> StateOn | None:
    """The contract's state on a day, from its recorded steps and its dates."""
    days = LifeDays(contract.awarded_on, contract.signed_on, contract.service_start)
    return state_on([Step(step.state, step.since) for step in steps], days, as_of)


def _write_days(
    session: Session, contract: Contract, before: ContractState | None, wanted: StateIn
) -> None:
    if wanted.state is ContractState.AWARDED and contract.awarded_on is None:
        contract.awarded_on = wanted.since
    is_undone = is_back(before, wanted.state) and contract.signed_on is not None
    if wanted.state is ContractState.SIGNED and not is_undone:
        _sign(session, contract, wanted.since)
    if wanted.state in UNSIGNED and contract.signed_on is not None:
        _refuse_amended(session, contract.id)
        contract.signed_on = None


def _sign(session: Session, contract: Contract, day: date) -> None:
    if contract.signed_on is not None and contract.signed_on != day:
        raise InputError("since", f"已登记签订日期 {contract.signed_on}，与所填的不同")
    refuse_order(contract.awarded_on, day, contract.service_start, contract.service_end)
    refuse_bond(contract.performance_bond, first_total(session, contract.id).amount)
    contract.signed_on = day


def _refuse_amended(session: Session, key: UUID) -> None:
    amended = select(ContractAmendment.id).where(ContractAmendment.contract_id == key).limit(1)
    if session.scalar(amended) is not None:
        raise ConflictError("合同已有补充合同，不能退回签订以前的状态")
