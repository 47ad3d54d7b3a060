"""API of imports: bring a file, read how far it is, commit, undo."""

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.file import FileStorage
from flask_openapi.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field

from contracts.imports import runs
from contracts.imports.schemas import ImportConfirm, ImportOut
from contracts.imports.undo import undo_import
from kernel.access.permissions import Permission
from kernel.paging import Page, PagedQuery, RecordQuery
from kernel.web.described import ACT_ERRORS, LIST_ERRORS, RECORD_ERRORS, UPLOAD_ERRORS, RecordPath
from kernel.web.permissions import requires
from kernel.web.replies import created, reply
from kernel.web.session import current_actor, current_clock, write_session
from kernel.web.uploads import sent_file, takes_upload
from monitor.imports.parts import bureau, shown_run, shown_runs

PREFIX = "/api/v1"
api = APIBlueprint(
    "imports_api",
    __name__,
    url_prefix=PREFIX,
    abp_tags=[Tag(name="imports", description="导入：上传工作簿、预览、确认、撤销")],
    abp_responses=LIST_ERRORS,
)


class UploadForm(BaseModel):
    """A workbook."""

    model_config = ConfigDict(extra="forbid")

    file: FileStorage = Field(description="工作簿（.xlsx）")


@api.get("/imports", summary="导入列表", responses={200: Page[ImportOut]})
@requires(Permission.IMPORTS_WRITE)
def imports(query: PagedQuery) -> Response:
    """自己的导入，后上传的在前；列表不含报告。"""
    return reply(shown_runs(query))


@api.get("/imports/<id>", summary="导入", responses={200: ImportOut, **RECORD_ERRORS})
@requires(Permission.IMPORTS_WRITE)
def one(path: RecordPath, query: RecordQuery) -> Response:
    """状态、进度与报告：会新增、变更什么，每处错误在哪个单元格。"""
    _ = query
    return reply(shown_run(path.id))


@api.post(
    "/imports",
    summary="上传工作簿",
    responses={201: ImportOut, **RECORD_ERRORS, **ACT_ERRORS, **UPLOAD_ERRORS},
)
@requires(Permission.IMPORTS_WRITE)
@takes_upload
def add(form: UploadForm) -> Response:
    """multipart/form-data。先检查、不写入；状态为 previewed 后再确认。同一文件正在处理则 409。"""
    _ = form
    file = sent_file()
    run_id = bureau().take_in(current_actor(), file.filename or "", file.stream)
    return created(shown_run(run_id), f"{PREFIX}/imports/{run_id}")


@api.post(
    "/imports/<id>/commit",
    summary="确认导入",
    responses={200: ImportOut, **RECORD_ERRORS, **ACT_ERRORS},
)
@requires(Permission.IMPORTS_WRITE)
def commit(path: RecordPath, body: ImportConfirm) -> Response:
    """开始写入，随即返回；用 GET 查看进度。`sound_only` 只导入无误的行，其余留作待处理清单。"""
    with write_session(reason="确认导入") as session:
        run = runs.find_run(session, current_actor(), path.id, lock=True)
        bureau().confirm(session, run, sound_only=body.sound_only, reason=body.reason)
    return reply(shown_run(path.id))


@api.post(
    "/imports/<id>/undo",
    summary="撤销导入",
    responses={200: ImportOut, **RECORD_ERRORS, **ACT_ERRORS},
)
@requires(Permission.IMPORTS_WRITE)
def undo(path: RecordPath) -> Response:
    """新增的行移除，变更的行恢复原值。之后被修改、或有其他记录依据时 409，`errors` 逐条列出。"""
    with write_session(reason="撤销导入") as session:
        run = runs.find_run(session, current_actor(), path.id, lock=True)
        undo_import(session, current_actor(), current_clock(), run)
    return reply(shown_run(path.id))
