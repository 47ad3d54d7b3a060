"""API of the register of enterprises: list, one, add, change, merge, and a contract's target list."""

from uuid import UUID

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from contracts.enterprises import merging, queries, targets
from contracts.enterprises.changes import add_enterprise, change_enterprise
from contracts.enterprises.schemas import (
    Alike,
    EnterpriseIn,
    EnterpriseOut,
    EnterprisesWanted,
    MergeIn,
    NewEnterprise,
    PartIn,
    TargetListIn,
    TargetListOut,
)
from kernel.access.permissions import Permission
from kernel.paging import Page, PagedQuery, RecordQuery
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
from kernel.web.session import (
    as_of,
    current_actor,
    current_clock,
    current_session,
    write_session,
)

api = APIBlueprint(
    "enterprises_api",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="enterprises", description="企业名录与受检企业名单")],
    abp_responses=LIST_ERRORS,
)


@api.get("/enterprises", summary="企业名录", responses={200: Page[EnterpriseOut]})
@requires(Permission.CONTRACTS_READ)
def index(query: EnterprisesWanted) -> Response:
    """各单位共用的资料，按名称排列。"""
    return reply(queries.enterprises(current_session(), query))


@api.get("/enterprises/alike", summary="可能重复的企业", responses={200: Page[Alike]})
@requires(Permission.CONTRACTS_READ)
def alike(query: PagedQuery) -> Response:
    """名称只差写法或公司形式的企业；是否同一家由人认定。"""
    return reply(merging.suggestions(current_session(), query))


@api.get("/enterprises/<id>", summary="企业", responses={200: EnterpriseOut, **RECORD_ERRORS})
@requires(Permission.CONTRACTS_READ)
def show(path: RecordPath, query: RecordQuery) -> Response:
    """企业资料不随日期变化。"""
    _ = query
    return reply(_current(path.id))


@api.post(
    "/enterprises",
    summary="登记企业",
    responses={201: EnterpriseOut, 409: ADD_ERRORS[409]},
)
@requires(Permission.VENDORS_WRITE)
def add(body: NewEnterprise) -> Response:
    """可带 `Idempotency-Key`：同一次提交重复发送，只登记一家。"""
    actor, clock = current_actor(), current_clock()
    return created_once(
        body,
        lambda session: add_enterprise(session, actor, clock, body).id,
        _current,
        "登记企业",
    )


@api.patch("/enterprises/<id>", summary="修改企业", responses={200: EnterpriseOut, **EDIT_ERRORS})
@requires(Permission.VENDORS_WRITE)
def change(path: RecordPath, body: EnterpriseIn) -> Response:
    """须带 If-Match。此前的内容留在审计记录中。"""
    seen = _seen(path.id)
    with write_session(reason="修改企业") as session:
        change_enterprise(session, current_actor(), current_clock(), path.id, body, seen)
    return reply(_current(path.id))


@api.post(
    "/enterprises/<id>/merge", summary="归并企业", responses={200: EnterpriseOut, **EDIT_ERRORS}
)
@requires(Permission.VENDORS_WRITE)
def merge(path: RecordPath, body: MergeIn) -> Response:
    """须带 If-Match。此后统计时算作另一家；原登记的记录不变，可以撤销。"""
    seen = _seen(path.id)
    with write_session(reason=body.reason) as session:
        merging.merge(session, current_actor(), current_clock(), path.id, body.into_id, seen)
    return reply(_current(path.id))


@api.post(
    "/enterprises/<id>/part", summary="撤销归并", responses={200: EnterpriseOut, **EDIT_ERRORS}
)
@requires(Permission.VENDORS_WRITE)
def part(path: RecordPath, body: PartIn) -> Response:
    """须带 If-Match。连同此前并入它的，各自重新单独统计。"""
    seen = _seen(path.id)
    with write_session(reason=body.reason) as session:
        merging.take_back(session, current_actor(), current_clock(), path.id, seen)
    return reply(_current(path.id))


@api.get(
    "/contracts/<id>/enterprises",
    summary="受检企业名单",
    responses={200: TargetListOut, **RECORD_ERRORS},
)
@requires(Permission.SERVICE_READ)
def listed(path: RecordPath, query: RecordQuery) -> Response:
    """所问日期的名单，按名称排列。"""
    _ = query
    return reply(targets.target_list(current_session(), current_actor(), path.id, as_of()))


@api.put(
    "/contracts/<id>/enterprises",
    summary="设定受检企业名单",
    responses={200: TargetListOut, **EDIT_ERRORS, 403: ACT_ERRORS[403]},
)
@requires(Permission.SERVICE_WRITE)
def set_list(path: RecordPath, body: TargetListIn) -> Response:
    """须带 If-Match。以所写的全部内容替换；此前的名单按日期仍可查到。"""
    actor, clock = current_actor(), current_clock()
    today = clock.business_date()
    with write_session(reason="设定受检企业名单") as session:
        read = targets.target_list(session, actor, path.id, today)
        targets.set_target_list(session, actor, clock, path.id, body, seen_version(read, 1))
    return reply(targets.target_list(current_session(), actor, path.id, today))


def _current(key: UUID) -> EnterpriseOut:
    return queries.enterprise(current_session(), key)


def _seen(key: UUID) -> int:
    read = _current(key)
    return seen_version(read, read.version)
