"""API of acts on vendors. The lists are in ``contracts.api``."""

from uuid import UUID

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from contracts import queries
from contracts.schemas import VendorOut
from contracts.vendors.changes import (
    add_vendor,
    change_vendor,
    locked_vendor,
    merge_vendors,
    part_vendors,
)
from contracts.vendors.schemas import MergeIn, MergeOut, NewVendor, VendorEdit, VendorTwins
from contracts.vendors.twins import twins_of
from kernel.access.permissions import Permission
from kernel.web.described import (
    ACT_ERRORS,
    ADD_ERRORS,
    EDIT_ERRORS,
    LIST_ERRORS,
    RECORD_ERRORS,
    RecordPath,
)
from kernel.web.edits import seen_version
from kernel.web.idempotency import created_once
from kernel.web.permissions import requires
from kernel.web.replies import reply
from kernel.web.session import current_actor, current_clock, current_session, write_session

api = APIBlueprint(
    "vendors_api",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="vendors", description="承接主体的维护")],
    abp_responses=LIST_ERRORS,
)


@api.post("/vendors", summary="新增承接主体", responses={201: VendorOut, 409: ADD_ERRORS[409]})
@requires(Permission.VENDORS_WRITE)
def add(body: NewVendor) -> Response:
    """名称与已有主体相近时回 409 并列出，核对后以 `is_another` 重发。可带 `Idempotency-Key`。"""
    return created_once(
        body,
        lambda session: add_vendor(session, current_actor(), current_clock(), body),
        _vendor,
        "新增承接主体",
    )


@api.patch("/vendors/<id>", summary="修改承接主体", responses={200: VendorOut, **EDIT_ERRORS})
@requires(Permission.VENDORS_WRITE)
def change(path: RecordPath, body: VendorEdit) -> Response:
    """须带 If-Match。更名时写 `renamed_on`，此前的名称留作曾用名。"""
    with write_session(reason="修改承接主体") as session:
        found = locked_vendor(session, path.id)
        seen = seen_version(VendorOut.of(found), found.version)
        change_vendor(session, current_actor(), current_clock(), path.id, body, seen)
        record = VendorOut.of(found)
    return reply(record)


@api.get(
    "/vendors/<id>/twins",
    summary="可能是同一家的承接主体",
    responses={200: VendorTwins, **RECORD_ERRORS},
)
@requires(Permission.CONTRACTS_READ)
def twins(path: RecordPath) -> Response:
    """只是提示；是不是同一家由人认定。"""
    found = _vendor(path.id)
    return reply(VendorTwins(items=twins_of(current_session(), found.name, found.id)))


@api.post(
    "/vendors/<id>/merge",
    summary="并入另一承接主体",
    responses={200: MergeOut, **RECORD_ERRORS, 409: ACT_ERRORS[409]},
)
@requires(Permission.VENDORS_WRITE)
def merge(path: RecordPath, body: MergeIn) -> Response:
    """认定这一条与 `kept_id` 是同一家；合同不改动，一并显示，可撤销。"""
    with write_session(reason=body.cause) as session:
        made = merge_vendors(session, current_actor(), current_clock(), path.id, body)
        record = MergeOut.of(made)
    return reply(record)


@api.post(
    "/vendor-merges/<id>/undo",
    summary="撤销承接主体的合并",
    responses={200: MergeOut, **RECORD_ERRORS, 409: ACT_ERRORS[409]},
)
@requires(Permission.VENDORS_WRITE)
def part(path: RecordPath) -> Response:
    """两条登记重新各算各的。"""
    with write_session(reason="撤销承接主体的合并") as session:
        record = MergeOut.of(part_vendors(session, current_actor(), current_clock(), path.id))
    return reply(record)


def _vendor(key: UUID) -> VendorOut:
    return queries.vendor(current_session(), current_actor(), key)
