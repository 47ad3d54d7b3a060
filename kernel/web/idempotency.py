"""Creates over the API take an ``Idempotency-Key``: sent again, they give the record of before."""

from collections.abc import Callable
from uuid import UUID

from flask import Response, request
from pydantic import BaseModel
from sqlalchemy.orm import Session

from kernel.errors import InputError
from kernel.fields import printable
from kernel.request_keys import Request, added_before, remember
from kernel.web.replies import created
from kernel.web.session import current_actor, current_clock, write_session

LONGEST_KEY = 80


def created_once(
    body: BaseModel,
    make: Callable[[Session], UUID],
    show: Callable[[UUID], BaseModel],
    reason: str,
    at: str = "",
) -> Response:
    """Answer 201 with the record that ``make`` adds in one transaction, and ``show`` reads after it.

    With a key that the caller used before for the same body nothing is added, and the answer is the
    record as it is now. ``reason`` goes into the trail; ``at`` is where records are read, the path
    asked unless given. Raises ``InputError`` for a key that cannot
    be stored and ``ConflictError`` for one that was used for something else.
    """
    key = request_key()
    with write_session(reason=reason) as session:
        record_id = added_once(session, key, body, make)
    return created(show(record_id), f"{at or request.path}/{record_id}")


def added_once(
    session: Session, key: str, body: BaseModel, make: Callable[[Session], UUID]
) -> UUID:
    """The record that ``make`` adds, or that the caller added before with this key.

    A form carries a key of its own, so that a second click adds nothing; ``""`` is no key. Raises
    ``ConflictError`` for a key that was used for something else.
    """
    actor, sent = current_actor(), Request(key[:LONGEST_KEY], request.path, body)
    known = added_before(session, actor, sent) if sent.key else None
    record_id = known or make(session)
    if sent.key and known is None:
        remember(session, actor, sent, record_id, current_clock().now())
    return record_id


def request_key() -> str:
    """The caller's key, ``""`` without one; raises ``InputError`` for one that cannot be stored."""
    given = request.headers.get("Idempotency-Key", "").strip()
    try:
        printable(given)
    except ValueError:
        raise InputError("Idempotency-Key", "不能含控制字符") from None
    if len(given) > LONGEST_KEY:
        raise InputError("Idempotency-Key", f"不能超过 {LONGEST_KEY} 个字")
    return given
