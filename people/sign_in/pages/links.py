"""Pages behind one-time links: the first administrators, and a new password."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response

from kernel.access.actor import SIGN_IN
from kernel.access.roles import ROLES, Role
from kernel.errors import ConflictError, InputError, MonitorError
from kernel.web.permissions import ANYBODY, requires
from kernel.web.problems import input_error
from kernel.web.session import current_clock
from people.sign_in.own_account import link_user, set_password_by_link
from people.sign_in.pages.browser import desk, faults_of, forget_signed_in, know_device
from people.sign_in.pages.entry import typed_password
from people.sign_in.security_policy import PolicyTerms, current_policy
from people.sign_in.set_up import ORDER, Administrators, check_set_up, create_administrators

link_pages = Blueprint("sign_in_links", __name__, template_folder="../../templates")

_FIELDS = (
    *("own", "password", "repeated", "second_factor"),
    *(f"{role.value}_{field}" for role in ORDER for field in ("login", "name")),
)


@link_pages.get("/set-up/<token>")
@requires(ANYBODY)
def set_up(token: str) -> Response:
    """Ask who the three administrators are."""
    return _unkept(_set_up_page(token, None))


@link_pages.post("/set-up/<token>")
@requires(ANYBODY)
def create(token: str) -> Response:
    """Make the three accounts; shows the links for the other two, this once."""
    given = {name: request.form[name] for name in _FIELDS if name in request.form}
    try:
        wanted = Administrators.model_validate(given)
        links = create_administrators(desk().database, token, wanted, desk().cause, current_clock())
    except ValidationError as error:
        return _unkept(_set_up_page(token, input_error(error)), InputError.status)
    except (InputError, ConflictError) as refusal:
        return _unkept(_set_up_page(token, refusal), refusal.status)
    addresses = {
        role: url_for("sign_in_links.new_password", token=link, _external=True)
        for role, link in links.items()
    }
    page = render_template(
        "people/sign_in/set_up_done.html", wanted=wanted, addresses=addresses, ROLES=ROLES
    )
    return _unkept(page)


@link_pages.get("/new-password/<token>")
@requires(ANYBODY)
def new_password(token: str) -> Response:
    """Ask for a new password; whose it is stands there, so that a wrong link is noticed."""
    return _unkept(_password_page(token, None))


@link_pages.post("/new-password/<token>")
@requires(ANYBODY)
def set_new_password(token: str) -> Response:
    """Set it; the browser is known for the account from now on."""
    at = desk()
    try:
        login = set_password_by_link(at, token, typed_password())
    except InputError as refusal:
        return _unkept(_password_page(token, refusal), refusal.status)
    flash("密码已设置，请登录。")
    response = redirect(url_for("sign_in.form"), 303)
    return know_device(forget_signed_in(response), at, login)


def _set_up_page(token: str, refusal: MonitorError | None) -> str:
    at = desk()
    with at.database.reading(SIGN_IN) as session:
        check_set_up(session, token, at.now)
        terms = current_policy(session).terms
    faults = {} if refusal is None else faults_of(refusal)
    if "body" in faults:
        faults["form"] = faults.pop("body")
    return render_template(
        "people/sign_in/set_up.html",
        token=token,
        order=ORDER,
        ROLES=ROLES,
        terms=terms,
        given=request.form,
        own=request.form.get("own", Role.SYSTEM_ADMIN.value),
        asks_second_factor=request.method == "GET" or "second_factor" in request.form,
        faults=faults,
    )


def _password_page(token: str, refusal: MonitorError | None) -> str:
    at = desk()
    with at.database.reading(SIGN_IN) as session:
        user = link_user(session, token, at.now, at.today)
        terms: PolicyTerms = current_policy(session).terms
    faults = {} if refusal is None else faults_of(refusal)
    return render_template(
        "people/sign_in/new_password.html", token=token, user=user, terms=terms, faults=faults
    )


def _unkept(page: str, status: int = 200) -> Response:
    """An answer that no cache keeps and whose address, a secret, is told to nobody."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
