"""A document's content as an answer: checked, noted in the trail, never run by a browser."""

from pathlib import PurePath
from threading import BoundedSemaphore
from typing import Final
from urllib.parse import quote
from uuid import UUID

from flask import Response, request

from contracts.documents.file_types import INLINE
from contracts.documents.models import Document
from contracts.documents.pages.parts import parts
from contracts.documents.queries import document
from kernel.errors import UnavailableError
from kernel.storage.contents import verified
from kernel.trail.record import record
from kernel.web.session import current_actor, current_session, write_session

_LARGE: Final = 1_000_000
_AT_ONCE: Final = 4
"""Large contents that a process hands out at a time: each holds a thread while its client takes it."""
_turns = BoundedSemaphore(_AT_ONCE)
_NOTHING_RUNS: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"


class TooManyDownloads(UnavailableError):
    """As many large contents as may be are on their way."""

    code = "busy"
    title = "下载的人较多"


def content_answer(key: UUID) -> Response:
    """The content, to who sees its record; 304 to who has it. Each reading is an entry of the trail.

    Raises ``NotFoundError``, ``ContentLost``, ``StorageDown`` and ``TooManyDownloads``.
    """
    found = document(current_session(), current_actor(), parts().known, key)
    answer = Response(headers=_headers(found), content_type=found.stored.media_type)
    answer.set_etag(found.sha256)
    if request.method == "HEAD" or found.sha256 in request.if_none_match:
        answer.make_conditional(request.environ)
        return answer
    is_large = found.stored.byte_count > _LARGE
    if is_large and not _turns.acquire(blocking=False):
        raise TooManyDownloads("正在下载的大文件较多，请稍后再试")
    try:
        pieces = parts().contents.read(found.sha256)
        _note(found)
    except BaseException:
        if is_large:
            _turns.release()
        raise
    answer.response = verified(pieces, found.sha256)
    if is_large:
        answer.call_on_close(_turns.release)
    return answer


def _headers(found: Document) -> dict[str, str]:
    how = "inline" if found.stored.media_type in INLINE else "attachment"
    return {
        "Content-Length": str(found.stored.byte_count),
        "Content-Disposition": disposition(how, found.file_name),
        "Content-Security-Policy": _NOTHING_RUNS,
    }


def disposition(how: str, name: str) -> str:
    """RFC 6266: a name for old clients, and the whole one as RFC 8187 writes it."""
    plain = "document" + PurePath(name).suffix.lower()
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _note(found: Document) -> None:
    with write_session(reason="下载附件") as session:
        record(
            session,
            "read",
            "document",
            found.id,
            {
                "title": found.title,
                "file_name": found.file_name,
                "version_number": found.version_number,
            },
            contract_id=found.contract_id,
            organisation_id=found.organisation_id,
        )
