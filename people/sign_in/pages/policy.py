"""安全策略: one form for how long sessions last, what passwords must be, when tries are stopped."""

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response

from kernel.access.permissions import Permission
from kernel.access.roles import ROLES
from kernel.errors import ConflictError, InputError, MonitorError
from kernel.web.permissions import requires
from kernel.web.problems import input_error
from kernel.web.session import current_session, write_session
from people.sign_in.pages.browser import faults_of
from people.sign_in.security_policy import PolicyTerms, change_policy, current_policy

policy_pages = Blueprint("security_policy", __name__, template_folder="../../templates")

_NUMBERS = tuple(name for name in PolicyTerms.model_fields if name != "second_factor_roles")


@policy_pages.get("/security-policy")
@requires(Permission.POLICIES_WRITE)
def form() -> str:
    """The policy in force, to be changed."""
    return _page()


@policy_pages.post("/security-policy")
@requires(Permission.POLICIES_WRITE)
def change() -> Response:
    """Put new terms in force for everybody, from the next request on."""
    given: dict[str, Any] = {name: request.form.get(name, "") for name in _NUMBERS}
    given["second_factor_roles"] = request.form.getlist("second_factor_roles")
    version = request.form.get("version", "")
    try:
        terms = PolicyTerms.model_validate(given)
        with write_session(reason="修改安全策略") as session:
            change_policy(session, terms, int(version) if version.isdecimal() else 0)
    except ValidationError as error:
        return make_response(_page(given, input_error(error)), InputError.status)
    except ConflictError as refusal:
        return make_response(_page(given, refusal), refusal.status)
    flash("安全策略已保存，即时生效。")
    return redirect(url_for("security_policy.form"), 303)


def _page(given: dict[str, Any] | None = None, refusal: MonitorError | None = None) -> str:
    policy = current_policy(current_session())
    present = policy.terms.model_dump(mode="json")
    return render_template(
        "people/sign_in/policy.html",
        fields_of={name: PolicyTerms.model_fields[name] for name in _NUMBERS},
        roles=ROLES,
        present=present,
        given=given or present,
        version=policy.version,
        faults={} if refusal is None else faults_of(refusal),
    )
