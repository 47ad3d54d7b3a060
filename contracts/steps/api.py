"""API of acts in steps and of how many steps they take."""

from uuid import UUID

from flask import Response, request
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from contracts.steps import acts, queries, step_settings
from contracts.steps.facts import ActBody, why
from contracts.steps.schemas import (
    ActOut,
    ActSheet,
    ActsWanted,
    EndBody,
    ReasonBody,
    SettingOut,
    SettingsWanted,
    StepBody,
)
from contracts.steps.step_settings import SettingEntry
from kernel.access.permissions import Permission
from kernel.errors import InputError
from kernel.fields import printable
from kernel.keys import new_key
from kernel.paging import Page
from kernel.web.described import ACT_ERRORS, ADD_ERRORS, LIST_ERRORS, RECORD_ERRORS, RecordPath
from kernel.web.permissions import requires
from kernel.web.replies import reply
from kernel.web.session import current_actor, current_clock, current_session, write_session

api = APIBlueprint(
    "steps_api",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="acts", description="事项与审批步骤")],
    abp_responses=LIST_ERRORS,
)


@api.get("/acts", summary="事项列表", responses={200: Page[ActOut]})
@requires(Permission.CONTRACTS_READ)
def index(query: ActsWanted) -> Response:
    """最近提出的在前。"""
    return reply(queries.acts(current_session(), current_actor(), query))


@api.get("/acts/<id>", summary="事项", responses={200: ActSheet, **RECORD_ERRORS})
@requires(Permission.CONTRACTS_READ)
def show(path: RecordPath) -> Response:
    """内容、所经步骤，和您现在可以办理的步骤。"""
    return _sheet(path.id)


@api.post("/acts", summary="提出事项", responses={201: ActSheet, **ADD_ERRORS})
@requires(Permission.ACTS_ENTER)
def enter(body: ActBody) -> Response:
    """经办提出。同一人重复使用同一个 `Idempotency-Key`，得到的是已提出的那一件。"""
    actor, clock = current_actor(), current_clock()
    with write_session(reason=why(body.root)) as session:
        made = acts.enter(
            session, actor, body.root, _request_key(), clock.business_date(), clock.now()
        )
    response = reply(queries.act(current_session(), actor, made.id))
    response.status_code = 201
    response.headers["Location"] = f"/api/v1/acts/{made.id}"
    return response


@api.post(
    "/acts/<id>/check", summary="审核", responses={200: ActSheet, **RECORD_ERRORS, **ACT_ERRORS}
)
@requires(Permission.ACTS_CHECK)
def check(path: RecordPath, body: StepBody) -> Response:
    """审核通过，转负责人批准。"""
    actor, clock = current_actor(), current_clock()
    with write_session() as session:
        acts.check(session, actor, path.id, body.version, clock.business_date(), clock.now())
    return _sheet(path.id)


@api.post(
    "/acts/<id>/approve", summary="批准", responses={200: ActSheet, **RECORD_ERRORS, **ACT_ERRORS}
)
@requires(Permission.ACTS_APPROVE)
def approve(path: RecordPath, body: StepBody) -> Response:
    """批准并记入台账；同一人重复提交没有变化。"""
    actor, clock = current_actor(), current_clock()
    reason = queries.why_asked(current_session(), actor, path.id)
    with write_session(reason=reason) as session:
        acts.approve(session, actor, path.id, body.version, clock.business_date(), clock.now())
    return _sheet(path.id)


@api.post(
    "/acts/<id>/return", summary="退回", responses={200: ActSheet, **RECORD_ERRORS, **ACT_ERRORS}
)
@requires(Permission.CONTRACTS_READ)
def give_back(path: RecordPath, body: ReasonBody) -> Response:
    """由现在该办理的审核人或负责人退回，须写明原因。"""
    actor, clock = current_actor(), current_clock()
    with write_session(reason=body.reason) as session:
        acts.give_back(session, actor, path.id, body.version, body.reason, clock.now())
    return _sheet(path.id)


@api.post(
    "/acts/<id>/withdraw", summary="撤回", responses={200: ActSheet, **RECORD_ERRORS, **ACT_ERRORS}
)
@requires(Permission.ACTS_ENTER)
def withdraw(path: RecordPath, body: ReasonBody) -> Response:
    """由提出人在办结以前撤回。"""
    actor, clock = current_actor(), current_clock()
    with write_session(reason=body.reason) as session:
        acts.withdraw(session, actor, path.id, body.version, body.reason, clock.now())
    return _sheet(path.id)


@api.get("/step-settings", summary="步骤设置列表", responses={200: Page[SettingOut]})
@requires(Permission.STEPS_WRITE)
def settings(query: SettingsWanted) -> Response:
    """全系统的，和您管理的机构的；没有设置的按缺省。"""
    return reply(step_settings.settings_of(current_session(), current_actor(), query))


@api.post(
    "/step-settings",
    summary="设置步骤",
    responses={201: SettingOut, **RECORD_ERRORS, **ACT_ERRORS},
)
@requires(Permission.STEPS_WRITE)
def set_steps(body: SettingEntry) -> Response:
    """新增，或替换 `replaces` 指出的那一项；那一项已变则 409。"""
    actor, clock = current_actor(), current_clock()
    with write_session(reason=body.reason) as session:
        made = step_settings.set_steps(session, actor, body, clock.business_date(), clock.now())
    response = reply(SettingOut.of(step_settings.setting(current_session(), actor, made.id)))
    response.status_code = 201
    return response


@api.post(
    "/step-settings/<id>/end",
    summary="停用步骤设置",
    responses={200: SettingOut, **RECORD_ERRORS, **ACT_ERRORS},
)
@requires(Permission.STEPS_WRITE)
def end_steps(path: RecordPath, body: EndBody) -> Response:
    """停用后按上级机构、全系统或缺省的步骤。"""
    with write_session(reason=body.reason) as session:
        ended = step_settings.end_steps(
            session, current_actor(), path.id, body.version, current_clock().now()
        )
        shown = SettingOut.of(ended)
    return reply(shown)


def _sheet(act_id: UUID) -> Response:
    return reply(queries.act(current_session(), current_actor(), act_id))


def _request_key() -> str:
    """The caller's key, else one of its own; raises ``InputError`` for one that cannot be stored."""
    given = request.headers.get("Idempotency-Key", "").strip()
    try:
        printable(given)
    except ValueError:
        raise InputError("Idempotency-Key", "不能含控制字符") from None
    if len(given) > 80:
        raise InputError("Idempotency-Key", "不能超过 80 个字")
    return given or str(new_key())
