"""WSGI middleware: tells of an answer's length before its first byte goes out."""

from collections.abc import Callable, Iterable
from typing import Any

_App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class LongAnswers:
    """Calls ``told`` with the bytes that an answer says it has."""

    def __init__(self, app: _App, told: Callable[[int], None]) -> None:
        self._app = app
        self._told = told

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer as the application does."""

        def begin(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            length = {name.lower(): value for name, value in headers}.get("content-length")
            if length:
                self._told(int(length))
            return start_response(status, headers, exc_info)

        return self._app(environ, begin)
