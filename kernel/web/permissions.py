"""Each route says which permission it needs; a route that says nothing does not get served."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask import Flask, current_app, redirect, request, url_for
from werkzeug.exceptions import Forbidden, Unauthorized
from werkzeug.wrappers import Response

from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.web.problems import is_api
from kernel.web.session import current_caller

View = TypeVar("View", bound=Callable[..., Any])
_NEEDS = "needed_permission"

ANYBODY: Final = "anybody"
"""The sign-in page, its assets, the health checks."""
SIGNED_IN: Final = "signed-in"
"""A person's own account, and pages that themselves show no more than the person may see."""

Need = Permission | str
"""One permission, ``ANYBODY`` or ``SIGNED_IN``."""


def requires(need: Need) -> Callable[[View], View]:
    """Declare what a view needs. Stands below the route's decorator."""

    def mark(view: View) -> View:
        setattr(view, _NEEDS, need)
        return view

    return mark


def install_permissions(app: Flask) -> None:
    """Ask for the declared permission before each view."""
    app.before_request(_check)


def declare_static(app: Flask) -> None:
    """Files that come with the service are for anybody; Flask makes their routes itself."""
    for endpoint, view in app.view_functions.items():
        if endpoint == "static" or endpoint.endswith(".static"):
            app.view_functions[endpoint] = _anybody(view)


def need_of(app: Flask, endpoint: str) -> Need | None:
    """What the route's view declares; None when it declares nothing."""
    return getattr(app.view_functions[endpoint], _NEEDS, None)


def refuse_undeclared(app: Flask) -> None:
    """Raises ``RuntimeError`` naming each route that declares no need: it must not start so."""
    silent = sorted({r.endpoint for r in app.url_map.iter_rules() if not need_of(app, r.endpoint)})
    if silent:
        raise RuntimeError(f"routes without a permission: {', '.join(silent)}")


def allows(actor: Actor | None, need: Need) -> bool:
    """Whether somebody (None: a stranger) may use a route with this need."""
    if need == ANYBODY:
        return True
    if actor is None:
        return False
    return need == SIGNED_IN or (isinstance(need, Permission) and actor.may(need))


def _check() -> Response | None:
    if request.endpoint is None or request.url_rule is None:
        return None  # 404 and 405 are the same for everybody
    need = need_of(current_app, request.endpoint)
    if need is None:
        raise RuntimeError(f"{request.endpoint} declares no permission")
    if need == ANYBODY:
        return None
    actor = current_caller()
    if actor is None:
        return _ask_to_sign_in()
    if not allows(actor, need):
        raise Forbidden("您的角色不能进行这项操作。")
    return None


def _ask_to_sign_in() -> Response:
    if is_api() or request.method not in {"GET", "HEAD"}:
        raise Unauthorized("请先登录，或提供有效的接口令牌。")
    return redirect(url_for("sign_in.form", next=request.full_path.rstrip("?")))


def _anybody(view: Callable[..., Any]) -> Callable[..., Any]:
    def serve(**values: Any) -> Any:
        return view(**values)

    return requires(ANYBODY)(serve)
