"""我的账号: one's own roles, sessions, password and second factor."""

from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kernel.errors import MonitorError, NotFoundError
from kernel.trail.record import record
from kernel.web.permissions import SIGNED_IN, requires
from kernel.web.session import current_clock, current_session, write_session
from people.sign_in import second_factor
from people.sign_in.browser_names import browser_name
from people.sign_in.desk import author
from people.sign_in.own_account import change_password, enrol, give_up_second_factor
from people.sign_in.pages.browser import (
    desk,
    faults_of,
    forget_signed_in,
    keep_signed_in,
    signing_in,
)
from people.sign_in.pages.entry import device_page, recovery_codes_page, typed_password
from people.sign_in.passwords import current_password
from people.sign_in.sessions import living, revoke, revoke_all

account_pages = Blueprint("account", __name__, template_folder="../../templates")


@account_pages.get("/account")
@requires(SIGNED_IN)
def show() -> str:
    """One's own account: roles, password, second factor, and where one is signed in."""
    found, session = signing_in(), current_session()
    return render_template(
        "people/sign_in/account.html",
        found=found,
        browser_name=browser_name,
        sessions=living(session, found.user_id, current_clock().now(), found.terms),
        password=current_password(session, found.user_id),
        codes_left=second_factor.codes_left(session, found.user_id),
    )


@account_pages.post("/account/sessions/<uuid:session_id>/revoke")
@requires(SIGNED_IN)
def revoke_session(session_id: UUID) -> Response:
    """Sign out on another device."""
    found = signing_in()
    try:
        with write_session() as session:
            revoke(session, found.user_id, session_id, current_clock().now())
            facts = {"session": str(session_id)}
            record(session, "session_revoked", "app_user", found.user_id, facts)
        flash("那处登录已经退出。")
    except NotFoundError as refusal:
        flash(refusal.message)
    return redirect(url_for("account.show"), 303)


@account_pages.post("/account/sign-out-everywhere")
@requires(SIGNED_IN)
def sign_out_everywhere() -> Response:
    """Sign out on every device, this one too."""
    found = signing_in()
    with write_session() as session:
        ended = revoke_all(session, found.user_id, current_clock().now())
        record(session, "sign_out_everywhere", "app_user", found.user_id, {"sessions": ended})
    flash(f"已退出全部 {ended} 处登录。")
    return forget_signed_in(redirect(url_for("sign_in.form"), 303))


@account_pages.get("/account/password")
@requires(SIGNED_IN)
def password() -> str:
    """Ask for the present and a new password."""
    return render_template("people/sign_in/own_password.html", terms=signing_in().terms, faults={})


@account_pages.post("/account/password")
@requires(SIGNED_IN)
def replace_password() -> Response:
    """Exchange one's own password; other devices are signed out."""
    found = signing_in()
    try:
        token = change_password(desk(), found, typed_password())
    except MonitorError as refusal:
        page = render_template(
            "people/sign_in/own_password.html", terms=found.terms, faults=faults_of(refusal)
        )
        return make_response(page, refusal.status)
    flash("密码已更换，其他设备上的登录已全部退出。")
    return keep_signed_in(redirect(url_for("account.show"), 303), token)


@account_pages.get("/account/second-factor")
@requires(SIGNED_IN)
def device() -> str:
    """Show the secret of a new device, or the form that gives the present one up."""
    found = signing_in()
    if found.has_second_factor:
        return render_template("people/sign_in/give_up_device.html", found=found, faults={})
    return device_page(found, "people/sign_in/own_device.html")


@account_pages.post("/account/second-factor")
@requires(SIGNED_IN)
def confirm_device() -> Response:
    """Put the new device into force and show its recovery codes, this once."""
    found, at = signing_in(), desk()
    try:
        with at.database.writing(author(found), at.cause) as session:
            token, codes = enrol(session, at.sealed, found, request.form.get("code", ""), at.now)
    except MonitorError as refusal:
        if found.has_second_factor:
            raise
        page = device_page(found, "people/sign_in/own_device.html", refusal)
        return make_response(page, refusal.status)
    return keep_signed_in(recovery_codes_page(codes, url_for("account.show")), token)


@account_pages.post("/account/second-factor/give-up")
@requires(SIGNED_IN)
def give_up_device() -> Response:
    """Take the device out of force, with a code of it."""
    found = signing_in()
    try:
        give_up_second_factor(desk(), found, request.form.get("code", "")[:40])
    except MonitorError as refusal:
        page = render_template(
            "people/sign_in/give_up_device.html", found=found, faults=faults_of(refusal)
        )
        return make_response(page, refusal.status)
    flash("动态口令已停用。")
    return redirect(url_for("account.show"), 303)
