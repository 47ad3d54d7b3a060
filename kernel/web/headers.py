"""Headers that every answer carries, and the names under which the service may be asked."""

from collections.abc import Collection, Mapping
from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import BadRequest

_HSTS_SECONDS = 31_536_000
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})

SECURITY_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def install_headers(app: Flask, hosts: Collection[str]) -> None:
    """Refuse requests for a foreign name, and set the security headers on every answer.

    ``hosts`` are names without a port. A page elsewhere whose name was pointed at 127.0.0.1
    (DNS rebinding) would otherwise be same-origin with this service.
    """

    def refuse_foreign_host() -> None:
        if host_name(request.environ.get("HTTP_HOST", "")) not in hosts:
            raise BadRequest("请求的主机名不属于本服务")

    app.before_request(refuse_foreign_host)
    app.after_request(_set_headers)


def allowed_hosts(public_url: str) -> frozenset[str]:
    """The loopback names and the host of the address under which users reach the service."""
    return LOOPBACK_NAMES | ({host_name(urlsplit(public_url).netloc)} - {""})


def host_name(host: str) -> str:
    """The lower-case name in a ``Host`` header, without port; empty when it cannot be read."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _set_headers(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={_HSTS_SECONDS}")
    if "Cache-Control" not in response.headers:
        # A page shows facts to who is signed in: none stays behind on a shared machine. What
        # programs read carries an ETag and may be kept, to be asked about again.
        is_page = response.mimetype == "text/html"
        response.headers["Cache-Control"] = "no-store" if is_page else "private, no-cache"
    return response
