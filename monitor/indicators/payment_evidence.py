"""Evidence for B204 ②: payments as agreed, and what was late, ahead or above.

Late: paid after the due date, or unpaid past it on the date asked. Ahead: paid before the
condition happened (for conditions that the ledger records: signing, plan, round; a signing date
that is not given says nothing). Above: more than the milestone's amount or the contract's total.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from contracts.access import visible
from contracts.models import Contract, ContractTotal
from contracts.queries import happened
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.dated import holds_on
from kernel.money import format_yuan
from monitor.indicators.models import Basis, Evidence, Speaks
from payments.findings import NOT_HAPPENED
from payments.models import Milestone, Payment, Settlement, Trigger

RECORDED_TRIGGERS = (Trigger.SIGNING, Trigger.PLAN_APPROVED, Trigger.ROUND_CONFIRMED)
NOTHING = Decimal(0)
JUDGED = (
    "paid_on",
    "amount",
    "milestone_id",
    "share",
    "amount_given",
    "trigger_kind",
    "trigger_round",
    "days_allowed",
    "due_on_given",
    "total",
)
"""Fields that a judgement rests on: an assumed voucher number or name changes no point."""


class Scope(NamedTuple):
    """Whose contracts, of which programmes, on which day."""

    actor: Actor
    programme_ids: Sequence[UUID]
    as_of: date


def collect(
    session: Session, actor: Actor, programme_ids: Sequence[UUID], as_of: date
) -> list[Evidence]:
    """What speaks for and against; empty when nothing was paid and nothing is overdue."""
    scope = Scope(actor, programme_ids, as_of)
    against = [
        *_late(session, scope),
        *_above_milestone(session, scope),
        *_above_contract(session, scope),
        *_ahead_or_unassigned(session, scope),
    ]
    spoiled = {item.record_id for item in against}
    return [*_payments(session, scope, spoiled), *against]


def _contracts(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return (
        Contract.programme_id.in_(scope.programme_ids),
        visible(scope.actor, Permission.SCORES_READ),
    )


def _in_force(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """Payments up to the day that were not reversed: what was truly paid."""
    return (Payment.paid_on <= scope.as_of, Payment.reverses_id.is_(None), ~Payment.reversed)


def _late(session: Session, scope: Scope) -> Iterator[Evidence]:
    """A milestone with something unpaid at the end of its due date."""
    ended_late = and_(Settlement.valid_to <= scope.as_of, Settlement.valid_to > Settlement.due_on)
    still_late = and_(holds_on(Settlement, scope.as_of), Settlement.due_on < scope.as_of)
    was_late = (
        select(Settlement.milestone_id)
        .where(
            Settlement.milestone_id == Milestone.id,
            Settlement.unpaid > NOTHING,
            or_(ended_late, still_late),
        )
        .exists()
    )
    rows = session.execute(
        select(Milestone, Contract.number)
        .join(Contract, Contract.id == Milestone.contract_id)
        .where(*_contracts(scope), was_late)
        .order_by(Contract.number, Milestone.number)
    )
    for milestone, number in rows:
        yield _against(
            "late",
            milestone.id,
            milestone.contract_id,
            milestone.assumed,
            f"{number} {milestone.name}：{milestone.due_on} 到期未付清，逾期支付",
        )


def _above_milestone(session: Session, scope: Scope) -> Iterator[Evidence]:
    rows = session.execute(
        select(Milestone, Contract.number, Settlement.paid, Settlement.amount)
        .join(Settlement, Settlement.milestone_id == Milestone.id)
        .join(Contract, Contract.id == Milestone.contract_id)
        .where(
            *_contracts(scope),
            holds_on(Settlement, scope.as_of),
            Settlement.paid > Settlement.amount,
        )
        .order_by(Contract.number, Milestone.number)
    )
    for milestone, number, paid, amount in rows:
        text = (
            f"{number} {milestone.name}：已付 {format_yuan(paid)} 元，超过 {format_yuan(amount)} 元"
        )
        yield _against(
            "above_milestone", milestone.id, milestone.contract_id, milestone.assumed, text
        )


def _above_contract(session: Session, scope: Scope) -> Iterator[Evidence]:
    paid = func.sum(Payment.amount)
    rows = session.execute(
        select(Contract.id, Contract.number, ContractTotal.amount, paid)
        .join(ContractTotal, ContractTotal.contract_id == Contract.id)
        .join(Payment, Payment.contract_id == Contract.id)
        .where(
            *_contracts(scope),
            Payment.paid_on <= scope.as_of,
            ContractTotal.superseded_at.is_(None),
            holds_on(ContractTotal, scope.as_of),
        )
        .group_by(Contract.id, Contract.number, ContractTotal.amount)
        .having(paid > ContractTotal.amount)
        .order_by(Contract.number)
    )
    for key, number, total, amount in rows:
        text = f"{number}：已付 {format_yuan(amount)} 元，超过合同总额 {format_yuan(total)} 元"
        yield _against("above_contract", key, key, [], text)


def _ahead_or_unassigned(session: Session, scope: Scope) -> Iterator[Evidence]:
    ahead = or_(
        and_(Milestone.trigger_kind.in_(NOT_HAPPENED), Milestone.triggered_on.is_(None)),
        and_(
            Milestone.trigger_kind.in_(RECORDED_TRIGGERS), Payment.paid_on < Milestone.triggered_on
        ),
    )
    rows = session.execute(
        select(Payment, Contract.number, Milestone.name, Milestone.triggered_on)
        .join(Contract, Contract.id == Payment.contract_id)
        .outerjoin(Milestone, Milestone.id == Payment.milestone_id)
        .where(*_contracts(scope), *_in_force(scope), or_(Payment.milestone_id.is_(None), ahead))
        .order_by(Payment.paid_on, Payment.id)
    )
    for payment, number, milestone, triggered_on in rows:
        paid = f"{number}：{payment.paid_on} 支付 {format_yuan(payment.amount)} 元"
        if payment.milestone_id is None:
            kind, text = "unassigned", f"{paid}，未对应任何支付节点"
        else:
            known = happened(triggered_on, scope.as_of)
            cause = f"{known} 才成就" if known else "尚未成就"
            kind, text = "ahead", f"{paid}（{milestone}），付款条件{cause}，提前支付"
        yield _against(kind, payment.id, payment.contract_id, payment.assumed, text)


def _payments(session: Session, scope: Scope, spoiled: set[UUID]) -> Iterator[Evidence]:
    """Payments that nothing speaks against, neither themselves nor their milestone."""
    rows = session.execute(
        select(Payment, Contract.number, Milestone.name, Milestone.due_on, Milestone.assumed)
        .join(Contract, Contract.id == Payment.contract_id)
        .join(Milestone, Milestone.id == Payment.milestone_id)
        .where(*_contracts(scope), *_in_force(scope))
        .order_by(Payment.paid_on, Payment.id)
    )
    for payment, number, milestone, due_on, terms_assumed in rows:
        if spoiled & {payment.id, payment.milestone_id, payment.contract_id}:
            continue
        assumed = _judged([*payment.assumed, *terms_assumed])
        due = f"应付日 {due_on}" if due_on else "未约定应付日"
        yield Evidence(
            criterion=2,
            speaks=Speaks.FOR,
            kind="payment",
            record_id=payment.id,
            contract_id=payment.contract_id,
            text=f"{number} {milestone}：{payment.paid_on} 支付 "
            f"{format_yuan(payment.amount)} 元，{due}",
            basis=_basis(assumed),
            assumed=assumed,
        )


def _against(
    kind: str, record_id: UUID, contract_id: UUID, assumed: Sequence[str], text: str
) -> Evidence:
    return Evidence(
        criterion=2,
        speaks=Speaks.AGAINST,
        kind=kind,
        record_id=record_id,
        contract_id=contract_id,
        text=text,
        basis=_basis(_judged(assumed)),
        assumed=_judged(assumed),
    )


def _judged(assumed: Sequence[str]) -> tuple[str, ...]:
    return tuple(field for field in JUDGED if field in assumed)


def _basis(assumed: Sequence[str]) -> Basis:
    return Basis.ASSUMPTION if assumed else Basis.TYPED
