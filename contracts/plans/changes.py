"""Acts on plans: hand a version in, change it while it waits, return it, hand in the next one.

Approving is an act in steps (``contracts.steps``); so is returning, where the purchaser wants it
checked. A version that was decided is never changed: the next one takes its place.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.plan_standings import PlanDates
from contracts.plans.queries import planned_rounds
from contracts.plans.rules import decision_fault, submission_fault
from contracts.plans.schemas import (
    NewPlan,
    PlanEdit,
    PlannedRoundIn,
    PlanReturn,
    PlanSubmission,
)
from contracts.service_models import ImplementationPlan, PlannedRound
from contracts.service_writing import (
    edited,
    locked_child,
    locked_contract,
    refuse,
    refuse_if,
    replace_rows,
    rewrite,
    settle_service,
)
from contracts.steps.models import OPEN_STATES, Act
from kernel.access.actor import Actor
from kernel.clock import Clock
from kernel.errors import ConflictError, FieldProblem
from kernel.keys import new_key

_CARRIED = ("title", "document_number", "method", "deliverables", "headcount")
LABELS = {name: str(field.title) for name, field in NewPlan.model_fields.items()}


def add_plan(session: Session, actor: Actor, clock: Clock, wanted: NewPlan) -> UUID:
    """Record a version that the vendor handed in; gives its key.

    Raises ``NotFoundError``, ``ForbiddenError``, and ``InputError`` for a day in the future or
    before the former version, and for windows that end before they begin.
    """
    locked_contract(session, actor, wanted.contract_id)
    earlier = _versions(session, wanted.contract_id)
    fault = submission_fault(map(_dates, earlier), wanted.submitted_on, clock.business_date())
    refuse_if("submitted_on", fault)
    made = ImplementationPlan(
        id=new_key(),
        number=max((each.number for each in earlier), default=0) + 1,
        recorded_at=clock.now(),
        recorded_by=actor.name,
        **wanted.model_dump(exclude={"rounds"}),
    )
    session.add(made)
    session.flush()
    _promise(session, actor, clock, made, wanted.rounds)
    settle_service(session, actor, clock.now(), made.contract_id)
    return made.id


def change_plan(
    session: Session, actor: Actor, clock: Clock, key: UUID, wanted: PlanEdit, seen: int
) -> None:
    """Change a version that waits for its decision; ``seen`` is the version that one edits.

    Raises as ``add_plan`` does, ``ChangedMeanwhile``, and ``ConflictError`` for one that was
    decided or that an act is on its way for.
    """
    found = _open_version(session, actor, key)
    changed = edited(found, wanted.given(), seen, LABELS)
    day = changed.get("submitted_on")
    if isinstance(day, date):
        others = [_dates(each) for each in _versions(session, found.contract_id, found.number)]
        refuse_if("submitted_on", submission_fault(others, day, clock.business_date()))
    is_replaced = wanted.rounds is not None and _promise(
        session, actor, clock, found, wanted.rounds
    )
    if changed or is_replaced:
        rewrite(found, changed, actor, clock.now())
        settle_service(session, actor, clock.now(), found.contract_id)


def return_plan(
    session: Session, actor: Actor, clock: Clock, key: UUID, wanted: PlanReturn
) -> None:
    """Return a version to the vendor, with the reason.

    Raises ``ConflictError`` for one that was decided or superseded, ``InputError`` for a day before
    it was handed in or in the future.
    """
    found = _open_version(session, actor, key)
    fault = decision_fault(_dates(found), wanted.returned_on, clock.business_date())
    refuse_if("returned_on", fault)
    changed = {"returned_on": wanted.returned_on, "return_reason": wanted.return_reason}
    rewrite(found, changed, actor, clock.now())
    settle_service(session, actor, clock.now(), found.contract_id)


def submit_next(
    session: Session, actor: Actor, clock: Clock, key: UUID, wanted: PlanSubmission
) -> UUID:
    """Hand in the next version, with the content and the promised rounds of this one.

    Raises ``ConflictError`` while this one waits for its decision, or when it is not the newest.
    """
    contract, base = locked_child(session, actor, ImplementationPlan, key, "份实施方案")
    _refuse_superseded(session, base)
    if base.approved_on is None and base.returned_on is None:
        raise ConflictError(f"第 {base.number} 版还未审定或退回，请直接修改这一版")
    rounds = [
        PlannedRoundIn.model_validate(each, from_attributes=True)
        for each in planned_rounds(session, base.id)
    ]
    carried = {name: getattr(base, name) for name in _CARRIED}
    given = {name: value for name, value in wanted.model_dump().items() if value}
    again = NewPlan.model_validate({**carried, **given, "contract_id": contract.id})
    return add_plan(session, actor, clock, again.model_copy(update={"rounds": tuple(rounds)}))


def _open_version(session: Session, actor: Actor, key: UUID) -> ImplementationPlan:
    _, found = locked_child(session, actor, ImplementationPlan, key, "份实施方案")
    plan: ImplementationPlan = found
    if plan.approved_on is not None or plan.returned_on is not None:
        done = f"{plan.approved_on} 审定" if plan.approved_on else f"{plan.returned_on} 退回"
        raise ConflictError(f"第 {plan.number} 版方案已于 {done}，不能再改；请报送新版")
    _refuse_superseded(session, plan)
    pending = session.scalar(
        select(Act.entered_by).where(Act.subject_id == plan.id, Act.state.in_(OPEN_STATES))
    )
    if pending is not None:
        raise ConflictError(f"{pending} 已提请审定这一版，正在办理；撤回或退回后才能改")
    return plan


def _refuse_superseded(session: Session, plan: ImplementationPlan) -> None:
    later = [each.number for each in _versions(session, plan.contract_id)][-1]
    if later != plan.number:
        raise ConflictError(f"承接方已报送第 {later} 版，请办理最新一版")


def _versions(
    session: Session, contract_id: UUID, before: int | None = None
) -> Sequence[ImplementationPlan]:
    statement = select(ImplementationPlan).where(ImplementationPlan.contract_id == contract_id)
    if before is not None:
        statement = statement.where(ImplementationPlan.number < before)
    return session.scalars(statement.order_by(ImplementationPlan.number)).all()


def _dates(plan: ImplementationPlan) -> PlanDates:
    return PlanDates(plan.number, plan.submitted_on, plan.returned_on, plan.approved_on)


def _promise(
    session: Session,
    actor: Actor,
    clock: Clock,
    plan: ImplementationPlan,
    rounds: Sequence[PlannedRoundIn],
) -> bool:
    refuse(_window_faults(rounds))

    def add(values: Mapping[str, Any]) -> None:
        made = PlannedRound(contract_id=plan.contract_id, plan_id=plan.id, **who, **values)
        session.add(made)

    who = {"recorded_at": clock.now(), "recorded_by": actor.name}
    wanted = [each.model_dump() for each in rounds]
    is_changed = replace_rows(
        planned_rounds(session, plan.id), wanted, ("number",), clock.now(), add
    )
    session.flush()
    return is_changed


def _window_faults(rounds: Sequence[PlannedRoundIn]) -> list[FieldProblem]:
    problems: list[FieldProblem] = []
    numbers: set[int] = set()
    for index, each in enumerate(rounds):
        if each.number in numbers:
            problems.append(FieldProblem(f"rounds.{index}.number", f"第 {each.number} 轮写了两次"))
        numbers.add(each.number)
        begins, ends = each.window_from, each.window_to
        if begins and ends and ends < begins:
            message = f"计划止 {ends} 早于计划起 {begins}"
            problems.append(FieldProblem(f"rounds.{index}.window_to", message))
    return problems
