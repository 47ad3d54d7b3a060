"""API of service rounds: read, record, update, equipment, return, zero hazards, progress.

Confirming goes through ``POST /acts`` with ``kind`` ``round_confirmation``.
"""

from collections.abc import Callable
from uuid import UUID

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag
from sqlalchemy.orm import Session

from contracts.rounds import changes, queries, visits
from contracts.rounds.progress import progress_of
from contracts.rounds.schemas import (
    EquipmentList,
    NewRound,
    Progress,
    ResubmissionIn,
    RoundEdit,
    RoundOut,
    RoundReturnIn,
    RoundSheet,
    VisitList,
    ZeroHazards,
)
from contracts.schemas import RoundsWanted
from contracts.service_models import ServiceRound
from contracts.service_reading import contract_head
from contracts.service_writing import locked_child
from kernel.access.permissions import Permission
from kernel.paging import Page, RecordQuery
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
from kernel.web.session import as_of, current_actor, current_clock, current_session, write_session

api = APIBlueprint(
    "rounds_api",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="rounds", description="服务轮次与进度")],
    abp_responses=LIST_ERRORS,
)
_STEP_ERRORS = {**RECORD_ERRORS, **ACT_ERRORS}


@api.get("/rounds", summary="服务轮次列表", responses={200: Page[RoundOut]})
@requires(Permission.SERVICE_READ)
def index(query: RoundsWanted) -> Response:
    """所问日期以前开始的轮次，按合同和轮次号排列。"""
    return reply(queries.rounds(current_session(), current_actor(), as_of(), query))


@api.get("/rounds/<id>", summary="服务轮次", responses={200: RoundSheet, **RECORD_ERRORS})
@requires(Permission.SERVICE_READ)
def show(path: RecordPath, query: RecordQuery) -> Response:
    """所问日期以后开始的轮次视为没有。"""
    _ = query
    return reply(queries.service_round(current_session(), current_actor(), as_of(), path.id))


@api.get("/contracts/<id>/progress", summary="合同进度", responses={200: Progress, **RECORD_ERRORS})
@requires(Permission.SERVICE_READ)
def progress(path: RecordPath, query: RecordQuery) -> Response:
    """计划的轮次与实际，滞后天数，完成及时率。"""
    _ = query
    session, actor = current_session(), current_actor()
    contract_head(session, actor, path.id)
    return reply(progress_of(session, actor, path.id, as_of()))


@api.post("/rounds", summary="登记轮次", responses={201: RoundSheet, **ADD_ERRORS})
@requires(Permission.SERVICE_WRITE)
def add(body: NewRound) -> Response:
    """登记已开始的一轮。可带 `Idempotency-Key`。"""
    actor, clock = current_actor(), current_clock()
    return created_once(
        body, lambda session: changes.add_round(session, actor, clock, body), _sheet, "登记轮次"
    )


@api.patch("/rounds/<id>", summary="更新轮次", responses={200: RoundSheet, **EDIT_ERRORS})
@requires(Permission.SERVICE_WRITE)
def change(path: RecordPath, body: RoundEdit) -> Response:
    """须带 If-Match。确认日期不在此修改，由确认轮次的事项写入。"""
    actor, clock = current_actor(), current_clock()
    return _edited(
        path.id,
        "更新轮次",
        lambda session, seen: changes.change_round(session, actor, clock, path.id, body, seen),
    )


@api.put("/rounds/<id>/equipment", summary="填写设备", responses={200: RoundSheet, **EDIT_ERRORS})
@requires(Permission.SERVICE_WRITE)
def put_equipment(path: RecordPath, body: EquipmentList) -> Response:
    """须带 If-Match（轮次的 ETag）。合计与设备总数不符的，列入核验发现。"""
    actor, clock = current_actor(), current_clock()
    return _edited(
        path.id,
        "填写轮次的设备",
        lambda session, seen: changes.put_equipment(session, actor, clock, path.id, body, seen),
    )


@api.put(
    "/rounds/<id>/enterprises", summary="填写企业名单", responses={200: RoundSheet, **EDIT_ERRORS}
)
@requires(Permission.SERVICE_WRITE)
def put_enterprises(path: RecordPath, body: VisitList) -> Response:
    """须带 If-Match（轮次的 ETag）。检查覆盖率按名单中不同的企业计。"""
    actor, clock = current_actor(), current_clock()
    return _edited(
        path.id,
        "填写轮次的企业名单",
        lambda session, seen: visits.put_visits(session, actor, clock, path.id, body, seen),
    )


@api.post("/rounds/<id>/return", summary="退回轮次", responses={200: RoundSheet, **_STEP_ERRORS})
@requires(Permission.SERVICE_WRITE)
def give_back(path: RecordPath, body: RoundReturnIn) -> Response:
    """退回承接方改正，须写明原因；重新报送以前不能确认。"""
    actor, clock = current_actor(), current_clock()
    with write_session(reason=str(body.return_reason)) as session:
        changes.return_round(session, actor, clock, path.id, body)
    return reply(_sheet(path.id))


@api.post(
    "/rounds/<id>/resubmit", summary="重新报送轮次", responses={200: RoundSheet, **_STEP_ERRORS}
)
@requires(Permission.SERVICE_WRITE)
def resubmit(path: RecordPath, body: ResubmissionIn) -> Response:
    """承接方改正后重新报送。"""
    actor, clock = current_actor(), current_clock()
    with write_session(reason="重新报送轮次") as session:
        changes.resubmit_round(session, actor, clock, path.id, body)
    return reply(_sheet(path.id))


@api.post(
    "/rounds/<id>/zero-hazards", summary="零隐患确认", responses={200: RoundSheet, **_STEP_ERRORS}
)
@requires(Permission.SERVICE_WRITE)
def zero_hazards(path: RecordPath, body: ZeroHazards) -> Response:
    """本轮确未发现隐患：隐患数记为 0，而不是未提供。"""
    actor, clock = current_actor(), current_clock()
    with write_session(reason="零隐患确认") as session:
        changes.confirm_zero_hazards(session, actor, clock, path.id, body)
    return reply(_sheet(path.id))


def _edited(key: UUID, reason: str, edit: Callable[[Session, int], None]) -> Response:
    with write_session(reason=reason) as session:
        actor, today = current_actor(), current_clock().business_date()
        _, found = locked_child(session, actor, ServiceRound, key, "个服务轮次")
        read = queries.service_round(session, actor, today, key)
        edit(session, seen_version(read, found.version))
    return reply(_sheet(key))


def _sheet(key: UUID) -> RoundSheet:
    today = current_clock().business_date()
    return queries.service_round(current_session(), current_actor(), today, key)
