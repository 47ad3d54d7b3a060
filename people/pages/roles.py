"""角色: the table of what each role may do, and the acts of 安全管理员 on who holds which."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from contracts.organisations.queries import named_organisation
from kernel.access.permissions import Permission
from kernel.access.roles import ADMINISTRATORS, ROLES, Reach
from kernel.errors import MonitorError
from kernel.web.forms import Form, again, saved, seen_version, tried, typed
from kernel.web.permissions import SIGNED_IN, requires
from kernel.web.session import current_actor, current_clock, current_session, write_session
from people import memberships, queries
from people.schemas import MembershipEdit, MembershipOut, NewMembership

REACHES = {
    Reach.OWN: "本机构及下级购买或付款的合同",
    Reach.LED: "本机构及下级有任何一方身份（含牵头）的合同",
    Reach.LEVEL: "本级政府以下全部机构参与的合同",
    Reach.NONE: "看不到任何合同",
}
"""How far a role sees, in the words of the table."""

role_pages = Blueprint("role_pages", __name__, template_folder="../templates")


@role_pages.get("/roles")
@requires(SIGNED_IN)
def index() -> str:
    """Which role may do what, and how far it sees: the table that the service itself decides by."""
    return render_template(
        "people/roles.html",
        roles=ROLES,
        reaches=REACHES,
        administrators=ADMINISTRATORS,
        permissions=list(Permission),
    )


@role_pages.get("/users/<uuid:user_id>/memberships/new")
@requires(Permission.MEMBERSHIPS_WRITE)
def new(user_id: UUID) -> str:
    """The form to grant a role."""
    given = {"role": "", "valid_from": str(current_clock().business_date())}
    return _new_page(user_id, Form(given))


@role_pages.post("/users/<uuid:user_id>/memberships/new")
@requires(Permission.MEMBERSHIPS_WRITE)
def grant(user_id: UUID) -> Response:
    """Grant it."""

    def act() -> None:
        values: dict[str, object] = dict(typed())
        name = str(values.pop("organisation", ""))
        with write_session(reason="授予角色") as session:
            key = named_organisation(session, "organisation", name)
            wanted = NewMembership.model_validate(
                {**values, "organisation_id": key, "user_id": user_id}
            )
            memberships.grant(session, current_actor(), current_clock(), wanted)

    return saved(
        act,
        lambda form: _new_page(user_id, form),
        _user_page(user_id),
        "角色已授予，立即按起止日期生效。",
    )


@role_pages.get("/memberships/<uuid:membership_id>")
@requires(Permission.MEMBERSHIPS_WRITE)
def edit(membership_id: UUID) -> str:
    """The form to change from when to when, or to take the role back."""
    found = _membership(membership_id)
    given = {"valid_from": str(found.valid_from), "valid_to": str(found.valid_to or "")}
    return _edit_page(found, Form(given))


@role_pages.post("/memberships/<uuid:membership_id>")
@requires(Permission.MEMBERSHIPS_WRITE)
def change(membership_id: UUID) -> Response:
    """Change the period."""

    def act() -> None:
        wanted = MembershipEdit.model_validate(typed())
        with write_session(reason="修改任职期限") as session:
            memberships.change_period(
                session, current_actor(), current_clock(), membership_id, wanted, seen_version()
            )

    return _done(membership_id, tried(act), "任职期限已修改。")


@role_pages.post("/memberships/<uuid:membership_id>/end")
@requires(Permission.MEMBERSHIPS_WRITE)
def end(membership_id: UUID) -> Response:
    """Take the role back at once."""

    def act() -> None:
        with write_session(reason="收回角色") as session:
            memberships.end(
                session, current_actor(), current_clock(), membership_id, seen_version()
            )

    return _done(membership_id, tried(act), "角色已收回，立即生效。")


def _done(membership_id: UUID, refusal: MonitorError | None, said: str) -> Response:
    found = _membership(membership_id)
    back = _user_page(found.user.id)
    if refusal is not None:
        period = {"valid_from": str(found.valid_from), "valid_to": str(found.valid_to or "")}
        return again(
            refusal,
            lambda form: _edit_page(found, Form(period | dict(form.given), form.faults)),
            back,
        )
    flash(said)
    return redirect(back)


def _membership(membership_id: UUID) -> MembershipOut:
    return queries.membership(current_session(), current_clock().business_date(), membership_id)


def _user_page(user_id: UUID) -> str:
    return url_for("user_pages.show", user_id=user_id)


def _new_page(user_id: UUID, form: Form) -> str:
    user = queries.user(current_session(), current_clock().business_date(), user_id)
    return render_template(
        "people/users/grant.html", user=user, form=form, roles=ROLES, administrators=ADMINISTRATORS
    )


def _edit_page(found: MembershipOut, form: Form) -> str:
    return render_template(
        "people/users/membership.html",
        membership=found,
        version=seen_version() or found.version,
        form=form,
        reach=REACHES[ROLES[found.role].reach],
    )
