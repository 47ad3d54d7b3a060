"""Add all that ``kernel.web`` brings to an application in one call."""

from collections.abc import Collection

from flask import Blueprint, Flask

from kernel.web.headers import install_headers
from kernel.web.permissions import install_permissions
from kernel.web.problems import install_problems
from kernel.web.request_ids import install_request_ids
from kernel.web.session import WebParts, install_parts


def install(app: Flask, parts: WebParts, hosts: Collection[str]) -> None:
    """Request ids, sessions, host check, headers, error answers and permissions, in this order.

    ``hosts`` are the names under which the service may be asked (see ``allowed_hosts``).
    """
    app.register_blueprint(
        Blueprint(
            "kernel_web",
            __name__,
            template_folder="templates",
            static_folder="static",
            static_url_path="/problem-page",
        )
    )
    install_request_ids(app)
    install_parts(app, parts)
    install_headers(app, hosts)
    install_problems(app)
    install_permissions(app)
