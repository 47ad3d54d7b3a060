"""Answers of the API: a typed model as JSON with an ETag, 304 when the caller has it already."""

from hashlib import sha256

from flask import Response, request
from pydantic import BaseModel


def reply(model: BaseModel) -> Response:
    """The model as JSON. The strong ETag is the hash of the body, so it changes with ``as_of``."""
    body = model.model_dump_json(by_alias=True)
    response = Response(body, mimetype="application/json")
    response.set_etag(_hash(body))
    response.make_conditional(request.environ)
    return response


def created(model: BaseModel, address: str) -> Response:
    """The record that was added, and where it is read."""
    response = reply(model)
    response.status_code = 201
    response.headers["Location"] = address
    return response


def etag_of(model: BaseModel) -> str:
    """The ETag under which ``reply`` gives the model."""
    return _hash(model.model_dump_json(by_alias=True))


def _hash(body: str) -> str:
    return sha256(body.encode()).hexdigest()[:32]
