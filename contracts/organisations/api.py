"""API of acts on the organisation tree, and of its history. The lists are in ``contracts.api``."""

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from contracts.models import Organisation
from contracts.organisations import queries
from contracts.organisations.changes import (
    add_organisation,
    change_organisation,
    locked_organisation,
    move_organisation,
)
from contracts.organisations.schemas import (
    NewOrganisation,
    OrganisationEdit,
    OrganisationHistory,
    OrganisationMove,
)
from contracts.schemas import OrganisationOut
from kernel.access.permissions import Permission
from kernel.web.described import EDIT_ERRORS, LIST_ERRORS, RECORD_ERRORS, RecordPath
from kernel.web.edits import seen_version
from kernel.web.permissions import requires
from kernel.web.replies import created, reply
from kernel.web.session import current_actor, current_clock, current_session, write_session

api = APIBlueprint(
    "organisations_api",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="organisations", description="机构的变更与沿革")],
    abp_responses=LIST_ERRORS,
)


@api.get(
    "/organisations/<id>/versions",
    summary="机构沿革",
    responses={200: OrganisationHistory, **RECORD_ERRORS},
)
@requires(Permission.ORGANISATIONS_READ)
def versions(path: RecordPath) -> Response:
    """机构各时期的名称、类型与上级，最早的在前。"""
    return reply(queries.history(current_session(), path.id))


@api.post("/organisations", summary="新增机构", responses={201: OrganisationOut})
@requires(Permission.ORGANISATIONS_WRITE)
def add(body: NewOrganisation) -> Response:
    """机构编码与名称不可重复。"""
    with write_session(reason="新增机构") as session:
        made = add_organisation(session, current_actor(), current_clock(), body)
        record = OrganisationOut.of(made)
    return created(record, f"/api/v1/organisations/{record.id}")


@api.patch(
    "/organisations/<id>", summary="修改机构", responses={200: OrganisationOut, **EDIT_ERRORS}
)
@requires(Permission.ORGANISATIONS_WRITE)
def change(path: RecordPath, body: OrganisationEdit) -> Response:
    """须带 If-Match。名称、简称、类型自 `valid_from` 起生效，此前的保留在沿革中。"""
    with write_session(reason="修改机构") as session:
        found = locked_organisation(session, path.id)
        change_organisation(session, current_actor(), current_clock(), path.id, body, _seen(found))
        record = OrganisationOut.of(found)
    return reply(record)


@api.post(
    "/organisations/<id>/move",
    summary="移动机构",
    responses={200: OrganisationOut, **EDIT_ERRORS},
)
@requires(Permission.ORGANISATIONS_WRITE)
def move(path: RecordPath, body: OrganisationMove) -> Response:
    """须带 If-Match。连同全部下级；谁能看到哪些合同随即改变。"""
    with write_session(reason="移动机构") as session:
        found = locked_organisation(session, path.id)
        move_organisation(session, current_actor(), current_clock(), path.id, body, _seen(found))
        record = OrganisationOut.of(found)
    return reply(record)


def _seen(found: Organisation) -> int:
    return seen_version(OrganisationOut.of(found), found.version)
