"""核验 of payments and milestones: paid too early, too much, or without the meeting's resolution."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from contracts.findings import Found, doubt
from contracts.ledger_changes import Values, load_rows
from contracts.models import Contract, ContractTotal
from kernel.money import format_wan
from kernel.sql import among
from payments.models import Milestone, MilestoneKind, Payment, Settlement, Trigger

CODES = (
    "payment_before_signing",
    "payments_above_total",
    "payment_above_milestone",
    "payment_ahead",
    "no_resolution",
    "odd_share",
)
RESOLUTION_FROM = Decimal(500_000)
"""Yuan from which 三重一大 asks for the party committee's resolution (Hami report, A201 and B204)."""
NOT_HAPPENED = {
    Trigger.PLAN_APPROVED: "实施方案未审定",
    Trigger.ROUND_CONFIRMED: "条件轮次未确认",
}
"""Conditions whose cause the ledger records: when it is not there, it has not happened."""


@dataclass(slots=True)
class PaymentFacts:
    """Contracts, milestones and standing payments of the contracts that are looked at."""

    contracts: dict[UUID, Values]
    milestones: dict[UUID, Values]
    payments: Sequence[Values]
    paid: defaultdict[UUID, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    """Yuan paid by contract, and by milestone."""


def load_payment_facts(session: Session, contract_ids: Collection[UUID]) -> PaymentFacts:
    """Three queries, whatever the number; amounts of milestones as they are settled."""
    contracts = load_rows(
        session, _contracts_with_totals().where(among(session, Contract.id, contract_ids))
    )
    milestones = load_rows(
        session, _milestones_settled().where(among(session, Milestone.contract_id, contract_ids))
    )
    payments = load_rows(
        session, _standing_payments().where(among(session, Payment.contract_id, contract_ids))
    )
    facts = PaymentFacts(
        {row["id"]: row for row in contracts}, {row["id"]: row for row in milestones}, payments
    )
    for payment in payments:
        facts.paid[payment["contract_id"]] += payment["amount"]
        if payment["milestone_id"]:
            facts.paid[payment["milestone_id"]] += payment["amount"]
    return facts


def _contracts_with_totals() -> Select[Any]:
    current = and_(
        ContractTotal.contract_id == Contract.id,
        ContractTotal.superseded_at.is_(None),
        ContractTotal.valid_to.is_(None),
    )
    return select(*Contract.__table__.columns, ContractTotal.amount.label("total")).outerjoin(
        ContractTotal, current
    )


def _milestones_settled() -> Select[Any]:
    latest = and_(Settlement.milestone_id == Milestone.id, Settlement.valid_to.is_(None))
    return (
        select(*Milestone.__table__.columns, Settlement.amount)
        .outerjoin(Settlement, latest)
        .order_by(Milestone.contract_id, Milestone.number)
    )


def _standing_payments() -> Select[Any]:
    return (
        select(*Payment.__table__.columns)
        .where(Payment.reversed.is_(False), Payment.reverses_id.is_(None))
        .order_by(Payment.paid_on, Payment.id)
    )


def payment_findings(facts: PaymentFacts) -> list[Found]:
    """What the payments and milestones contradict."""
    found: list[Found] = []
    for payment in facts.payments:
        contract = facts.contracts[payment["contract_id"]]
        milestone = facts.milestones.get(payment["milestone_id"])
        found += [*before_signing(payment, contract), *without_resolution(payment)]
        if milestone is not None:
            found += ahead(payment, milestone, contract)
    found += [*above_total(facts), *above_milestone(facts)]
    by_contract: defaultdict[UUID, list[Values]] = defaultdict(list)
    for milestone in facts.milestones.values():
        by_contract[milestone["contract_id"]].append(milestone)
    for contract_id, milestones in by_contract.items():
        found += odd_shares(milestones, facts.contracts[contract_id])
    return found


def _about(row: Values, code: str, name: str, value: object, message: str) -> Found:
    return Found(
        code,
        str(row["id"]),
        str(value),
        message,
        contract_id=row.get("contract_id", row["id"]),
        record=row["id"],
        field=name,
    )


def before_signing(payment: Values, contract: Values) -> Iterator[Found]:
    """A payment before the contract was signed."""
    signed, paid = contract["signed_on"], payment["paid_on"]
    if signed is not None and paid < signed:
        unsure = doubt([*contract["assumed"], *payment["assumed"]], "signed_on", "paid_on")
        message = f"{paid} 支付，早于合同签订 {signed}{unsure}"
        yield _about(payment, "payment_before_signing", "paid_on", paid, message)


def without_resolution(payment: Values) -> Iterator[Found]:
    """A payment of 50 万元 or more without 会议纪要."""
    if payment["amount"] >= RESOLUTION_FROM and not payment["resolution"]:
        amount = format_wan(payment["amount"])
        message = f"支付 {amount} 万元未附会议纪要（“三重一大”：50 万元及以上须经集体决策）"
        yield _about(payment, "no_resolution", "resolution", "", message)


def ahead(payment: Values, milestone: Values, contract: Values) -> Iterator[Found]:
    """提前支付: paid before the milestone's condition happened.

    A payment before signing is told as that, and a date agreed upon is a last day, not a first.
    Acceptance and invoices are in no ledger yet: that they have not happened cannot be said.
    """
    trigger, happened, paid = (
        milestone["trigger_kind"],
        milestone["triggered_on"],
        payment["paid_on"],
    )
    if trigger in {Trigger.SIGNING, Trigger.DATE}:
        return
    assumed = [*payment["assumed"], *milestone["assumed"], *contract["assumed"]]
    unsure = doubt(assumed, "paid_on", "milestone_id", "trigger_kind", "trigger_round")
    if happened is None and trigger in NOT_HAPPENED:
        message = f"{paid} 支付“{milestone['name']}”，{NOT_HAPPENED[trigger]}，属提前支付{unsure}"
        yield _about(payment, "payment_ahead", "paid_on", paid, message)
    elif happened is not None and paid < happened:
        message = (
            f"{paid} 支付“{milestone['name']}”，付款条件 {happened} 才成就，属提前支付{unsure}"
        )
        yield _about(payment, "payment_ahead", "paid_on", paid, message)


def above_total(facts: PaymentFacts) -> Iterator[Found]:
    """All payments of a contract together exceed its total."""
    for contract in facts.contracts.values():
        total, paid = contract["total"], facts.paid[contract["id"]]
        if total is not None and paid > total:
            unsure = doubt(contract["assumed"], "total")
            message = (
                f"累计支付 {format_wan(paid)} 万元，超过合同总额 {format_wan(total)} 万元{unsure}"
            )
            yield _about(contract, "payments_above_total", "total", format_wan(total), message)


def above_milestone(facts: PaymentFacts) -> Iterator[Found]:
    """All payments of a milestone together exceed its amount."""
    for milestone in facts.milestones.values():
        amount, paid = milestone["amount"], facts.paid[milestone["id"]]
        if amount is not None and paid > amount:
            unsure = doubt(milestone["assumed"], "share", "amount_given")
            message = (
                f"节点“{milestone['name']}”累计支付 {format_wan(paid)} 万元，"
                f"超过应付 {format_wan(amount)} 万元{unsure}"
            )
            yield _about(
                milestone, "payment_above_milestone", "number", milestone["number"], message
            )


def odd_shares(milestones: Sequence[Values], contract: Values) -> Iterator[Found]:
    """Amounts whose share of the total is no whole percent, which terms of payment rarely are.

    The last payment that only fills up the total is odd because another is: it is not told again.
    """
    total = contract["total"]
    if not total:
        return
    odd = [
        row
        for row in milestones
        if row["amount_given"] is not None
        and row["kind"] is not MilestoneKind.INSTALMENT
        and (row["amount_given"] * 100) % total
    ]
    agreed = sum(
        (row["amount_given"] if row["amount_given"] is not None else total * row["share"] / 100)
        for row in milestones
    )
    for row in odd:
        is_rest = row["kind"] is MilestoneKind.FINAL and agreed == total and len(odd) > 1
        if not is_rest:
            share = row["amount_given"] * 100 / total
            unsure = doubt([*row["assumed"], *contract["assumed"]], "amount_given", "total")
            message = (
                f"{format_wan(row['amount_given'])} 万元占合同总额 {format_wan(total)} 万元的 "
                f"{share:.2f} %，不是整数比例{unsure}"
            )
            value = format_wan(row["amount_given"])
            yield _about(row, "odd_share", "amount_given", value, message)


def ledger_columns(
    facts: PaymentFacts, stated: Mapping[UUID, Mapping[str, Any]]
) -> Iterator[Found]:
    """已付 and 未付 as a 合同台账 states them (by contract) against the payments."""
    for contract_id, columns in stated.items():
        contract = facts.contracts[contract_id]
        paid, total = facts.paid[contract_id], contract["total"]
        follows = {"paid": paid, "unpaid": None if total is None else total - paid}
        for name, heading in (("paid", "已付"), ("unpaid", "未付")):
            value, expected = columns[name], follows[name]
            if value is not None and expected is not None and value != expected:
                message = (
                    f"“{heading}”写 {format_wan(value)} 万元，"
                    f"按支付台账为 {format_wan(expected)} 万元"
                )
                yield _about(contract, f"{name}_differs", name, format_wan(value), message)
