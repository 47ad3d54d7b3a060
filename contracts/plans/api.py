"""API of implementation plans: read, hand in, change, return, hand in again.

Approving goes through ``POST /acts`` with ``kind`` ``plan_decision``.
"""

from uuid import UUID

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from contracts.plans import changes, queries
from contracts.plans.schemas import (
    NewPlan,
    PlanEdit,
    PlanOut,
    PlanReturn,
    PlanSheet,
    PlanSubmission,
)
from contracts.schemas import PlansWanted
from contracts.service_models import ImplementationPlan
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
    "plans_api",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="plans", description="实施方案与计划轮次")],
    abp_responses=LIST_ERRORS,
)
_STEP_ERRORS = {**RECORD_ERRORS, **ACT_ERRORS}


@api.get("/plans", summary="实施方案列表", responses={200: Page[PlanOut]})
@requires(Permission.SERVICE_READ)
def index(query: PlansWanted) -> Response:
    """所问日期以前报送的各版本，按合同和版本号排列。"""
    return reply(queries.plans(current_session(), current_actor(), as_of(), query))


@api.get("/plans/<id>", summary="实施方案", responses={200: PlanSheet, **RECORD_ERRORS})
@requires(Permission.SERVICE_READ)
def show(path: RecordPath, query: RecordQuery) -> Response:
    """所问日期以后报送的版本视为没有。"""
    _ = query
    return reply(queries.plan(current_session(), current_actor(), as_of(), path.id))


@api.post("/plans", summary="报送方案", responses={201: PlanSheet, **ADD_ERRORS})
@requires(Permission.SERVICE_WRITE)
def add(body: NewPlan) -> Response:
    """登记承接方报送的一版，版本号自动编排。可带 `Idempotency-Key`。"""
    actor, clock = current_actor(), current_clock()
    return created_once(
        body,
        lambda session: changes.add_plan(session, actor, clock, body),
        _sheet,
        "报送方案",
    )


@api.patch("/plans/<id>", summary="修改方案", responses={200: PlanSheet, **EDIT_ERRORS})
@requires(Permission.SERVICE_WRITE)
def change(path: RecordPath, body: PlanEdit) -> Response:
    """须带 If-Match；已审定或已退回的版本不能再改。"""
    actor, clock = current_actor(), current_clock()
    with write_session(reason="修改方案") as session:
        _, found = locked_child(session, actor, ImplementationPlan, path.id, "份实施方案")
        read = queries.plan(session, actor, clock.business_date(), path.id)
        seen = seen_version(read, found.version)
        changes.change_plan(session, actor, clock, path.id, body, seen)
    return reply(_sheet(path.id))


@api.post("/plans/<id>/return", summary="退回方案", responses={200: PlanSheet, **_STEP_ERRORS})
@requires(Permission.SERVICE_WRITE)
def give_back(path: RecordPath, body: PlanReturn) -> Response:
    """退回承接方修改，须写明原因。"""
    actor, clock = current_actor(), current_clock()
    with write_session(reason=str(body.return_reason)) as session:
        changes.return_plan(session, actor, clock, path.id, body)
    return reply(_sheet(path.id))


@api.post("/plans/<id>/submit", summary="报送新版方案", responses={201: PlanSheet, **ADD_ERRORS})
@requires(Permission.SERVICE_WRITE)
def submit(path: RecordPath, body: PlanSubmission) -> Response:
    """以这一版的内容和计划轮次报送新版。可带 `Idempotency-Key`。"""
    actor, clock = current_actor(), current_clock()
    return created_once(
        body,
        lambda session: changes.submit_next(session, actor, clock, path.id, body),
        _sheet,
        "报送新版方案",
        at="/api/v1/plans",
    )


def _sheet(key: UUID) -> PlanSheet:
    today = current_clock().business_date()
    return queries.plan(current_session(), current_actor(), today, key)
