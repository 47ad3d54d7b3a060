"""登录: name and password, the second factor, and out again."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from kernel.trail.record import record
from kernel.web.permissions import ANYBODY, requires
from kernel.web.session import current_clock, web_parts
from people.sign_in.pages.browser import cause, current_sign_in, forget_signed_in, person
from people.sign_in.sessions import revoke

sign_in_pages = Blueprint("sign_in", __name__, template_folder="../../templates")


@sign_in_pages.get("/sign-in")
@requires(ANYBODY)
def form() -> str:
    """Ask who is there."""
    return render_template("people/sign_in/form.html")


@sign_in_pages.post("/sign-out")
@requires(ANYBODY)
def sign_out() -> Response:
    """End this browser's session; one that ended already is no error."""
    found = current_sign_in()
    if found is not None:
        now = current_clock().now()
        with web_parts().database.writing(person(found), cause()) as session:
            revoke(session, found.user_id, found.session_id, now)
            record(session, "sign_out", "app_user", found.user_id, {})
    flash("已退出登录。")
    return forget_signed_in(redirect(url_for("sign_in.form")))
