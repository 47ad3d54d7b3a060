"""工作台: what the ledgers add up to, what needs doing, and when it was last checked."""

from flask import Blueprint, render_template

from alerts.boards import last_scan, worst_open
from contracts.boards import count_findings
from kernel.web.permissions import SIGNED_IN, requires
from kernel.web.session import as_of, current_actor, current_session
from monitor.boards import added_up, programme_lines
from payments.boards import months_of_year

SHOWN_ALERTS = 10

overview_pages = Blueprint("overview_pages", __name__)


@overview_pages.get("/")
@requires(SIGNED_IN)
def show() -> str:
    """The first screen, as of a day."""
    session, actor, day = current_session(), current_actor(), as_of()
    lines = programme_lines(session, actor, day)
    return render_template(
        "monitor/overview.html",
        view_day=day,
        lines=lines,
        figures=added_up(lines),
        months=months_of_year(session, actor, day),
        alerts=worst_open(session, actor, day, SHOWN_ALERTS),
        findings=count_findings(session, actor),
        scan=last_scan(session, day),
    )
