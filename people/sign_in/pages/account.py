"""我的账号: one's own roles, sessions, password and second factor."""

from flask import Blueprint, render_template

from kernel.web.permissions import SIGNED_IN, requires

account_pages = Blueprint("account", __name__, template_folder="../../templates")


@account_pages.get("/account")
@requires(SIGNED_IN)
def show() -> str:
    """One's own account."""
    return render_template("people/sign_in/account.html")
