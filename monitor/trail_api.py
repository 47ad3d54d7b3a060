"""The trail over the API: a page of it, its head, and all of it as a file. Nothing deletes."""

from collections.abc import Callable, Iterable, Iterator

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag
from pydantic import BaseModel, Field

from kernel.access.permissions import Permission
from kernel.errors import NotFoundError
from kernel.paging import Page
from kernel.trail.queries import EntryOut, Filter, entries, entry_page
from kernel.trail.sealing import head
from kernel.web.described import LIST_ERRORS, RECORD_ERRORS
from kernel.web.permissions import requires
from kernel.web.replies import reply
from kernel.web.session import current_actor, current_session, web_parts
from monitor.trail_export import csv_lines, json_lines
from monitor.trail_form import EntriesWanted, ExportWanted, note_reading
from monitor.trail_sight import sight_of

trail_api = APIBlueprint(
    "trail_api",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="audit", description="审计记录：只增不改，查阅本身也有记录")],
    abp_responses=LIST_ERRORS,
)

_FILES: dict[str, tuple[str, Callable[[Iterable[EntryOut]], Iterator[str]]]] = {
    "csv": ("text/csv", csv_lines),
    "jsonl": ("application/x-ndjson", json_lines),
}


class HeadOut(BaseModel):
    """链头：最后一个封印。另处保存，校验时可发现末尾被截去。"""

    position: int = Field(description="封印的序号，自 1 起连续")
    entry_id: int = Field(description="所封记录的编号")
    hash: str = Field(description="封印的 SHA-256")
    sealed_at: str = Field(description="封印时刻（UTC）")


_FILE = {
    "description": "每行一条记录",
    "content": {"application/x-ndjson": {}, "text/csv": {}},
}


@trail_api.get("/audit", summary="审计记录", responses={200: Page[EntryOut]})
@requires(Permission.TRAIL_READ)
def entry_list(query: EntriesWanted) -> Response:
    """新的在前；看得到哪些、内容是否显示，取决于角色。每次查阅记入审计记录。"""
    actor = current_actor()
    wanted = query.entries(actor)
    note_reading("read", query.chosen())
    return reply(entry_page(current_session(), sight_of(actor), wanted, query))


@trail_api.get("/audit/head", summary="链头", responses={200: HeadOut, **RECORD_ERRORS})
@requires(Permission.TRAIL_READ)
def newest_seal() -> Response:
    """最后一个封印；还没有封印时为 404。"""
    newest = head(current_session())
    if newest is None:
        raise NotFoundError("还没有封印")
    return reply(HeadOut.model_validate(newest, from_attributes=True))


@trail_api.get("/audit/export", summary="导出审计记录", responses={200: _FILE})
@requires(Permission.TRAIL_EXPORT)
def export(query: ExportWanted) -> Response:
    """按写入次序输出筛选出的全部记录；导出本身记入审计记录。"""
    return export_file(query)


def export_file(query: ExportWanted) -> Response:
    """The chosen entries as a file that is written while it is read; noted before it begins."""
    wanted = query.entries(current_actor())
    note_reading("export", query.chosen() | {"format": query.format})
    media_type, write = _FILES[query.format]
    found = _read(wanted)
    return Response(
        write(found),
        content_type=f"{media_type}; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="audit.{query.format}"',
            "Cache-Control": "no-store",
        },
    )


def _read(wanted: Filter) -> Iterator[EntryOut]:
    # A session of its own: the request's is closed before the answer's body is read.
    database, actor = web_parts().database, current_actor()

    def read() -> Iterator[EntryOut]:
        with database.reading(actor) as session:
            yield from entries(session, sight_of(actor, Permission.TRAIL_EXPORT), wanted)

    return read()
