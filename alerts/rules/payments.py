"""Payments against what was agreed: ``late_payment`` and ``payment_due``.

Late from the first day after the due date (保障中小企业款项支付条例 9; Hami report, B204 ②), for
the amount still unpaid: a partial payment lowers the amount and does not end the alert.
"""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, literal, or_, select, union_all

from alerts.models import Alert, Severity
from alerts.rules.rule import Rule
from contracts.models import Contract
from kernel.dated import holds_on
from kernel.sql import add_days, as_json, facts
from payments.models import Milestone, Settlement

NOTHING = Decimal(0)


def late_payment(major_days: int, critical_days: int) -> Rule:
    """逾期付款: minor from the first day late, major and critical from these days late on."""

    def subjects(as_of: date) -> Select[*tuple[Any, ...]]:
        version = _unpaid(as_of, lambda due_on: due_on < as_of)
        severity = case(
            (version.c.due_on <= as_of - timedelta(days=critical_days), Severity.CRITICAL),
            (version.c.due_on <= as_of - timedelta(days=major_days), Severity.MAJOR),
            else_=Severity.MINOR,
        )
        return _explained(version, severity, 1)

    def settled_on(as_of: date) -> ColumnElement[Any]:
        return _settled(as_of, or_(Settlement.due_on.is_(None), Settlement.due_on >= Alert.since))

    return Rule("late_payment", subjects, settled_on)


def payment_due(days: int) -> Rule:
    """即将到期: unpaid and due today or within ``days``; ends when paid, lapses when it is late."""

    def subjects(as_of: date) -> Select[*tuple[Any, ...]]:
        last = as_of + timedelta(days=days)
        version = _unpaid(as_of, lambda due_on: due_on.between(as_of, last))
        return _explained(version, literal(int(Severity.INFO)), -days)

    def settled_on(as_of: date) -> ColumnElement[Any]:
        # Before its cause happens a milestone has no due date either: only having none by now tells.
        without_date = and_(Settlement.due_on.is_(None), holds_on(Settlement, as_of))
        moved_later = Settlement.due_on > add_days(Alert.since, days)
        return _settled(as_of, or_(without_date, moved_later))

    def lapsed_on(as_of: date) -> ColumnElement[Any]:
        late_from: ColumnElement[Any] = add_days(Alert.since, days + 1)
        return case((late_from <= as_of, late_from))

    return Rule("payment_due", subjects, settled_on, lapsed_on)


def _unpaid(as_of: date, due: Callable[[Any], ColumnElement[bool]]) -> Subquery:
    """Versions that hold on ``as_of``, unpaid and ``due``: open ones, and those ended since.

    Two selects, because each has an index and statistics that tell how few rows it gives.
    """
    columns = (
        Settlement.milestone_id,
        Settlement.contract_id,
        Settlement.due_on,
        Settlement.amount,
        Settlement.paid,
        Settlement.unpaid,
    )
    known = Settlement.valid_from <= as_of
    still_open = select(*columns).where(known, due(Settlement.unpaid_due_on))
    ended_since = select(*columns).where(
        known, Settlement.valid_to > as_of, Settlement.unpaid > NOTHING, due(Settlement.due_on)
    )
    return union_all(still_open, ended_since).subquery()


def _explained(
    version: Subquery, severity: ColumnElement[int], since_after_due: int
) -> Select[*tuple[Any, ...]]:
    return (
        select(
            version.c.milestone_id.label("subject_id"),
            version.c.contract_id.label("contract_id"),
            Contract.purchaser_id.label("organisation_id"),
            severity.label("severity"),
            add_days(version.c.due_on, since_after_due).label("since"),
            facts(
                milestone=Milestone.name,
                milestone_number=Milestone.number,
                due_on=version.c.due_on,
                amount_fen=version.c.amount,
                paid_fen=version.c.paid,
                unpaid_fen=version.c.unpaid,
                assumed=as_json(Milestone.assumed),
            ).label("facts"),
        )
        .join(Milestone, Milestone.id == version.c.milestone_id)
        .join(Contract, Contract.id == version.c.contract_id)
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
