"""What is asked of a request before the application sees it, and the answer when it falls short."""

import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from kernel.web.headers import SECURITY_HEADERS
from kernel.web.problems import MEDIA_TYPE, WORDS

LINE_BYTES: Final = 4_094
"""Longest request line; gunicorn's own limit is the same."""
HEAD_BYTES: Final = 32_768
"""Longest head, request line and headers."""
_END_OF_HEAD: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(
    rb"^content-length:[ \t]*(\d{1,18})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE
)
_CODED: Final = re.compile(rb"^transfer-encoding[ \t]*:", re.IGNORECASE | re.MULTILINE)
_FILES: Final = re.compile(
    rb"^content-type:[ \t]*multipart/form-data[ \t]*;", re.IGNORECASE | re.MULTILINE
)
"""Only a form with files may be larger than ``Most.body``."""
_EXPECTS: Final = re.compile(rb"^expect:[ \t]*100-continue[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Most:
    """The largest bodies that are taken, in bytes: of a form with files, and of any other request."""

    body: int
    files: int


@dataclass(frozen=True, slots=True)
class Head:
    """A head that has arrived: bytes of the whole request, and whether its sender waits for a 100."""

    whole: int
    awaits_continue: bool = False


def examine(begun: bytes | bytearray, most: Most) -> Head | HTTPStatus | None:
    """The head of a request that has begun to arrive; None while more of it must come.

    A status where it is refused: line or head too long, a body larger than ``most``, or one whose
    length is not said (chunked), which could not be waited for as a whole.
    """
    line = begun.find(b"\r\n", 0, LINE_BYTES + 2)
    if line < 0 and len(begun) > LINE_BYTES:
        return HTTPStatus.REQUEST_URI_TOO_LONG
    end = begun.find(_END_OF_HEAD, 0, HEAD_BYTES)
    if end < 0:
        too_long = len(begun) > HEAD_BYTES
        return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE if too_long else None
    head = bytes(begun[: end + len(_END_OF_HEAD)])
    if _CODED.search(head):
        return HTTPStatus.LENGTH_REQUIRED
    found = _LENGTH.search(head)
    body = int(found.group(1)) if found else 0
    if body > (most.files if _FILES.search(head) else most.body):
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return Head(len(head) + body, _EXPECTS.search(head) is not None)


def refusal(status: HTTPStatus, begun: bytes | bytearray = b"") -> bytes:
    """A whole answer that says no more than the status, as a problem under ``/api``, else a page."""
    title, detail = WORDS[int(status)]
    is_api = begun[:LINE_BYTES].partition(b" ")[2].startswith((b"/api/", b"/api?"))
    if is_api:
        media_type = MEDIA_TYPE
        body = json.dumps(
            {
                "type": "about:blank",
                "title": title,
                "status": int(status),
                "detail": detail,
                "instance": "",
                "request_id": "",
                "errors": [],
            },
            ensure_ascii=False,
        )
    else:
        media_type = "text/html; charset=utf-8"
        body = (
            '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
            f"<title>{title}</title></head><body><h1>{title}</h1><p>{detail}</p></body></html>"
        )
    content = body.encode()
    headers = {
        "Connection": "close",
        "Content-Type": media_type,
        "Content-Length": str(len(content)),
        "Cache-Control": "no-store",
        **SECURITY_HEADERS,
    }
    lines = [f"HTTP/1.1 {int(status)} {status.phrase}", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + content
