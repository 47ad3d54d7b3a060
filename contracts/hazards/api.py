"""API of hazards: list, one, its steps, the next step, counted reports, and rates on any day."""

from datetime import date
from uuid import UUID

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag
from pydantic import BaseModel, Field

from contracts.hazards import queries
from contracts.hazards.changes import add_count, add_hazard, change_hazard
from contracts.hazards.rates import Asked, rates
from contracts.hazards.schemas import (
    CountOut,
    CountsWanted,
    HazardEdit,
    HazardOut,
    HazardsWanted,
    NewCount,
    NewHazard,
    NewStep,
    RateOut,
    RatesOut,
    RatesWanted,
    StepsOut,
)
from contracts.hazards.taking import take_step
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
from kernel.web.session import (
    as_of,
    current_actor,
    current_clock,
    current_session,
    write_session,
)

api = APIBlueprint(
    "hazards_api",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="hazards", description="隐患排查治理")],
    abp_responses=LIST_ERRORS,
)


class StepPath(BaseModel):
    """Which step of which hazard."""

    id: UUID = Field(description="隐患的 id（UUID）")
    step: UUID = Field(description="步骤的 id（UUID）")


@api.get("/hazards", summary="隐患列表", responses={200: Page[HazardOut]})
@requires(Permission.SERVICE_READ)
def index(query: HazardsWanted) -> Response:
    """所问日期以前排查出的，状态以所问日期为准。"""
    session, actor, today = current_session(), current_actor(), current_clock().business_date()
    return reply(queries.hazards(session, actor, as_of(), today, query))


@api.get("/hazards/<id>", summary="隐患", responses={200: HazardOut, **RECORD_ERRORS})
@requires(Permission.SERVICE_READ)
def show(path: RecordPath, query: RecordQuery) -> Response:
    """所问日期以后排查出的视为没有。"""
    _ = query
    return reply(_hazard(path.id, as_of()))


@api.post("/hazards", summary="登记隐患", responses={201: HazardOut, **ADD_ERRORS})
@requires(Permission.SERVICE_WRITE)
def add(body: NewHazard) -> Response:
    """可带 `Idempotency-Key`：同一次提交重复发送，只登记一条。"""
    actor, clock = current_actor(), current_clock()
    return created_once(
        body,
        lambda session: add_hazard(session, actor, clock, body).id,
        lambda key: _hazard(key, clock.business_date()),
        "登记隐患",
    )


@api.patch(
    "/hazards/<id>",
    summary="修改隐患",
    responses={200: HazardOut, **EDIT_ERRORS, 403: ACT_ERRORS[403]},
)
@requires(Permission.SERVICE_WRITE)
def change(path: RecordPath, body: HazardEdit) -> Response:
    """须带 If-Match。交办、整改等日期随办理步骤变化，不在此修改。"""
    actor, clock = current_actor(), current_clock()
    read = _hazard(path.id, clock.business_date())
    seen = seen_version(read, read.version)
    with write_session(reason="修改隐患") as session:
        change_hazard(session, actor, clock, path.id, body, seen)
    return reply(_hazard(path.id, clock.business_date()))


@api.get("/hazards/<id>/steps", summary="隐患办理经过", responses={200: StepsOut, **RECORD_ERRORS})
@requires(Permission.SERVICE_READ)
def steps(path: RecordPath, query: RecordQuery) -> Response:
    """最早的在前；只由台账日期得知的步骤没有 id。"""
    _ = query
    return reply(queries.steps(current_session(), current_actor(), as_of(), path.id))


@api.post(
    "/hazards/<id>/steps",
    summary="办理隐患",
    responses={201: HazardOut, **ADD_ERRORS},
)
@requires(Permission.SERVICE_WRITE)
def take(path: RecordPath, body: NewStep) -> Response:
    """交办、延期、整改、复查、销号或退回整改；答复为办理后的隐患。可带 `Idempotency-Key`。"""
    actor, clock = current_actor(), current_clock()
    return created_once(
        body,
        lambda session: take_step(session, actor, clock, path.id, body).id,
        lambda _step: _hazard(path.id, clock.business_date()),
        "办理隐患",
    )


@api.get(
    "/hazards/<id>/steps/<step>",
    summary="办理步骤所在的隐患",
    responses={200: HazardOut, **RECORD_ERRORS},
)
@requires(Permission.SERVICE_READ)
def after_step(path: StepPath, query: RecordQuery) -> Response:
    """隐患现在的情况。"""
    _ = query
    session, actor = current_session(), current_actor()
    return reply(queries.hazard_of_step(session, actor, as_of(), path.id, path.step))


@api.get("/hazard-counts", summary="隐患统计列表", responses={200: Page[CountOut]})
@requires(Permission.SERVICE_READ)
def counts(query: CountsWanted) -> Response:
    """统计截至所问日期以前的，最近的在前。"""
    return reply(queries.counts(current_session(), current_actor(), as_of(), query))


@api.get("/hazard-counts/<id>", summary="隐患统计", responses={200: CountOut, **RECORD_ERRORS})
@requires(Permission.SERVICE_READ)
def count(path: RecordPath, query: RecordQuery) -> Response:
    """一次统计；登记后不再改变，更正另行登记。"""
    _ = query
    return reply(queries.count(current_session(), current_actor(), path.id))


@api.post(
    "/hazard-counts",
    summary="登记隐患统计",
    responses={201: CountOut, **ADD_ERRORS},
)
@requires(Permission.SERVICE_WRITE)
def add_counts(body: NewCount) -> Response:
    """截至某日的累计数；此前各日的统计不变。可带 `Idempotency-Key`。"""
    actor, clock = current_actor(), current_clock()
    return created_once(
        body,
        lambda session: add_count(session, actor, clock, body).id,
        lambda key: queries.count(current_session(), actor, key),
        "登记隐患统计",
    )


@api.get("/hazard-rates", summary="隐患治理率", responses={200: RatesOut})
@requires(Permission.SERVICE_READ)
def board(query: RatesWanted) -> Response:
    """所问日期的整改率、现场解决率、逾期率；逐条登记与统计不重复计算。"""
    asked = Asked(query.contract, query.programme, query.vendor)
    found = rates(current_session(), current_actor(), as_of(), query.by, asked)
    return reply(RatesOut(as_of=as_of(), items=[RateOut.of(row) for row in found]))


def _hazard(key: UUID, day: date) -> HazardOut:
    return queries.hazard(current_session(), current_actor(), day, key)
