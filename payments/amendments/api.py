"""API of 补充合同: what it would change, the act itself, and the list."""

from uuid import UUID

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field

from contracts.amendments import queries
from contracts.amendments.schemas import AmendmentOut, AmendmentsOut
from kernel.access.permissions import Permission
from kernel.paging import RecordQuery
from kernel.web.described import ADD_ERRORS, LIST_ERRORS, RECORD_ERRORS, RecordPath
from kernel.web.idempotency import created_once
from kernel.web.permissions import requires
from kernel.web.replies import reply
from kernel.web.session import as_of, current_actor, current_clock, current_session, web_parts
from payments.amendments.amending import Amendment, AmendmentPreview, amend, preview

api = APIBlueprint(
    "amendments_api",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="amendments", description="补充合同")],
    abp_responses=LIST_ERRORS,
)


class AmendmentPath(BaseModel):
    """Which amendment of which contract."""

    id: UUID = Field(description="合同 id")
    amendment_id: UUID = Field(description="补充合同 id")


class AmendmentQuery(BaseModel):
    """Whether to try it only."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dry_run: bool = Field(False, description="为 true 时只给出会有什么变化，不写入")


@api.get(
    "/contracts/<id>/amendments",
    summary="补充合同列表",
    responses={200: AmendmentsOut, **RECORD_ERRORS},
)
@requires(Permission.CONTRACTS_READ)
def amendments(path: RecordPath, query: RecordQuery) -> Response:
    """截至所问日期签订的补充合同，累计增加的金额与政府采购法第四十九条的上限。"""
    _ = query
    return reply(queries.amendments(current_session(), current_actor(), path.id, as_of()))


@api.get(
    "/contracts/<id>/amendments/<amendment_id>",
    summary="补充合同",
    responses={200: AmendmentOut, **RECORD_ERRORS},
)
@requires(Permission.CONTRACTS_READ)
def amendment(path: AmendmentPath) -> Response:
    """金额、期限与其他内容的变更。"""
    found = queries.amendment(current_session(), current_actor(), path.id, path.amendment_id)
    return reply(found)


@api.post(
    "/contracts/<id>/amendments",
    summary="登记补充合同",
    responses={
        200: AmendmentPreview,
        201: AmendmentOut,
        **RECORD_ERRORS,
        409: ADD_ERRORS[409],
    },
)
@requires(Permission.CONTRACTS_WRITE)
def add(path: RecordPath, query: AmendmentQuery, body: Amendment) -> Response:
    """累计增加超过原合同金额 10 % 的不予登记。`dry_run=true` 先看每个付款节点的变化。"""
    actor, clock = current_actor(), current_clock()
    if query.dry_run:
        with web_parts().database.rehearsing(actor) as session:
            told = preview(session, actor, clock, path.id, body)
        return reply(told)
    return created_once(
        body,
        lambda session: amend(session, actor, clock, path.id, body).id,
        lambda key: queries.amendment(current_session(), actor, path.id, key),
        reason=body.why or "登记补充合同",
    )
