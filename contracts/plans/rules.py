"""When a plan is due, how late it was approved, which version counts, what may be done with one."""

from collections.abc import Iterable
from datetime import date, timedelta

from contracts.plan_standings import PlanDates


def plan_due_on(service_start: date | None) -> date | None:
    """The last day in time: the day before service starts (Hami report, problem 2).

    None where the start is not known.
    """
    return None if service_start is None else service_start - timedelta(days=1)


def days_late(due_on: date | None, approved_on: date | None, as_of: date) -> int | None:
    """Days past the due date: of the first approval, else counted up to ``as_of``.

    ``approved_on`` is the first approval; one after ``as_of`` is not known yet. 0: in time. None:
    without a service start nothing is due.
    """
    if due_on is None:
        return None
    known = approved_on if approved_on is not None and approved_on <= as_of else as_of
    return max(0, (known - due_on).days)


def decision_fault(plan: PlanDates, day: date, today: date) -> str:
    """Why a version cannot be approved or returned on ``day``; empty when it can."""
    if day < plan.submitted_on:
        return f"第 {plan.number} 版方案 {plan.submitted_on} 才报送，不能在报送之前审定或退回"
    return f"不能晚于业务日期 {today}" if day > today else ""


def submission_fault(earlier: Iterable[PlanDates], day: date, today: date) -> str:
    """Why another version cannot be handed in on ``day``; empty when it can."""
    if day > today:
        return f"不能晚于业务日期 {today}"
    last = max(earlier, key=lambda each: each.number, default=None)
    if last is not None and day < last.submitted_on:
        return f"第 {last.number} 版 {last.submitted_on} 报送，新版不能更早"
    return ""
