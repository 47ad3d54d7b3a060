"""演示登录: look at the demo in any role, chosen from a list on the sign-in page.

Without a password, so only where nobody else can reach the service: the blueprint is there only
when the settings say demo, which they refuse for anything but the loopback address.
"""

from flask import Blueprint, Flask, flash, redirect, request, session, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from kernel.access.actor import SIGN_IN, Actor
from kernel.access.roles import ROLES
from kernel.trail.record import record
from kernel.web.permissions import ANYBODY, requires
from kernel.web.session import web_parts
from monitor.demo_people import PEOPLE
from people.models import User
from people.sign_in.models import SessionState
from people.sign_in.pages.browser import cause, desk, keep_signed_in, safe_next
from people.sign_in.security_policy import current_policy
from people.sign_in.sessions import open_session

demo_pages = Blueprint("demo_pages", __name__, template_folder="templates")


def install_demo(app: Flask) -> None:
    """Offer the demo's people on the sign-in page."""
    app.register_blueprint(demo_pages)
    app.jinja_env.globals["sign_in_extras"] = ["monitor/_demo_sign_in.html"]
    app.context_processor(lambda: {"demo_people": _people})


@demo_pages.post("/sign-in/demo")
@requires(ANYBODY)
def enter() -> Response:
    """Sign in as one of the demo's people; nobody else can be chosen."""
    chosen, at = request.form.get("login", ""), desk()
    with at.database.reading(SIGN_IN) as reader:
        listed = chosen in {someone.login for someone in PEOPLE}
        wanted = select(User).where(User.login == chosen, User.disabled_at.is_(None))
        user = reader.scalar(wanted) if listed else None
    if user is None:
        flash("没有这个演示账号，或它已停用。")
        return redirect(url_for("sign_in.form"), 303)
    actor = Actor(user.login, user_id=user.id, person=user.name)
    with at.database.writing(actor, cause()) as writer:
        terms = current_policy(writer).terms
        token = open_session(writer, user.id, SessionState.COMPLETE, at.visitor, at.now, terms)
        record(writer, "sign_in", "app_user", user.id, {"by": "演示登录"})
    session.clear()  # the form token of whoever sat here before
    return keep_signed_in(redirect(safe_next(request.form.get("next", "")), 303), token)


def _people() -> list[tuple[str, str, str]]:
    """Login, name and purpose of each who is there, in the order of the list."""
    with web_parts().database.reading(SIGN_IN) as reader:
        names = {user.login: user.name for user in reader.scalars(select(User).limit(200))}
    return [
        (someone.login, names[someone.login], ROLES[someone.role].purpose)
        for someone in PEOPLE
        if someone.login in names
    ]
