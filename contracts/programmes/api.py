"""API of acts on programmes. The lists are in ``contracts.api``."""

from uuid import UUID

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from contracts import queries
from contracts.programmes.changes import add_programme, change_programme, kept_programme
from contracts.programmes.schemas import NewProgramme, ProgrammeEdit
from contracts.schemas import ProgrammeOut
from kernel.access.permissions import Permission
from kernel.web.described import (
    ACT_ERRORS,
    ADD_ERRORS,
    EDIT_ERRORS,
    LIST_ERRORS,
    RecordPath,
)
from kernel.web.edits import seen_version
from kernel.web.idempotency import created_once
from kernel.web.permissions import requires
from kernel.web.replies import reply
from kernel.web.session import current_actor, current_clock, current_session, write_session

api = APIBlueprint(
    "programmes_api",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="programmes", description="预算项目的维护")],
    abp_responses=LIST_ERRORS,
)


@api.post(
    "/programmes", summary="新增预算项目", responses={201: ProgrammeOut, 409: ADD_ERRORS[409]}
)
@requires(Permission.CONTRACTS_WRITE)
def add(body: NewProgramme) -> Response:
    """只能为本单位（含下级单位）登记。可带 `Idempotency-Key`。"""
    return created_once(
        body,
        lambda session: add_programme(session, current_actor(), current_clock(), body),
        _programme,
        "新增预算项目",
    )


@api.patch(
    "/programmes/<id>",
    summary="修改预算项目",
    responses={200: ProgrammeOut, **EDIT_ERRORS, 403: ACT_ERRORS[403]},
)
@requires(Permission.CONTRACTS_WRITE)
def change(path: RecordPath, body: ProgrammeEdit) -> Response:
    """须带 If-Match。由牵头单位维护；编码和牵头单位不变。"""
    actor = current_actor()
    with write_session(reason="修改预算项目") as session:
        found = kept_programme(session, actor, path.id, lock=True)
        seen = seen_version(queries.programme(session, actor, path.id), found.version)
        change_programme(session, actor, current_clock(), path.id, body, seen)
    return reply(_programme(path.id))


def _programme(key: UUID) -> ProgrammeOut:
    return queries.programme(current_session(), current_actor(), key)
