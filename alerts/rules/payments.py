"""Payments against what was agreed: ``late_payment`` and ``payment_due``.

Late from the first day after the due date (保障中小企业款项支付条例 9; Hami report, B204 ②), for
the amount still unpaid: a partial payment lowers the amount and does not end the alert.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, case, literal, or_, select

from alerts.models import Alert, Severity
from alerts.rules.rule import Rule
from contracts.models import Contract
from kernel.dated import holds_on
from kernel.sql import add_days, as_json, earliest, facts, inline
from payments.models import Milestone, Settlement

NOTHING = Decimal(0)


def late_payment(major_days: int, critical_days: int) -> Rule:
    """逾期付款: minor from the first day late, major and critical from these days late on."""

    def subjects(as_of: date) -> Select[*tuple[Any, ...]]:
        severity = case(
            (Settlement.due_on <= as_of - timedelta(days=critical_days), Severity.CRITICAL),
            (Settlement.due_on <= as_of - timedelta(days=major_days), Severity.MAJOR),
            else_=Severity.MINOR,
        )
        return _unpaid(as_of, severity, 1).where(Settlement.due_on < as_of)

    def settled_on(as_of: date) -> ColumnElement[Any]:
        return _settled(as_of, or_(Settlement.due_on.is_(None), Settlement.due_on >= Alert.since))

    return Rule("late_payment", subjects, settled_on)


def payment_due(days: int) -> Rule:
    """即将到期: unpaid and due today or within ``days``; ends when paid or when it is late."""

    def subjects(as_of: date) -> Select[*tuple[Any, ...]]:
        due = Settlement.due_on.between(as_of, as_of + timedelta(days=days))
        return _unpaid(as_of, literal(int(Severity.INFO)), -days).where(due)

    def settled_on(as_of: date) -> ColumnElement[Any]:
        paid = _settled(as_of, Settlement.due_on.is_(None))
        late_from: ColumnElement[Any] = add_days(Alert.since, days + 1)
        return earliest(paid, case((late_from <= as_of, late_from)))

    return Rule("payment_due", subjects, settled_on)


def _unpaid(
    as_of: date, severity: ColumnElement[int], since_after_due: int
) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Settlement.milestone_id.label("subject_id"),
            Settlement.contract_id.label("contract_id"),
            Contract.purchaser_id.label("organisation_id"),
            severity.label("severity"),
            add_days(Settlement.due_on, since_after_due).label("since"),
            facts(
                milestone=Milestone.name,
                milestone_number=Milestone.number,
                due_on=Settlement.due_on,
                amount_fen=Settlement.amount,
                paid_fen=Settlement.paid,
                unpaid_fen=Settlement.unpaid,
                assumed=as_json(Milestone.assumed),
            ).label("facts"),
        )
        .join(Milestone, Milestone.id == Settlement.milestone_id)
        .join(Contract, Contract.id == Settlement.contract_id)
        .where(holds_on(Settlement, as_of), Settlement.unpaid > inline(Settlement.unpaid, NOTHING))
    )


def _settled(as_of: date, no_longer_due: ColumnElement[bool]) -> ColumnElement[Any]:
    """First day from ``Alert.since`` on (or the version then) with nothing unpaid and due."""
    return (
        select(Settlement.valid_from)
        .where(
            Settlement.milestone_id == Alert.subject_id,
            Settlement.valid_from <= as_of,
            or_(Settlement.valid_to.is_(None), Settlement.valid_to > Alert.since),
            or_(Settlement.unpaid.is_(None), Settlement.unpaid == NOTHING, no_longer_due),
        )
        .order_by(Settlement.valid_from)
        .limit(1)
        .correlate(Alert)
        .scalar_subquery()
    )
