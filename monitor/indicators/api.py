"""Read API of scores: an evaluation's points as of a day, each with the records behind it."""

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag
from pydantic import BaseModel, Field

from kernel.access.permissions import Permission
from kernel.errors import InputError
from kernel.fields import SearchWords
from kernel.paging import Page, PagedQuery, RecordQuery
from kernel.web.described import LIST_ERRORS, RECORD_ERRORS
from kernel.web.permissions import requires
from kernel.web.replies import reply
from kernel.web.session import current_actor, current_session
from monitor.indicators.evaluations import evaluations
from monitor.indicators.models import Evaluation, EvaluationScore
from monitor.indicators.scoring import score, scoreable

api = APIBlueprint(
    "scores_api",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="scores", description="绩效评价")],
    abp_responses=LIST_ERRORS,
)


class EvaluationPath(BaseModel):
    """Which evaluation."""

    code: SearchWords = Field(description="评价的代码，如 hami-2023")


class ScoreQuery(RecordQuery):
    """Which part of a score."""

    only: SearchWords | None = Field(None, description="只评一个指标，例如 B204")


@api.get("/scores", summary="评价列表", responses={200: Page[Evaluation]})
@requires(Permission.SCORES_READ)
def scores(query: PagedQuery) -> Response:
    """您能看到整个预算项目的评价及其指标，按代码排列。"""
    seen = scoreable(current_session(), current_actor(), evaluations())
    known = sorted(seen, key=lambda evaluation: evaluation.code)
    codes = [evaluation.code for evaluation in known]
    if query.cursor is not None and query.cursor not in codes:
        raise InputError("cursor", "不是本列表给出的游标")
    first = 0 if query.cursor is None else codes.index(query.cursor) + 1
    items = known[first : first + query.limit]
    following = items[-1].code if first + len(items) < len(known) else None
    return reply(Page(items=items, next=following))


@api.get("/scores/<code>", summary="得分", responses={200: EvaluationScore, **RECORD_ERRORS})
@requires(Permission.SCORES_READ)
def evaluation_score(path: EvaluationPath, query: ScoreQuery) -> Response:
    """按所问日期（缺省为评价的截止日）的台账打分，每一分列出佐证；缺数据的暂不计分，为 null。

    只对能看到整个预算项目的人打分，其他人得 404；没有权限查看的佐证不列出。
    """
    found = score(current_session(), current_actor(), path.code, query.as_of, query.only)
    return reply(found)
