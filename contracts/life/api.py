"""API of a contract's life: how far it has come, its states, shares and members."""

from uuid import UUID

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag
from pydantic import BaseModel, Field

from contracts.life import queries
from contracts.life.entries import MembersIn, SharesIn, StateIn
from contracts.life.schemas import LifeOut, MembersOut, SharesOut, StepOut, StepsOut
from contracts.life.shares import write_members, write_shares
from contracts.life.steps import take_step
from kernel.access.permissions import Permission
from kernel.paging import RecordQuery
from kernel.web.described import ADD_ERRORS, EDIT_ERRORS, LIST_ERRORS, RECORD_ERRORS, RecordPath
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
    "contract_life_api",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="contract life", description="合同的状态、法定期限、分担份额与联合体")],
    abp_responses=LIST_ERRORS,
)


class StepPath(BaseModel):
    """Which change of state of which contract."""

    id: UUID = Field(description="合同 id")
    step_id: UUID = Field(description="状态变更的 id")


@api.get("/contracts/<id>/life", summary="合同进展", responses={200: LifeOut, **RECORD_ERRORS})
@requires(Permission.CONTRACTS_READ)
def life(path: RecordPath, query: RecordQuery) -> Response:
    """所问日期的状态，签订、公告、备案三项法定期限，服务期限，分担份额与承接主体。"""
    _ = query
    return reply(queries.life_of(current_session(), current_actor(), path.id, as_of()))


@api.get(
    "/contracts/<id>/states", summary="合同状态变更", responses={200: StepsOut, **RECORD_ERRORS}
)
@requires(Permission.CONTRACTS_READ)
def steps(path: RecordPath, query: RecordQuery) -> Response:
    """截至所问日期的状态变更，最早的在前。"""
    _ = query
    return reply(queries.steps_out(current_session(), current_actor(), path.id, as_of()))


@api.get(
    "/contracts/<id>/states/<step_id>",
    summary="一次状态变更",
    responses={200: StepOut, **RECORD_ERRORS},
)
@requires(Permission.CONTRACTS_READ)
def step(path: StepPath) -> Response:
    """状态、起始日期、依据文件与原因。"""
    found = queries.step_out(current_session(), current_actor(), path.id, path.step_id)
    return reply(found)


@api.post(
    "/contracts/<id>/states",
    summary="变更合同状态",
    responses={201: StepOut, **RECORD_ERRORS, 409: ADD_ERRORS[409]},
)
@requires(Permission.CONTRACTS_WRITE)
def take(path: RecordPath, body: StateIn) -> Response:
    """签订、开始服务、暂停、完成、终止；退回前一状态须写明原因。可带 Idempotency-Key。"""
    return created_once(
        body,
        lambda session: take_step(session, current_actor(), current_clock(), path.id, body).id,
        lambda key: queries.step_out(current_session(), current_actor(), path.id, key),
        reason=body.why or "变更合同状态",
    )


@api.get("/contracts/<id>/shares", summary="分担份额", responses={200: SharesOut, **RECORD_ERRORS})
@requires(Permission.CONTRACTS_READ)
def shares(path: RecordPath, query: RecordQuery) -> Response:
    """各购买主体、预算项目和资金来源分担的比例与金额。"""
    _ = query
    return reply(queries.shares_out(current_session(), current_actor(), path.id, as_of()))


@api.put(
    "/contracts/<id>/shares", summary="登记分担份额", responses={200: SharesOut, **EDIT_ERRORS}
)
@requires(Permission.CONTRACTS_WRITE)
def put_shares(path: RecordPath, body: SharesIn) -> Response:
    """须带 If-Match。全部份额一次写入，合计须恰为 100 %；各购买主体随即看得到合同。"""
    today = current_clock().business_date()
    with write_session(reason="登记分担份额") as session:
        known = queries.shares_out(session, current_actor(), path.id, today)
        seen = seen_version(known, known.version)
        write_shares(session, current_actor(), current_clock(), path.id, body, seen)
        record = queries.shares_out(session, current_actor(), path.id, today)
    return reply(record)


@api.get(
    "/contracts/<id>/members", summary="联合体成员", responses={200: MembersOut, **RECORD_ERRORS}
)
@requires(Permission.CONTRACTS_READ)
def members(path: RecordPath, query: RecordQuery) -> Response:
    """承接主体，牵头人在前。"""
    _ = query
    return reply(queries.members_out(current_session(), current_actor(), path.id, as_of()))


@api.put(
    "/contracts/<id>/members",
    summary="登记联合体成员",
    responses={200: MembersOut, **EDIT_ERRORS},
)
@requires(Permission.CONTRACTS_WRITE)
def put_members(path: RecordPath, body: MembersIn) -> Response:
    """须带 If-Match。第一个为牵头人；只有一个时不是联合体。"""
    today = current_clock().business_date()
    with write_session(reason="登记联合体成员") as session:
        known = queries.members_out(session, current_actor(), path.id, today)
        seen = seen_version(known, known.version)
        write_members(session, current_actor(), current_clock(), path.id, body, seen)
        record = queries.members_out(session, current_actor(), path.id, today)
    return reply(record)
