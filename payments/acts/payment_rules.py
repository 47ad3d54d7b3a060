"""What refuses a payment or a reversal as an act of the system (domain, section 3).

A payment that was made all the same is a fact: it comes by workbook, with a finding.
"""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contracts.models import ContractTotal
from contracts.steps.events import ActToCheck
from contracts.steps.facts import PaymentEntry, PaymentReversal
from contracts.steps.models import OPEN_STATES, Act, ActKind
from contracts.vendors.on_contract import awaited_by
from contracts.vendors.words import GRADE_NAMES, STAGE_NAMES
from kernel.errors import ConflictError, InputError
from kernel.money import format_yuan
from payments.models import Milestone, Payment, Settlement, Trigger

NOTHING = Decimal("0.00")
UNRECORDED = frozenset({Trigger.ACCEPTANCE, Trigger.INVOICE})
"""Conditions whose day the ledger may not hold: then those who approve look at the papers."""
_CONDITIONS = {
    Trigger.SIGNING: "合同签订",
    Trigger.PLAN_APPROVED: "实施方案审定",
    Trigger.DATE: "到约定日期",
    Trigger.ACCEPTANCE: "验收合格",
}


@dataclass(frozen=True, slots=True)
class PaymentRules:
    """``resolution_from`` is the yuan from which 三重一大 asks for 党组会议纪要 (Hami: 50 万元)."""

    resolution_from: Decimal = Decimal("500000.00")

    def check_payment_act(self, session: Session, event: ActToCheck) -> None:
        """Handler: raises what refuses a payment or a reversal, and tells its amount."""
        if isinstance(event.entry, PaymentEntry):
            milestone = _milestone(session, event.entry)
            self._check_payment(session, milestone, event.entry, event)
            event.amount, event.about = event.entry.amount, _about(milestone)
        elif isinstance(event.entry, PaymentReversal):
            wrong = payment_to_reverse(session, event.entry)
            event.amount = wrong.amount
            event.about = f"{wrong.paid_on} 付款，凭证 {wrong.voucher or '未提供'}"

    def _check_payment(
        self, session: Session, milestone: Milestone, entry: PaymentEntry, event: ActToCheck
    ) -> None:
        if entry.paid_on > event.today:
            raise InputError("paid_on", f"不能晚于业务日期 {event.today}")
        _after_its_trigger(milestone, entry)
        _after_its_evaluation(session, milestone, entry)
        waiting = _waiting(session, entry.contract_id, event.act_id)
        _within_the_contract(session, entry, sum((pay.amount for pay in waiting), NOTHING))
        same = [pay.amount for pay in waiting if pay.milestone_id == entry.milestone_id]
        _within_the_milestone(session, milestone, entry, sum(same, NOTHING))
        _new_voucher(session, entry, waiting)
        if entry.amount >= self.resolution_from and not entry.resolution:
            raise InputError(
                "resolution",
                f"{format_yuan(self.resolution_from)} 元及以上的支付属“三重一大”，"
                "须填写党组会议纪要文号",
            )


def _milestone(session: Session, entry: PaymentEntry) -> Milestone:
    milestone = session.get(Milestone, entry.milestone_id)
    if milestone is None or milestone.contract_id != entry.contract_id:
        raise InputError("milestone_id", "这份合同没有这个支付节点")
    return milestone


def _about(milestone: Milestone) -> str:
    """The milestone, and what those who approve must look at because no ledger knows it."""
    unknown = milestone.trigger_kind in UNRECORDED and milestone.triggered_on is None
    return milestone.name + ("（请核对验收或发票资料，系统尚无记录）" if unknown else "")


def payment_to_reverse(session: Session, entry: PaymentReversal) -> Payment:
    """The payment, if it can be reversed; raises ``InputError`` and ``ConflictError``."""
    payment = session.get(Payment, entry.payment_id)
    if payment is None or payment.contract_id != entry.contract_id:
        raise InputError("payment_id", "这份合同没有这笔支付")
    if payment.reverses_id is not None:
        raise InputError("payment_id", "这一笔本身是冲正，不能再冲正；请重新登记付款")
    if payment.reversed:
        raise ConflictError("这笔支付已经冲正")
    return payment


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A payment that is on its way through the steps."""

    milestone_id: UUID | None
    amount: Decimal
    voucher: str


def _waiting(session: Session, contract_id: UUID, act_id: UUID | None) -> list[_Waiting]:
    """The contract's other payments on their way; those entered later than a given act as well."""
    rows = session.execute(
        select(Act.id, Act.subject_id, Act.amount, Act.facts).where(
            Act.contract_id == contract_id,
            Act.kind == ActKind.PAYMENT,
            Act.state.in_(OPEN_STATES),
        )
    )
    return [
        _Waiting(subject, amount or NOTHING, str(facts["voucher"]))
        for key, subject, amount, facts in rows
        # What was entered later must not stand in the way of what was entered first.
        if act_id is None or key < act_id
    ]


