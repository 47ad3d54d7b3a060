"""Edits over the API carry ``If-Match``: the ETag of the record that the caller read."""

from flask import request
from pydantic import BaseModel
from werkzeug.exceptions import HTTPException

from kernel.web.replies import etag_of

_NOT_SEEN = 0
"""No record has this version: whoever saw another body is told what changed."""


class PreconditionNeeded(HTTPException):
    """RFC 6585: an edit that does not say which state of the record it is for."""

    code = 428
    description = "请在 If-Match 中写明所读记录的 ETag，以免覆盖他人的修改。"


def seen_version(record: BaseModel, version: int) -> int:
    """The version that the caller saw: ``version`` when If-Match names the record as it is now.

    Raises ``PreconditionNeeded`` without If-Match. ``*`` means whatever it is.
    """
    if not request.if_match:
        raise PreconditionNeeded
    return version if request.if_match.contains(etag_of(record)) else _NOT_SEEN
