"""接口令牌: one's own tokens, a form for a new one, and the one page that shows it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response

from kernel.errors import ConflictError, InputError, MonitorError
from kernel.fields import CursorText
from kernel.paging import RecordQuery
from kernel.web.permissions import SIGNED_IN, requires
from kernel.web.problems import input_error
from kernel.web.session import current_actor, current_clock, current_session, write_session
from people.tokens import tokens
from people.tokens.schemas import LONGEST_DAYS, NewToken, TokenMade, TokensWanted

PAGE_SIZE = 20
PERIODS = (7, 30, 90, 180, LONGEST_DAYS)
"""Days of validity that the form offers."""
STATE_NAMES = {
    "live": ("有效", "done"),
    "expired": ("已过期", "quiet"),
    "revoked": ("已撤销", "quiet"),
}

token_pages = Blueprint("token_pages", __name__, template_folder="../templates")


class TokenPageQuery(RecordQuery):
    """Where the list goes on."""

    after: CursorText = ""


@token_pages.get("/account/tokens")
@requires(SIGNED_IN)
def index() -> str:
    """One's own tokens and the form for a new one."""
    return _page()


@token_pages.post("/account/tokens")
@requires(SIGNED_IN)
def make() -> Response:
    """Make a token and show it: in this answer alone, which no cache keeps and no address names."""
    typed = request.form
    given: dict[str, Any] = {
        "name": typed.get("name", ""),
        "scopes": typed.getlist("scopes"),
        "valid_days": typed.get("valid_days", ""),
    }
    try:
        new = NewToken.model_validate(given)
        actor = current_actor()
        with write_session(reason="新建接口令牌") as session:
            made = tokens.make_token(session, actor, actor, current_clock().now(), new)
    except ValidationError as error:
        return make_response(_page(given, input_error(error)), InputError.status)
    except (InputError, ConflictError) as refusal:
        return make_response(_page(given, refusal), refusal.status)
    return _shown_once(made)


@token_pages.post("/account/tokens/<uuid:token_id>/revoke")
@requires(SIGNED_IN)
def revoke(token_id: UUID) -> Response:
    """End one of one's tokens at once."""
    with write_session(reason="撤销接口令牌") as session:
        ended = tokens.revoke_token(session, current_actor(), current_clock().now(), token_id)
    flash(f"令牌“{ended.name}”已撤销，用它的程序从现在起被拒绝。")
    return redirect(url_for("token_pages.index"))


def _page(given: dict[str, Any] | None = None, refusal: MonitorError | None = None) -> str:
    query = TokenPageQuery.model_validate(request.args.to_dict())
    session, actor = current_session(), current_actor()
    wanted = TokensWanted(limit=PAGE_SIZE, cursor=query.after or None, user=None, state=None)
    return render_template(
        "people/tokens/index.html",
        page=tokens.list_tokens(session, actor, current_clock().now(), wanted),
        after=query.after,
        scopes=tokens.scopes_open_to(actor),
        periods=PERIODS,
        state_names=STATE_NAMES,
        given=given or {"name": "", "scopes": [], "valid_days": "90"},
        faults=_faults(refusal),
        refused=refusal.message if refusal is not None and not refusal.problems else "",
    )


def _faults(refusal: MonitorError | None) -> dict[str, str]:
    """The first fault of each field; one inside the list of scopes stands at the list."""
    faults: dict[str, str] = {}
    for problem in refusal.problems if refusal is not None else ():
        faults.setdefault(problem.field.partition(".")[0], problem.message)
    if "scopes" in faults and not request.form.getlist("scopes"):
        faults["scopes"] = "请至少选一项"
    return faults


def _shown_once(made: TokenMade) -> Response:
    response = make_response(render_template("people/tokens/made.html", made=made))
    response.headers["Cache-Control"] = "no-store"
    return response