def _after_its_trigger(milestone: Milestone, entry: PaymentEntry) -> None:
    if milestone.trigger_kind in UNRECORDED and milestone.triggered_on is None:
        return
    if milestone.trigger_kind is Trigger.ROUND_CONFIRMED:
        condition = f"第 {milestone.trigger_round} 轮服务确认"
    else:
        condition = _CONDITIONS[milestone.trigger_kind]
    basis = "付款应符合合同约定和服务进度（履约管理规范性②）"
    if milestone.triggered_on is None and milestone.trigger_kind in (Trigger.SIGNING, Trigger.DATE):
        message = "台账没有这份合同的签订日期，无法判断付款条件；请先在台账中补登"
        raise InputError("milestone_id", message)
    if milestone.triggered_on is None:
        message = f"{milestone.name}的付款条件“{condition}”还没有成就，不能提前支付；{basis}"
        raise InputError("milestone_id", message)
    if entry.paid_on < milestone.triggered_on:
        message = f"付款条件“{condition}”{milestone.triggered_on} 才成就，不能提前支付；{basis}"
        raise InputError("paid_on", message)


def _after_its_evaluation(session: Session, milestone: Milestone, entry: PaymentEntry) -> None:
    """Where the contract ties the milestone to a grade of 履约评价, that grade comes first."""
    awaited = awaited_by(session, entry.contract_id, milestone.number, entry.paid_on)
    if awaited:
        wanted = "、".join(
            f"{STAGE_NAMES[each.stage]}评价达到“{GRADE_NAMES[each.least]}”" for each in awaited
        )
        message = f"合同约定{milestone.name}须待{wanted}，{entry.paid_on} 尚未达到；"
        raise InputError("milestone_id", message + "请先登记履约评价")


def _within_the_contract(session: Session, entry: PaymentEntry, waiting: Decimal) -> None:
    total = session.scalar(
        select(ContractTotal.amount).where(
            ContractTotal.contract_id == entry.contract_id,
            ContractTotal.superseded_at.is_(None),
            ContractTotal.valid_to.is_(None),
        )
    )
    if total is None:
        raise InputError("amount", "合同总额未提供，无法判断是否超付；请先在台账中补登合同总额")
    paid = session.scalar(
        select(func.sum(Payment.amount)).where(Payment.contract_id == entry.contract_id)
    )
    _within("合同", entry.amount, total - (paid or NOTHING), waiting)


def _within_the_milestone(
    session: Session, milestone: Milestone, entry: PaymentEntry, waiting: Decimal
) -> None:
    unpaid = session.scalar(
        select(Settlement.unpaid).where(
            Settlement.milestone_id == milestone.id, Settlement.valid_to.is_(None)
        )
    )
    if unpaid is None:
        raise InputError("amount", f"{milestone.name}的应付金额未提供，无法判断是否超付")
    _within(milestone.name, entry.amount, unpaid, waiting)


def _within(what: str, amount: Decimal, unpaid: Decimal, waiting: Decimal) -> None:
    if amount <= unpaid - waiting:
        return
    also = f"，另有 {format_yuan(waiting)} 元正在办理" if waiting else ""
    raise InputError(
        "amount",
        f"{format_yuan(amount)} 元超过{what}未付的 {format_yuan(max(unpaid, NOTHING))} 元{also}；"
        "付款不得超过合同约定（履约管理规范性②）",
    )


def _new_voucher(session: Session, entry: PaymentEntry, waiting: list[_Waiting]) -> None:
    known = session.scalar(
        select(Payment.id).where(
            Payment.contract_id == entry.contract_id,
            Payment.voucher == entry.voucher,
            Payment.reverses_id.is_(None),
            Payment.reversed.is_(False),
        )
    )
    if known is not None or entry.voucher in {pay.voucher for pay in waiting}:
        raise InputError("voucher", f"凭证号 {entry.voucher} 在这份合同下已登记，不能重复登记")
