"""API of a contract's file as a whole; its records have routes of their own."""

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from contracts.checks.file_queries import file_of
from contracts.checks.schemas import FileOut, PartOut
from kernel.access.permissions import Permission
from kernel.paging import RecordQuery
from kernel.web.described import LIST_ERRORS, RECORD_ERRORS, RecordPath
from kernel.web.permissions import requires
from kernel.web.replies import reply
from kernel.web.session import as_of, current_actor, current_session

api = APIBlueprint(
    "contract_file_api",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="file", description="合同档案")],
    abp_responses=LIST_ERRORS,
)


@api.get(
    "/contracts/<id>/file",
    summary="合同档案",
    responses={200: FileOut, **RECORD_ERRORS},
)
@requires(Permission.SERVICE_READ)
def show(path: RecordPath, query: RecordQuery) -> Response:
    """档案各部分在所问日期有没有：方案、公开、条款清单、督促检查、核查、验收、服务报告等。"""
    _ = query
    parts = file_of(current_session(), current_actor(), path.id, as_of())
    return reply(FileOut(items=[PartOut.of(part) for part in parts]))
