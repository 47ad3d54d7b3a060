"""Answers of the API: a typed model as JSON with an ETag, 304 when the caller has it already."""

from hashlib import sha256

from flask import Response, request
from pydantic import BaseModel


def reply(model: BaseModel) -> Response:
    """The model as JSON. The strong ETag is the hash of the body, so it changes with ``as_of``."""
    body = model.model_dump_json(by_alias=True)
    response = Response(body, mimetype="application/json")
    response.set_etag(sha256(body.encode()).hexdigest()[:32])
    response.make_conditional(request.environ)
    return response
