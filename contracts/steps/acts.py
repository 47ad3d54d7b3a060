"""Enter, check, approve, return and withdraw an act; nobody takes two steps of one act."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.access import visible
from contracts.models import FIRST, Contract, ContractParty, PartyRole
from contracts.steps.events import ActToCheck, ActToWrite
from contracts.steps.facts import AnyEntry, facts_of, stated, subject_of
from contracts.steps.models import MONEY_KINDS, OPEN_STATES, Act, ActKind, ActState, Steps
from contracts.steps.reach import acts_in_sight, works_for
from contracts.steps.step_settings import steps_of
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from kernel.events import announce

FIRST_STATE = {
    Steps.CLERK_CHECKER_HEAD: ActState.TO_CHECK,
    Steps.CLERK_HEAD: ActState.TO_APPROVE,
    Steps.CLERK: ActState.TO_APPROVE,
}
STEP_PERMISSION = {
    ActState.TO_CHECK: Permission.ACTS_CHECK,
    ActState.TO_APPROVE: Permission.ACTS_APPROVE,
}
STEP_NAME = {ActState.TO_CHECK: "审核", ActState.TO_APPROVE: "批准"}


def enter(
    session: Session, actor: Actor, entry: AnyEntry, request_key: str, today: date, now: datetime
) -> Act:
    """Enter an act; where the steps are switched off it is done at once.

    The same ``request_key`` of the same person gives the act entered before. Raises
    ``NotFoundError``, ``ForbiddenError``, and what the rules of its kind refuse.
    """
    user_id = _person(actor)
    _lock_contract(session, actor, entry.contract_id)
    known = session.scalars(
        select(Act).where(Act.entered_by_id == user_id, Act.request_key == request_key)
    ).first()
    if known is not None:
        return _same(known, entry)
    organisation_id = _responsible(session, entry.contract_id, entry.kind)
    _may_step(session, actor, Permission.ACTS_ENTER, organisation_id, "经办")
    _nothing_pending(session, entry)
    asked = _checked(session, entry, today)
    steps = steps_of(session, organisation_id, entry.kind, asked.amount, today)
    act = Act(
        kind=entry.kind,
        contract_id=entry.contract_id,
        organisation_id=organisation_id,
        subject_id=subject_of(entry),
        about=asked.about,
        facts=facts_of(entry),
        amount=asked.amount,
        steps=steps,
        state=FIRST_STATE[steps],
        entered_by_id=user_id,
        entered_by=actor.label,
        entered_at=now,
        request_key=request_key,
    )
    session.add(act)
    session.flush()
    if steps is Steps.CLERK:
        _finish(session, act, actor, now)
    return act


def check(
    session: Session, actor: Actor, act_id: UUID, version: int, today: date, now: datetime
) -> Act:
    """审核: the act goes on to 负责人. Raises as ``approve`` does."""
    act, user_id = _for_step(session, actor, act_id)
    if act.checked_by_id == user_id and act.closed_at is None:
        return act
    _take(session, actor, act, version, ActState.TO_CHECK)
    _checked(session, stated(act), today, act.id)
    act.checked_by_id, act.checked_by, act.checked_at = user_id, actor.label, now
    act.state, act.version = ActState.TO_APPROVE, act.version + 1
    session.flush()
    return act


def approve(
    session: Session, actor: Actor, act_id: UUID, version: int, today: date, now: datetime
) -> Act:
    """批准: the last step. The fact is judged again and written in this transaction.

    Asked twice by the same person it does nothing more. Raises ``NotFoundError``,
    ``ForbiddenError``, ``ConflictError`` (changed meanwhile, another step is due), and
    what the rules of its kind refuse now.
    """
    act, user_id = _for_step(session, actor, act_id)
    if act.approved_by_id == user_id and act.state is ActState.DONE:
        return act
    _take(session, actor, act, version, ActState.TO_APPROVE)
    if _responsible(session, act.contract_id, act.kind) != act.organisation_id:
        raise ConflictError("合同的购买主体或付款单位已变更，请退回后由现单位重新提出")
    _checked(session, stated(act), today, act.id)
    act.approved_by_id, act.approved_by, act.approved_at = user_id, actor.label, now
    _finish(session, act, actor, now)
    return act


def give_back(
    session: Session, actor: Actor, act_id: UUID, version: int, reason: str, now: datetime
) -> Act:
    """退回, by whoever the act waits for; a reason is asked. Nothing is written to the ledger."""
    act, user_id = _for_step(session, actor, act_id)
    if act.state is ActState.RETURNED and act.closed_by_id == user_id:
        return act
    if not reason:
        raise InputError("reason", "退回须写明原因")
    _take(session, actor, act, version, act.state)
    return _close(session, act, ActState.RETURNED, actor, reason, now)


def withdraw(
    session: Session, actor: Actor, act_id: UUID, version: int, reason: str, now: datetime
) -> Act:
    """撤回, by who entered it, as long as the last step is not done."""
    act, user_id = _for_step(session, actor, act_id)
    if act.entered_by_id != user_id:
        raise ForbiddenError("只有提出人可以撤回")
    if act.state is ActState.WITHDRAWN:
        return act
    _still_so(act, version)
    return _close(session, act, ActState.WITHDRAWN, actor, reason, now)


def _person(actor: Actor) -> UUID:
    if actor.user_id is None:
        raise ForbiddenError("办理步骤须以本人账号登录；本机操作员和系统任务不能代办")
    return actor.user_id


def _same(known: Act, entry: AnyEntry) -> Act:
    told = (known.kind, known.contract_id, known.facts)
    if told != (entry.kind, entry.contract_id, facts_of(entry)):
        raise ConflictError("这个 Idempotency-Key 已用于另一件事项；请换一个再提出")
    return known


def _lock_contract(session: Session, actor: Actor, contract_id: UUID) -> None:
    """One act of a contract at a time: two tabs, two people, two nodes wait for each other."""
    found = session.scalar(
        select(Contract.id).where(Contract.id == contract_id, visible(actor)).with_for_update()
    )
    if found is None:
        raise NotFoundError("没有这份合同，或不在您的查看范围内")


def _for_step(session: Session, actor: Actor, act_id: UUID) -> tuple[Act, UUID]:
    user_id = _person(actor)
    contract_id = session.scalar(
        select(Act.contract_id)
        .join(Contract, Contract.id == Act.contract_id)
        .where(Act.id == act_id, acts_in_sight(actor))
    )
    if contract_id is None:
        raise NotFoundError("没有这件事项，或不在您的查看范围内")
    _lock_contract(session, actor, contract_id)
    return session.scalars(select(Act).where(Act.id == act_id).with_for_update()).one(), user_id


def _take(session: Session, actor: Actor, act: Act, version: int, due: ActState) -> None:
    """Raises unless the step ``due`` is the act's next one and the actor may take it."""
    _still_so(act, version)
    if act.state is not due:
        raise ConflictError(f"这件事项现在待{STEP_NAME[act.state]}")
    _may_step(session, actor, STEP_PERMISSION[due], act.organisation_id, STEP_NAME[due])
    if actor.user_id in (act.entered_by_id, act.checked_by_id):
        raise ForbiddenError("您已办理过这件事项的前一步；提出、审核和批准须由不同的人办理")


