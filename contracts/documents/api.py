"""API of documents: upload, list, content, versions, withdrawal."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.file import FileStorage
from flask_openapi.models.tag import Tag
from pydantic import Field

from contracts.documents import queries
from contracts.documents.pages.content import content_answer
from contracts.documents.pages.parts import added, parts, receive, version_added, withdrawn
from contracts.documents.schemas import (
    DocumentIn,
    DocumentOut,
    DocumentsWanted,
    VersionIn,
    WithdrawIn,
)
from kernel.access.permissions import Permission
from kernel.paging import Page, RecordQuery
from kernel.web.described import (
    ACT_ERRORS,
    ADD_ERRORS,
    LIST_ERRORS,
    RECORD_ERRORS,
    UPLOAD_ERRORS,
    RecordPath,
)
from kernel.web.idempotency import created_once
from kernel.web.permissions import requires
from kernel.web.replies import reply
from kernel.web.session import as_of, current_actor, current_session, write_session
from kernel.web.uploads import sent_file, takes_upload

PREFIX = "/api/v1"
api = APIBlueprint(
    "documents_api",
    __name__,
    url_prefix=PREFIX,
    abp_tags=[Tag(name="documents", description="附件：上传、版本、下载、撤回")],
    abp_responses=LIST_ERRORS,
)
_CONTENT: dict[str | int, Any] = {
    200: {
        "description": "文件内容；图片可直接显示，其余以下载方式给出",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class DocumentForm(DocumentIn):
    """A document with its file."""

    file: FileStorage = Field(description="文件")


class VersionForm(VersionIn):
    """A version with its file."""

    file: FileStorage = Field(description="文件")


class _DocumentSent(DocumentIn):
    """What a repeated request must repeat."""

    sha256: str
    file_name: str


class _VersionSent(VersionIn):
    sha256: str
    file_name: str


@api.get("/documents", summary="附件列表", responses={200: Page[DocumentOut]})
@requires(Permission.CONTRACTS_READ)
def documents(query: DocumentsWanted) -> Response:
    """一条记录的，或一份合同全部记录的附件，后录入的在前；看不到的记录的附件不在其中。"""
    return reply(
        queries.documents(current_session(), current_actor(), parts().known, as_of(), query)
    )


@api.get("/documents/<id>", summary="附件", responses={200: DocumentOut, **RECORD_ERRORS})
@requires(Permission.CONTRACTS_READ)
def document(path: RecordPath, query: RecordQuery) -> Response:
    """附件的一个版本。"""
    _ = query
    return reply(_shown(path.id))


@api.get("/documents/<id>/content", summary="附件内容", responses={**_CONTENT, **RECORD_ERRORS})
@requires(Permission.CONTRACTS_READ)
def content(path: RecordPath) -> Response:
    """ETag 即内容的 SHA-256。每次下载记入审计记录。"""
    return content_answer(path.id)


@api.post(
    "/documents",
    summary="上传附件",
    responses={201: DocumentOut, **ADD_ERRORS, **UPLOAD_ERRORS},
)
@requires(Permission.CONTRACTS_READ)
@takes_upload
def add(form: DocumentForm) -> Response:
    """multipart/form-data；可带 Idempotency-Key。须有登记该记录的权限；格式按内容识别。"""
    entry = DocumentIn.model_validate(form.model_dump(exclude={"file"}, exclude_unset=True))
    received = receive(entry.object_kind, entry.object_id, sent_file())
    sent = _DocumentSent(
        **entry.model_dump(exclude_unset=True),
        sha256=received.staged.sha256,
        file_name=received.file_name,
    )
    return created_once(sent, lambda session: added(session, entry, received), _shown, "上传附件")


@api.post(
    "/documents/<id>/versions",
    summary="上传新版本",
    responses={201: DocumentOut, **ADD_ERRORS, **UPLOAD_ERRORS},
)
@requires(Permission.CONTRACTS_READ)
@takes_upload
def add_version(path: RecordPath, form: VersionForm) -> Response:
    """旧版本保留可查。与现有版本内容相同则 409。"""
    entry = VersionIn.model_validate(form.model_dump(exclude={"file"}, exclude_unset=True))
    former = queries.document(current_session(), current_actor(), parts().known, path.id)
    received = receive(former.object_kind, former.object_id, sent_file())
    sent = _VersionSent(
        **entry.model_dump(exclude_unset=True),
        sha256=received.staged.sha256,
        file_name=received.file_name,
    )
    return created_once(
        sent,
        lambda session: version_added(session, path.id, entry, received),
        _shown,
        "上传附件新版本",
        at=f"{PREFIX}/documents",
    )


@api.post(
    "/documents/<id>/withdraw",
    summary="撤回附件",
    responses={200: DocumentOut, **RECORD_ERRORS, **ACT_ERRORS},
)
@requires(Permission.CONTRACTS_READ)
def withdraw(path: RecordPath, body: WithdrawIn) -> Response:
    """须写明原因；文件仍保留可查。旧版本不能撤回。"""
    with write_session(reason=body.reason) as session:
        withdrawn(session, path.id, body.reason)
    return reply(_shown(path.id))


def _shown(key: UUID) -> DocumentOut:
    return queries.described(current_session(), current_actor(), parts().known, key, as_of())
