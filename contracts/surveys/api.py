"""API of surveys: list, one, add (Idempotency-Key), put in its place (If-Match)."""

from datetime import date
from uuid import UUID

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from contracts.surveys import queries
from contracts.surveys.changes import add_survey, change_survey, locked_survey
from contracts.surveys.schemas import SurveyIn, SurveyOut, SurveysWanted
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
    "surveys_api",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="surveys", description="满意度调查")],
    abp_responses=LIST_ERRORS,
)


@api.get("/surveys", summary="满意度调查列表", responses={200: Page[SurveyOut]})
@requires(Permission.SERVICE_READ)
def surveys(query: SurveysWanted) -> Response:
    """所问日期以前的，最近登记的在前。"""
    return reply(queries.surveys(current_session(), current_actor(), as_of(), query))


@api.get("/surveys/<id>", summary="满意度调查", responses={200: SurveyOut, **RECORD_ERRORS})
@requires(Permission.SERVICE_READ)
def survey(path: RecordPath, query: RecordQuery) -> Response:
    """所问日期以后的视为没有。"""
    _ = query
    return reply(queries.survey(current_session(), current_actor(), as_of(), path.id))


@api.post(
    "/surveys",
    summary="登记满意度调查",
    responses={201: SurveyOut, **ADD_ERRORS},
)
@requires(Permission.SUPERVISION_WRITE)
def add(body: SurveyIn) -> Response:
    """各档人数合计不能多于回收份数。可带 `Idempotency-Key`。"""
    return created_once(
        body,
        lambda session: add_survey(session, current_actor(), current_clock(), body),
        _latest,
        "登记满意度调查",
    )


@api.put(
    "/surveys/<id>",
    summary="修改满意度调查",
    responses={200: SurveyOut, **EDIT_ERRORS, 403: ACT_ERRORS[403]},
)
@requires(Permission.SUPERVISION_WRITE)
def change(path: RecordPath, body: SurveyIn) -> Response:
    """须带 If-Match；以所写的全部内容替换，题目不能减少。"""
    with write_session(reason="修改满意度调查") as session:
        found = locked_survey(session, current_actor(), path.id)
        read = queries.survey(session, current_actor(), date.max, path.id)
        seen = seen_version(read, found.version)
        change_survey(session, current_actor(), current_clock(), path.id, body, seen)
    return reply(_latest(path.id))


def _latest(key: UUID) -> SurveyOut:
    return queries.survey(current_session(), current_actor(), date.max, key)
