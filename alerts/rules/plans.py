"""``missing_plan`` 缺实施方案: service has started and no plan is approved.

Hami report, problem 2: vendors filed no plan, so nobody could say what was on schedule. A plan
handed in but not yet approved is milder; one returned counts as not handed in.
"""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, or_, select, union_all

from alerts.models import Alert, Severity
from alerts.rules.rule import Rule
from contracts.models import Contract
from contracts.service_models import PlanStanding, PlanState
from kernel.sql import add_days, as_json, facts


def missing_plan(critical_days: int) -> Rule:
    """Major from the day service starts, critical from ``critical_days`` past the plan's due date.

    The due date is the day before service starts.
    """

    def subjects(as_of: date) -> Select[*tuple[Any, ...]]:
        version = _not_approved(as_of)
        severity = case(
            (version.c.state == PlanState.SUBMITTED, Severity.MINOR),
            (version.c.due_on <= as_of - timedelta(days=critical_days), Severity.CRITICAL),
            else_=Severity.MAJOR,
        )
        return select(
            version.c.contract_id.label("subject_id"),
            version.c.contract_id.label("contract_id"),
            Contract.purchaser_id.label("organisation_id"),
            severity.label("severity"),
            add_days(version.c.due_on, 1).label("since"),
            facts(
                service_start=Contract.service_start,
                plan_due_on=version.c.due_on,
                plan_state=version.c.state,
                assumed=as_json(Contract.assumed),
            ).label("facts"),
        ).join(Contract, Contract.id == version.c.contract_id)

    return Rule("missing_plan", subjects, _settled_on)


def _not_approved(as_of: date) -> Subquery:
    """Versions that hold on ``as_of`` past their due date: open ones, and those ended since."""
    columns = (PlanStanding.contract_id, PlanStanding.due_on, PlanStanding.state)
    known = PlanStanding.valid_from <= as_of
    still_open = select(*columns).where(known, PlanStanding.wanting_since < as_of)
    ended_since = select(*columns).where(
        known,
        PlanStanding.valid_to > as_of,
        PlanStanding.state != PlanState.APPROVED,
        PlanStanding.due_on < as_of,
    )
    return union_all(still_open, ended_since).subquery()


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
