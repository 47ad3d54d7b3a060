"""A real address for each route, and what a caller sends to it."""

import re
from collections.abc import Mapping
from typing import Any

from tests.access.routes import Route
from tests.web import TODAY

_PARAMETER = re.compile(r"<(?:[a-z]+:)?([a-z_]+)>")
_FILES = {
    "/static/<path:filename>": "screens.css",
    "/problem-page/<path:filename>": "problem.css",
    "/api/docs/assets/<path:filename>": "css/swagger-ui.css",
}
_STEP = {"version": 1}
_REASONED = {"version": 1, "reason": "试办"}
_SETTING = {"steps": "clerk_head", "valid_from": TODAY.isoformat()}

BODIES: Mapping[tuple[str, str], Mapping[str, object]] = {
    ("POST", "/api/v1/acts"): {
        "kind": "round_confirmation",
        "contract_id": "{contract_id}",
        "round_id": "{round_id}",
        "confirmed_on": TODAY.isoformat(),
    },
    ("POST", "/api/v1/acts/<id>/check"): _STEP,
    ("POST", "/api/v1/acts/<id>/approve"): _STEP,
    ("POST", "/api/v1/acts/<id>/return"): _REASONED,
    ("POST", "/api/v1/acts/<id>/withdraw"): _REASONED,
    ("POST", "/api/v1/step-settings"): {
        **_SETTING,
        "organisation_id": "{organisation_id}",
        "kind": "payment_reversal",
    },
    ("POST", "/api/v1/step-settings/<id>/end"): _REASONED,
    ("POST", "/api/v1/tokens"): {"name": "另一个", "scopes": ["organisations.read"]},
    ("POST", "/acts/<uuid:act_id>/check"): _STEP,
    ("POST", "/acts/<uuid:act_id>/approve"): _STEP,
    ("POST", "/acts/<uuid:act_id>/return"): _REASONED,
    ("POST", "/acts/<uuid:act_id>/withdraw"): _REASONED,
    ("POST", "/contracts/<uuid:contract_id>/acts/<kind>"): {
        "round_id": "{round_id}",
        "confirmed_on": TODAY.isoformat(),
    },
    ("POST", "/step-settings"): {
        **_SETTING,
        "organisation_id": "{organisation_id}",
        "kind": "payment_reversal",
    },
    ("POST", "/step-settings/<uuid:setting_id>/end"): _REASONED,
}
"""What is sent where a route acts on the purchaser's records; empty elsewhere.

An empty body is answered 422 (or a page that says what is missing) to who may come that far.
"""


def address_of(route: Route, keys: Mapping[str, str]) -> str:
    """The route's path with the purchaser's records in it; raises ``LookupError`` naming it."""
    if route.path in _FILES:
        return _PARAMETER.sub(_FILES[route.path], route.path)

    def key_of(found: re.Match[str]) -> str:
        name = found.group(1)
        if name in {"id", "key"}:
            name = route.path[: found.start()].rstrip("/").rpartition("/")[2]
        if name == "kind" and route.path.startswith("/imports/"):
            return "hazards"
        if name not in keys:
            raise LookupError(f"{route.path}: tests/access/cast.py has no record for <{name}>")
        return keys[name]

    return _PARAMETER.sub(key_of, route.path)


def sent_with(route: Route, keys: Mapping[str, str]) -> dict[str, Any]:
    """The body, as JSON or as a form, and the headers that an edit over the API carries."""
    if route.method in {"GET", "DELETE"}:
        return {}
    body = {
        name: value.format(**keys) if isinstance(value, str) else value
        for name, value in BODIES.get((route.method, route.path), {}).items()
    }
    if route.path.startswith("/api/"):
        return {"json": body, "headers": {"If-Match": "*"}}
    return {"data": body}
