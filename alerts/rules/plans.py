"""``missing_plan`` 缺实施方案: service has started and no plan is approved.

Hami report, problem 2: vendors filed no plan, so nobody could say what was on schedule. A plan
handed in but not yet approved is milder; one returned counts as not handed in.
"""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, or_, select

from alerts.models import Alert, Severity
from alerts.rules.rule import Rule
from contracts.models import Contract
from contracts.service_models import PlanStanding, PlanState
from kernel.dated import holds_on
from kernel.sql import add_days, as_json, facts, inline


def missing_plan(critical_days: int) -> Rule:
    """Major from the day service starts, critical from ``critical_days`` past the plan's due date.

    The due date is the day before service starts.
    """

    def subjects(as_of: date) -> Select[*tuple[Any, ...]]:
        severity = case(
            (PlanStanding.state == PlanState.SUBMITTED, Severity.MINOR),
            (PlanStanding.due_on <= as_of - timedelta(days=critical_days), Severity.CRITICAL),
            else_=Severity.MAJOR,
        )
        return (
            select(
                PlanStanding.contract_id.label("subject_id"),
                PlanStanding.contract_id.label("contract_id"),
                Contract.purchaser_id.label("organisation_id"),
                severity.label("severity"),
                add_days(PlanStanding.due_on, 1).label("since"),
                facts(
                    service_start=Contract.service_start,
                    plan_due_on=PlanStanding.due_on,
                    plan_state=PlanStanding.state,
                    assumed=as_json(Contract.assumed),
                ).label("facts"),
            )
            .join(Contract, Contract.id == PlanStanding.contract_id)
            .where(
                holds_on(PlanStanding, as_of),
                PlanStanding.state != inline(PlanStanding.state, PlanState.APPROVED),
                PlanStanding.due_on < as_of,
            )
        )

    return Rule("missing_plan", subjects, _settled_on)


def _settled_on(as_of: date) -> ColumnElement[Any]:
    return (
        select(PlanStanding.valid_from)
        .where(
            PlanStanding.contract_id == Alert.subject_id,
            PlanStanding.valid_from <= as_of,
            or_(PlanStanding.valid_to.is_(None), PlanStanding.valid_to > Alert.since),
            or_(PlanStanding.state == PlanState.APPROVED, PlanStanding.due_on >= Alert.since),
        )
        .order_by(PlanStanding.valid_from)
        .limit(1)
        .correlate(Alert)
        .scalar_subquery()
    )
