"""用户: the list, one account with its roles, and the acts of 系统管理员 on accounts."""

from typing import Annotated, Any, Literal
from uuid import UUID

from flask import Blueprint, make_response, render_template, request, url_for
from pydantic import BaseModel, BeforeValidator
from werkzeug.wrappers import Response

from contracts.organisations.queries import named_organisation
from kernel.access.permissions import Permission
from kernel.access.roles import ROLES, Role
from kernel.errors import InputError
from kernel.fields import CursorText, SearchWords
from kernel.web.forms import Form, again, saved, seen_version, tried, typed
from kernel.web.permissions import requires
from kernel.web.session import current_actor, current_clock, current_session, write_session
from people import accounts, queries
from people.schemas import (
    Disabling,
    MembershipsWanted,
    NewUser,
    UserEdit,
    UserOut,
    UserState,
    UsersWanted,
)
from people.sign_in.models import LinkPurpose
from people.sign_in.one_time_links import make_link

PAGE = 30
STATES = {
    UserState.ACTIVE: ("在用", "done"),
    UserState.TEMPORARY: ("临时", "waiting"),
    UserState.EXPIRED: ("已到期", "quiet"),
    UserState.DISABLED: ("已停用", "quiet"),
}
"""What an account's state is called, and how it looks."""

user_pages = Blueprint("user_pages", __name__, template_folder="../templates")

EmptyIsAll = BeforeValidator(lambda value: None if value == "" else value)


class UserQuery(BaseModel):
    """What the list's form sends; an empty choice means all."""

    q: SearchWords | Literal[""] = ""
    organisation: SearchWords | Literal[""] = ""
    role: Annotated[Role | None, EmptyIsAll] = None
    state: Annotated[UserState | None, EmptyIsAll] = None
    after: CursorText = ""

    def asked(self) -> dict[str, Any]:
        """The choices made, for the address of the next page."""
        return self.model_dump(mode="json", exclude={"after"}, exclude_defaults=True)


@user_pages.get("/users")
@requires(Permission.USERS_READ)
def index() -> str:
    """The accounts by login, with the roles of today."""
    session, today = current_session(), current_clock().business_date()
    query = UserQuery.model_validate(request.args.to_dict())
    fault, organisation = "", None
    try:
        organisation = named_organisation(session, "organisation", query.organisation)
    except InputError as refusal:
        fault = refusal.problems[0].message
    wanted = UsersWanted(
        limit=PAGE,
        cursor=query.after or None,
        q=query.q or None,
        organisation=organisation,
        role=query.role,
        state=query.state,
    )
    page = queries.users(session, today, wanted)
    return render_template(
        "people/users/index.html",
        query=query,
        fault=fault,
        page=page,
        held=queries.effective_of(session, [each.id for each in page.items], today),
        roles=ROLES,
        states=STATES,
    )


@user_pages.get("/users/<uuid:user_id>")
@requires(Permission.USERS_READ)
def show(user_id: UUID) -> str:
    """One account and all its roles, those taken back among them."""
    return _show_page(user_id, Form({}))


@user_pages.get("/users/new")
@requires(Permission.USERS_WRITE)
def new() -> str:
    """The form for one more account."""
    return _new_page(Form({}))


@user_pages.post("/users/new")
@requires(Permission.USERS_WRITE)
def add() -> Response:
    """Add the account and show its one-time link, in this answer alone."""
    made: list[tuple[UUID, str]] = []

    def act() -> None:
        wanted = NewUser.model_validate(typed())
        with write_session(reason="新增用户") as session:
            key = accounts.add_user(session, current_actor(), current_clock(), wanted).id
            made.append((key, make_link(session, LinkPurpose.PASSWORD, key, current_clock().now())))

    refusal = tried(act)
    if refusal is not None:
        return again(refusal, _new_page, url_for("user_pages.index"))
    return _link_page(*made[0])


@user_pages.get("/users/<uuid:user_id>/edit")
@requires(Permission.USERS_WRITE)
def edit(user_id: UUID) -> str:
    """The form to change name or last day."""
    found = _user(user_id)
    given = {"name": found.name, "expires_on": str(found.expires_on or "")}
    return _edit_page(user_id, Form(given))


@user_pages.post("/users/<uuid:user_id>/edit")
@requires(Permission.USERS_WRITE)
def change(user_id: UUID) -> Response:
    """Change them."""

    def act() -> None:
        wanted = UserEdit.model_validate(typed())
        with write_session(reason="修改用户") as session:
            accounts.change_user(
                session, current_actor(), current_clock(), user_id, wanted, seen_version()
            )

    back = url_for("user_pages.show", user_id=user_id)
    return saved(act, lambda form: _edit_page(user_id, form), back, "修改已保存。")


@user_pages.post("/users/<uuid:user_id>/disable")
@requires(Permission.USERS_WRITE)
def disable(user_id: UUID) -> Response:
    """Close the account, with the reason."""

    def act() -> None:
        reason = Disabling.model_validate(typed()).reason
        with write_session(reason=f"停用账号：{reason}") as session:
            accounts.disable_user(
                session, current_actor(), current_clock(), user_id, reason, seen_version()
            )

    back = url_for("user_pages.show", user_id=user_id)
    return saved(
        act, lambda form: _show_page(user_id, form), back, "账号已停用，其登录与接口令牌随即失效。"
    )


@user_pages.post("/users/<uuid:user_id>/enable")
@requires(Permission.USERS_WRITE)
def enable(user_id: UUID) -> Response:
    """Open it again."""

    def act() -> None:
        with write_session(reason="启用账号") as session:
            accounts.enable_user(session, current_actor(), current_clock(), user_id, seen_version())

    back = url_for("user_pages.show", user_id=user_id)
    return saved(act, lambda form: _show_page(user_id, form), back, "账号已启用。")


def _user(user_id: UUID) -> UserOut:
    return queries.user(current_session(), current_clock().business_date(), user_id)


def _show_page(user_id: UUID, form: Form) -> str:
    session, today = current_session(), current_clock().business_date()
    found = queries.user(session, today, user_id)
    held = queries.memberships(session, today, MembershipsWanted(user=user_id, limit=200))
    return render_template(
        "people/users/show.html",
        user=found,
        memberships=held.items,
        form=form,
        states=STATES,
        is_self=current_actor().user_id == user_id,
    )


def _new_page(form: Form) -> str:
    return render_template("people/users/new.html", form=form)


def _edit_page(user_id: UUID, form: Form) -> str:
    found = _user(user_id)
    version = seen_version() or found.version
    return render_template("people/users/edit.html", user=found, version=version, form=form)


def _link_page(user_id: UUID, token: str) -> Response:
    address = url_for("sign_in_links.new_password", token=token, _external=True)
    shown = render_template("people/users/link.html", user=_user(user_id), address=address)
    response = make_response(shown)
    response.headers["Cache-Control"] = "no-store"
    return response
