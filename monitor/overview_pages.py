"""工作台: what the ledgers add up to, what needs doing, and when it was last checked."""

from flask import Blueprint, render_template
from sqlalchemy.orm import Session

from alerts.boards import last_scan, worst_open
from contracts.boards import count_findings
from contracts.steps.queries import acts
from contracts.steps.schemas import ActOut, ActsWanted, Whose
from contracts.steps.words import KIND_NAMES, STATE_LOOKS, STATE_NAMES
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.access.roles import ROLES
from kernel.paging import Page
from kernel.tenant import expect_many
from kernel.web.permissions import SIGNED_IN, requires
from kernel.web.session import as_of, current_actor, current_clock, current_session
from monitor.boards import added_up, programme_lines
from monitor.next_steps import next_steps
from payments.boards import months_of_year

SHOWN_ALERTS = 10
SHOWN_ACTS = 5

overview_pages = Blueprint("overview_pages", __name__)


@overview_pages.get("/")
@requires(SIGNED_IN)
def show() -> str:
    """The first screen, as of a day: what the reader's contracts add up to.

    Who may see no contract (an administrator) finds the way to what there is to do instead.
    """
    session, actor, day = current_session(), current_actor(), as_of()
    if not actor.may(Permission.CONTRACTS_READ):
        return render_template("monitor/welcome.html", roles=actor.grants, ROLES=ROLES)
    expect_many(session)
    lines = programme_lines(session, actor, day)
    sees_money, sees_alerts = actor.may(Permission.MONEY_READ), actor.may(Permission.ALERTS_READ)
    sees_findings = actor.may(Permission.FINDINGS_READ)
    return render_template(
        "monitor/overview.html",
        view_day=day,
        lines=lines,
        kind_names=KIND_NAMES,
        state_names=STATE_NAMES,
        state_looks=STATE_LOOKS,
        figures=added_up(lines),
        months=months_of_year(session, actor, day) if sees_money else [],
        alerts=worst_open(session, actor, day, SHOWN_ALERTS) if sees_alerts else [],
        findings=count_findings(session, actor) if sees_findings else 0,
        to_do=_acts_to_do(session, actor),
        steps=next_steps(session, actor) if day == current_clock().business_date() else [],
        scan=last_scan(session, day) if sees_alerts else None,
    )


def _acts_to_do(session: Session, actor: Actor) -> Page[ActOut] | None:
    """The latest acts whose next step is the reader's; None for who takes no such step."""
    if not (actor.may(Permission.ACTS_CHECK) or actor.may(Permission.ACTS_APPROVE)):
        return None
    return acts(session, actor, ActsWanted(whose=Whose.TO_DO, limit=SHOWN_ACTS))
