"""Files for the browser: named by their content, so that they may be kept for a year."""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for

_KEPT = "public, max-age=31536000, immutable"


def install_assets(app: Flask) -> None:
    """Make ``asset_url`` known to templates, and let browsers keep what it names."""
    app.jinja_env.globals["asset_url"] = asset_url
    app.after_request(_keep)


def asset_url(filename: str) -> str:
    """The address of a file under ``monitor/static`` with the hash of its content.

    Raises ``FileNotFoundError`` for a file that is not there: a page without its style is a fault.
    """
    path = Path(str(current_app.static_folder)) / filename
    stat = path.stat()
    version = _content_hash(path, stat.st_mtime_ns, stat.st_size)
    return url_for("static", filename=filename, v=version)


@lru_cache(maxsize=200)
def _content_hash(path: Path, _modified: int, _size: int) -> str:
    return sha256(path.read_bytes()).hexdigest()[:16]


def _keep(response: Response) -> Response:
    if request.endpoint == "static" and request.args.get("v") and response.status_code < 400:
        response.headers["Cache-Control"] = _KEPT
    return response
