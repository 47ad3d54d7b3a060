"""绩效评价: which evaluations there are, and one scored with the records behind each point."""

from flask import Blueprint, render_template, request

from kernel.access.permissions import Permission
from kernel.errors import NotFoundError
from kernel.web.permissions import requires
from kernel.web.session import as_of, current_actor, current_session
from monitor.indicators.evaluations import evaluations, find_evaluation
from monitor.indicators.models import Basis, EvaluationScore, Speaks
from monitor.indicators.scoring import score, scoreable

BASES = {
    Basis.TYPED: "登记的事实",
    Basis.ASSUMPTION: "登记的事实",
    Basis.ABSENCE: "没有记录",
}

MOST = 200
"""Records for or against a criterion that the page lists; the API gives all."""

score_pages = Blueprint("score_pages", __name__)


@score_pages.get("/scores")
@requires(Permission.SCORES_READ)
def index() -> str:
    """The evaluations whose programmes the reader sees whole, each with its score."""
    seen = scoreable(current_session(), current_actor(), evaluations())
    return render_template(
        "monitor/scores.html", scored=[(item, _score(item.code)) for item in seen]
    )


@score_pages.get("/scores/<code>")
@requires(Permission.SCORES_READ)
def show(code: str) -> str:
    """One evaluation, as of its own date or the one asked about."""
    evaluation = find_evaluation(code)
    day = as_of() if request.args.get("as_of") else evaluation.as_of
    result = score(current_session(), current_actor(), code, day)
    return render_template(
        "monitor/score.html",
        evaluation=evaluation,
        result=result,
        most=MOST,
        BASES=BASES,
        Speaks=Speaks,
    )


def _score(code: str) -> EvaluationScore | None:
    try:
        return score(current_session(), current_actor(), code)
    except NotFoundError:
        return None
