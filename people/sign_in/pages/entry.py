"""登录: name and password, then what else is due before anything is shown; and out again."""

from flask import (
    Blueprint,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response

from kernel.errors import InputError, MonitorError
from kernel.trail.record import record
from kernel.web.permissions import ANYBODY, requires
from people.sign_in.desk import author
from people.sign_in.own_account import NewPassword, change_password, enrol
from people.sign_in.pages.browser import (
    cookie_name,
    current_sign_in,
    desk,
    faults_of,
    forget_signed_in,
    keep_signed_in,
    know_device,
    safe_next,
    signing_in,
)
from people.sign_in.second_factor import begin_enrolment, picture_of
from people.sign_in.sessions import SignedIn, Step, revoke
from people.sign_in.signing_in import Attempt, Entered, give_second_factor
from people.sign_in.signing_in import sign_in as try_to_sign_in

sign_in_pages = Blueprint("sign_in", __name__, template_folder="../../templates")

_NEXT_PAGES = {
    Step.SECOND_FACTOR: "sign_in.second_factor",
    Step.PASSWORD: "sign_in.password",
    Step.ENROLMENT: "sign_in.enrolment",
}


@sign_in_pages.get("/sign-in")
@requires(ANYBODY)
def form() -> Response:
    """Ask who is there; who is known already goes on to what is due, or to where they wanted."""
    found = current_sign_in()
    if found is not None:
        return _go_on(found)
    return make_response(render_template("people/sign_in/form.html", **_typed()))


@sign_in_pages.post("/sign-in")
@requires(ANYBODY)
def enter() -> Response:
    """Check name and password; keeps what was typed, but for the password."""
    at = desk()
    attempt = Attempt(
        request.form.get("login", ""),
        request.form.get("password", "")[:200],
        request.cookies.get(cookie_name(), ""),
    )
    try:
        entered = try_to_sign_in(at, attempt)
    except MonitorError as refusal:
        page = render_template("people/sign_in/form.html", **_typed(refusal))
        return make_response(page, refusal.status)
    session.clear()  # the form token of whoever sat here before
    return _entered(entered)


@sign_in_pages.get("/sign-in/second-factor")
@requires(ANYBODY)
def second_factor() -> Response:
    """Ask for a code of the device."""
    found = signing_in()
    if found.step is not Step.SECOND_FACTOR:
        return _go_on(found)
    return make_response(render_template("people/sign_in/second_factor.html", **_typed()))


@sign_in_pages.post("/sign-in/second-factor")
@requires(ANYBODY)
def give_code() -> Response:
    """Check a code of the device, or a recovery code."""
    found = signing_in()
    if found.step is not Step.SECOND_FACTOR:
        return _go_on(found)
    try:
        return _entered(give_second_factor(desk(), found, request.form.get("code", "")[:40]))
    except MonitorError as refusal:
        page = render_template("people/sign_in/second_factor.html", **_typed(refusal))
        return make_response(page, refusal.status)


@sign_in_pages.get("/sign-in/password")
@requires(ANYBODY)
def password() -> Response:
    """Ask for a new password in place of one that has run out."""
    found = signing_in()
    if found.step is not Step.PASSWORD:
        return _go_on(found)
    return make_response(_password_page(found))


@sign_in_pages.post("/sign-in/password")
@requires(ANYBODY)
def replace_password() -> Response:
    """Exchange a password that has run out."""
    found = signing_in()
    if found.step is not Step.PASSWORD:
        return _go_on(found)
    try:
        token = change_password(desk(), found, typed_password())
    except MonitorError as refusal:
        return make_response(_password_page(found, refusal), refusal.status)
    return keep_signed_in(_onwards(), token)


@sign_in_pages.get("/sign-in/enrolment")
@requires(ANYBODY)
def enrolment() -> Response:
    """Show the device's secret to a user whose role must have one."""
    found = signing_in()
    if found.step is not Step.ENROLMENT:
        return _go_on(found)
    return make_response(_enrolment_page(found))


@sign_in_pages.post("/sign-in/enrolment")
@requires(ANYBODY)
def confirm_device() -> Response:
    """Put the device into force and show its recovery codes, this once."""
    found = signing_in()
    if found.step is not Step.ENROLMENT:
        return _go_on(found)
    at = desk()
    try:
        with at.database.writing(author(found), at.cause) as writing:
            token, codes = enrol(writing, at.sealed, found, request.form.get("code", ""), at.now)
    except InputError as refusal:
        return make_response(_enrolment_page(found, refusal), refusal.status)
    return keep_signed_in(recovery_codes_page(codes, safe_next(_asked())), token)


@sign_in_pages.post("/sign-out")
@requires(ANYBODY)
def sign_out() -> Response:
    """End this browser's session; one that ended already is no error."""
    found = current_sign_in()
    if found is not None:
        at = desk()
        with at.database.writing(author(found), at.cause) as writing:
            revoke(writing, found.user_id, found.session_id, at.now)
            record(writing, "sign_out", "app_user", found.user_id, {})
    session.clear()
    flash("已退出登录。")
    return forget_signed_in(redirect(url_for("sign_in.form")))


def typed_password() -> NewPassword:
    """What a form about a new password hands in; never longer than what is hashed."""
    return NewPassword(
        *(request.form.get(name, "")[:201] for name in ("password", "repeated", "present"))
    )


def recovery_codes_page(codes: list[str], next_page: str) -> Response:
    """Recovery codes as a page that no cache keeps."""
    page = render_template("people/sign_in/recovery_codes.html", codes=codes, next_page=next_page)
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


def device_page(found: SignedIn, template: str, refusal: MonitorError | None = None) -> str:
    """A page with the secret of a device to be confirmed, as a picture and as text."""
    at = desk()
    with at.database.writing(author(found), at.cause) as writing:
        secret = begin_enrolment(writing, at.sealed, found.user_id, at.now)
    groups = [secret[i : i + 4] for i in range(0, len(secret), 4)]
    picture = picture_of(secret, found.actor.name)
    return render_template(
        template, picture=picture, secret=" ".join(groups), found=found, **_typed(refusal)
    )


def _enrolment_page(found: SignedIn, refusal: MonitorError | None = None) -> str:
    return device_page(found, "people/sign_in/enrolment.html", refusal)


def _password_page(found: SignedIn, refusal: MonitorError | None = None) -> str:
    return render_template(
        "people/sign_in/password.html", terms=found.terms, found=found, **_typed(refusal)
    )


def _entered(entered: Entered) -> Response:
    response = keep_signed_in(_onwards(), entered.token)
    return know_device(response, desk(), entered.login) if entered.is_complete else response


def _onwards() -> Response:
    """Back to the first page of the sign-in, which knows what is due next."""
    return redirect(url_for("sign_in.form", next=safe_next(_asked())), 303)


def _go_on(found: SignedIn) -> Response:
    asked = safe_next(_asked())
    page = _NEXT_PAGES.get(found.step)
    return redirect(asked if page is None else url_for(page, next=asked), 303)


def _asked() -> str:
    return request.form.get("next") or request.args.get("next") or "/"


def _typed(refusal: MonitorError | None = None) -> dict[str, object]:
    return {
        "next_page": safe_next(_asked()),
        "login": request.form.get("login", "")[:64],
        "faults": {} if refusal is None else faults_of(refusal),
    }
