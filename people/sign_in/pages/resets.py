"""A system administrator gives a user a one-time link to set a password, and never learns it."""

from uuid import UUID

from flask import Blueprint, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from kernel.access.permissions import Permission
from kernel.errors import ConflictError, ForbiddenError, NotFoundError
from kernel.web.permissions import requires
from kernel.web.session import current_actor, current_clock, current_session, write_session
from people.administrators import is_another_administrator
from people.models import User
from people.sign_in.own_account import reset_password

reset_pages = Blueprint("password_resets", __name__, template_folder="../../templates")


@reset_pages.get("/users/<uuid:user_id>/password-link")
@requires(Permission.USERS_WRITE)
def form(user_id: UUID) -> str:
    """Say what a reset does before it is done."""
    return render_template("people/sign_in/reset.html", user=_user(user_id), address="")


@reset_pages.post("/users/<uuid:user_id>/password-link")
@requires(Permission.USERS_WRITE)
def make(user_id: UUID) -> Response:
    """Sign the user out everywhere and show the link, this once."""
    user = _user(user_id)
    with_factor = "second_factor" in request.form
    with write_session(reason="重置密码") as session:
        now = current_clock().now()
        token = reset_password(session, user_id, now, with_second_factor=with_factor)
    address = url_for("sign_in_links.new_password", token=token, _external=True)
    response = make_response(
        render_template("people/sign_in/reset.html", user=user, address=address)
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _user(user_id: UUID) -> User:
    """The account to reset, by a person who has signed in, and not their own.

    A stolen token, or a browser left open, would otherwise turn itself into a password; and who
    makes the link of another kind of administrator could use it (三员分立).
    """
    actor = current_actor()
    if actor.token_scopes is not None:
        raise ForbiddenError("重置密码须由本人登录后进行，不能用接口令牌办理")
    if actor.user_id == user_id:
        raise ConflictError(
            "不能重置自己的密码；请在“我的账号”凭现有密码更换，或请另一位系统管理员办理"
        )
    found = current_session().get(User, user_id)
    if found is None:
        raise NotFoundError("没有这个用户")
    if is_another_administrator(current_session(), user_id, current_clock().business_date()):
        raise ConflictError(
            "安全管理员和审计管理员的密码不由系统管理员重置（三员分立）；"
            "请在服务器上执行 monitor user reset"
        )
    return found
