"""Acts on plans and rounds: what is refused, and what the last step writes."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contracts.events import ContractsChanged
from contracts.plan_standings import write_plan_standings
from contracts.service_models import ImplementationPlan, RoundReturn, ServiceRound
from contracts.steps.events import ActToCheck, ActToWrite
from contracts.steps.facts import Decision, PlanDecision, RoundConfirmation
from kernel.errors import ConflictError, InputError
from kernel.events import announce


def check_service_act(session: Session, event: ActToCheck) -> None:
    """Handler: raises what refuses a plan's decision or a round's confirmation."""
    if isinstance(event.entry, PlanDecision):
        plan = _plan(session, event.entry)
        _check_plan(plan, event.entry, event.today)
        event.about = f"第 {plan.number} 版实施方案"
    elif isinstance(event.entry, RoundConfirmation):
        served = _round(session, event.entry)
        _check_round(served, event.entry, event.today)
        _check_returns(session, served, event.entry)
        event.about = f"第 {served.number} 轮服务"


def write_service_act(session: Session, event: ActToWrite) -> None:
    """Handler: writes the plan's or the round's date, and what follows from it."""
    if isinstance(event.entry, PlanDecision):
        event.result_id = _write_plan(session, event.entry)
    elif isinstance(event.entry, RoundConfirmation):
        event.result_id = _write_round(session, event.entry)
    else:
        return
    write_plan_standings(session, [event.entry.contract_id])
    announce(session, ContractsChanged([event.entry.contract_id]))


def _plan(session: Session, entry: PlanDecision) -> ImplementationPlan:
    plan = session.get(ImplementationPlan, entry.plan_id)
    if plan is None or plan.contract_id != entry.contract_id:
        raise InputError("plan_id", "这份合同没有这个方案版本")
    later = session.scalar(
        select(func.max(ImplementationPlan.number)).where(
            ImplementationPlan.contract_id == entry.contract_id,
            ImplementationPlan.number > plan.number,
        )
    )
    if later is not None:
        raise InputError("plan_id", f"承接方已报送第 {later} 版，应审定最新一版")
    return plan


def _check_plan(plan: ImplementationPlan, entry: PlanDecision, today: date) -> None:
    if plan.approved_on is not None:
        raise ConflictError(f"第 {plan.number} 版方案已于 {plan.approved_on} 审定")
    if plan.returned_on is not None:
        raise ConflictError(
            f"第 {plan.number} 版方案已于 {plan.returned_on} 退回，应等承接方报送新版"
        )
    if entry.decided_on < plan.submitted_on:
        message = f"第 {plan.number} 版方案 {plan.submitted_on} 才报送，不能在报送之前审定或退回"
        raise InputError("decided_on", message)
    _not_to_come("decided_on", entry.decided_on, today)
    if entry.decision is Decision.RETURNED and not entry.reasons:
        raise InputError("reasons", "退回方案须写明意见，承接方据此修改")


def _write_plan(session: Session, entry: PlanDecision) -> UUID:
    plan = _plan(session, entry)
    if entry.decision is Decision.APPROVED:
        plan.approved_on = entry.decided_on
    else:
        plan.returned_on, plan.return_reason = entry.decided_on, entry.reasons
    if entry.reasons and entry.decision is Decision.APPROVED:
        plan.note = f"{plan.note} 意见：{entry.reasons}".strip()[:1000]
    plan.version += 1
    session.flush()
    return plan.id


def _round(session: Session, entry: RoundConfirmation) -> ServiceRound:
    served = session.get(ServiceRound, entry.round_id)
    if served is None or served.contract_id != entry.contract_id:
        raise InputError("round_id", "这份合同没有这个服务轮次")
    return served


def _check_round(served: ServiceRound, entry: RoundConfirmation, today: date) -> None:
    if served.confirmed_on is not None:
        raise ConflictError(f"第 {served.number} 轮已于 {served.confirmed_on} 确认")
    if served.ended_on is None:
        message = f"第 {served.number} 轮没有结束日期，服务未做完不能确认；请先补登实施日期"
        raise InputError("round_id", message)
    if entry.confirmed_on < served.ended_on:
        message = f"第 {served.number} 轮 {served.ended_on} 才结束，不能在服务完成之前确认"
        raise InputError("confirmed_on", message)
    _not_to_come("confirmed_on", entry.confirmed_on, today)


def _check_returns(session: Session, served: ServiceRound, entry: RoundConfirmation) -> None:
    """What was returned is confirmed only after the vendor handed it in again."""
    known = session.scalars(select(RoundReturn).where(RoundReturn.round_id == served.id))
    for each in known:
        if each.resubmitted_on is None:
            message = f"第 {served.number} 轮已于 {each.returned_on} 退回，承接方还没有重新报送"
            raise InputError("round_id", message)
        if entry.confirmed_on < each.resubmitted_on:
            message = f"第 {served.number} 轮 {each.resubmitted_on} 才重新报送，不能更早确认"
            raise InputError("confirmed_on", message)


def _write_round(session: Session, entry: RoundConfirmation) -> UUID:
    served = _round(session, entry)
    served.confirmed_on = entry.confirmed_on
    if entry.note:
        served.note = f"{served.note} 确认：{entry.note}".strip()[:1000]
    served.version += 1
    session.flush()
    return served.id


def _not_to_come(field: str, day: date, today: date) -> None:
    if day > today:
        raise InputError(field, f"不能晚于业务日期 {today}")