def _still_so(act: Act, version: int) -> None:
    if act.state not in OPEN_STATES:
        who = act.approved_by or act.closed_by or act.entered_by
        raise ConflictError(f"这件事项已由 {who} 办结，不能再办理")
    if act.version != version:
        who = act.checked_by or act.entered_by
        raise ConflictError(f"这件事项已由 {who} 办理过，请看最新情况后再办理")


def _may_step(
    session: Session, actor: Actor, permission: Permission, organisation_id: UUID, step: str
) -> None:
    if session.scalar(works_for(actor, permission, organisation_id)) is None:
        raise ForbiddenError(f"您没有这份合同购买主体（付款时为付款单位）的{step}角色")


def _responsible(session: Session, contract_id: UUID, kind: ActKind) -> UUID:
    """Whose act it is: the purchaser's, for money the payer's where the contract names one."""
    parties = {
        role: organisation_id
        for role, organisation_id in session.execute(
            select(ContractParty.role, ContractParty.organisation_id).where(
                ContractParty.contract_id == contract_id,
                ContractParty.role.in_((PartyRole.PURCHASER, PartyRole.PAYER)),
                ContractParty.position == FIRST,
            )
        )
        if organisation_id is not None
    }
    wanted = PartyRole.PAYER if kind in MONEY_KINDS else PartyRole.PURCHASER
    found = parties.get(wanted) or parties.get(PartyRole.PURCHASER)
    if found is None:
        raise ConflictError("合同没有登记购买主体，不能提出事项")
    return found


def _nothing_pending(session: Session, entry: AnyEntry) -> None:
    """A plan, a round and a payment to reverse have at most one act on its way."""
    if entry.kind is ActKind.PAYMENT:
        return
    pending = session.scalar(
        select(Act.entered_by).where(
            Act.kind == entry.kind,
            Act.subject_id == subject_of(entry),
            Act.state.in_(OPEN_STATES),
        )
    )
    if pending is not None:
        raise ConflictError(f"{pending} 已提出同一事项，正在办理；不能重复提出")


def _checked(
    session: Session, entry: AnyEntry, today: date, act_id: UUID | None = None
) -> ActToCheck:
    asked = ActToCheck(entry, today, act_id)
    announce(session, asked)
    if not asked.about:
        raise RuntimeError(f"no ledger judges acts of kind {entry.kind}")
    return asked


def _finish(session: Session, act: Act, actor: Actor, now: datetime) -> None:
    written = ActToWrite(stated(act), act.id, now, actor.name)
    announce(session, written)
    if written.result_id is None:
        raise RuntimeError(f"no ledger writes acts of kind {act.kind}")
    act.result_id, act.state, act.version = written.result_id, ActState.DONE, act.version + 1
    session.flush()


def _close(
    session: Session, act: Act, state: ActState, actor: Actor, reason: str, now: datetime
) -> Act:
    act.closed_by_id, act.closed_by, act.closed_at = actor.user_id, actor.label, now
    act.closed_reason, act.state, act.version = reason, state, act.version + 1
    session.flush()
    return act
