"""API of the search."""

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from contracts.search.queries import search
from contracts.search.schemas import HitOut, SearchWanted
from kernel.access.permissions import Permission
from kernel.paging import Page
from kernel.web.described import LIST_ERRORS
from kernel.web.permissions import requires
from kernel.web.replies import reply
from kernel.web.session import as_of, current_actor, current_session

api = APIBlueprint(
    "search_api",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="search", description="查找合同、承接主体、企业、隐患")],
    abp_responses=LIST_ERRORS,
)


@api.get("/search", summary="查找", responses={200: Page[HitOut]})
@requires(Permission.CONTRACTS_READ)
def find(query: SearchWanted) -> Response:
    """名称、编号、代码、描述等文字中含有全部所问文字的记录，最近录入的在前；只找得到有权查看的。"""
    return reply(search(current_session(), current_actor(), as_of(), query))
