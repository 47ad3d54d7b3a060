"""Screens of documents: of a contract, one with its versions, and the form that uploads."""

from collections.abc import Callable
from typing import Any, Literal
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from pydantic import BaseModel
from sqlalchemy import select
from werkzeug.wrappers import Response

from contracts.access import visible
from contracts.documents import queries
from contracts.documents.file_types import TAKEN
from contracts.documents.models import DocumentKind
from contracts.documents.pages.content import content_answer
from contracts.documents.pages.parts import added, parts, receive, version_added, withdrawn
from contracts.documents.schemas import DocumentIn, DocumentsWanted, VersionIn, WithdrawIn
from contracts.documents.words import DOCUMENT_KIND_NAMES
from contracts.models import Contract
from contracts.queries import only_row
from kernel.access.permissions import Permission
from kernel.errors import InputError, MonitorError, UnavailableError
from kernel.fields import CursorText
from kernel.storage.staging import TooLarge, size_words
from kernel.web.forms import Form, again, tried, typed
from kernel.web.permissions import requires
from kernel.web.session import as_of, current_actor, current_session, write_session
from kernel.web.uploads import sent_file, takes_upload

ROWS = 50
document_pages = Blueprint("document_pages", __name__, template_folder="../templates")


class _ListQuery(BaseModel):
    kind: DocumentKind | Literal[""] = ""
    after: CursorText = ""

    def asked(self) -> dict[str, str]:
        return {"kind": self.kind} if self.kind else {}


class _NewQuery(BaseModel):
    object_kind: str
    object_id: UUID
    kind: DocumentKind | Literal[""] = ""


@document_pages.get("/contracts/<uuid:contract_id>/documents")
@requires(Permission.CONTRACTS_READ)
def of_contract(contract_id: UUID) -> str:
    """A contract's whole file: the documents of all its records, by kind, newest first."""
    session, actor, day, known = current_session(), current_actor(), as_of(), parts().known
    seen = select(Contract).where(Contract.id == contract_id, visible(actor))
    found: Contract = only_row(session, seen, "份合同")[0]
    query = _ListQuery.model_validate(request.args.to_dict())
    wanted = DocumentsWanted(
        limit=ROWS, cursor=query.after or None, contract=contract_id, kind=query.kind or None
    )
    return render_template(
        "documents/of_contract.html",
        view_day=day,
        contract=found,
        query=query,
        page=queries.documents(session, actor, known, day, wanted),
        counts=queries.counts_by_kind(session, actor, known, contract_id, day),
        may_add=known.may_write(session, actor, "contract", contract_id),
    )


@document_pages.get("/documents/<uuid:document_id>")
@requires(Permission.CONTRACTS_READ)
def show(document_id: UUID) -> str:
    """One document: what it is, its versions, and the forms that add one or withdraw it."""
    return _show(document_id, Form({}))


@document_pages.get("/documents/<uuid:document_id>/content")
@requires(Permission.CONTRACTS_READ)
def content(document_id: UUID) -> Response:
    """The content; an image where it stands, all else as a download."""
    return content_answer(document_id)


@document_pages.get("/documents/new")
@requires(Permission.CONTRACTS_READ)
def new() -> str:
    """The form that uploads a document for one record."""
    query = _NewQuery.model_validate(request.args.to_dict())
    return _form(Form({"kind": query.kind}), query.object_kind, query.object_id)


@document_pages.post("/documents")
@requires(Permission.CONTRACTS_READ)
@takes_upload
def add() -> Response:
    """Upload it; refused, the form comes back with what was typed, but for the file."""
    given = typed()
    place = _NewQuery.model_validate({**given, "kind": ""})

    def act() -> None:
        if not given.get("kind"):
            raise InputError("kind", "请选择文件种类")
        entry = DocumentIn.model_validate(given)
        received = receive(entry.object_kind, entry.object_id, sent_file())
        with write_session(reason="上传附件") as session:
            added(session, entry, received)

    refusal = _tried(act)
    if refusal is not None:
        page: Callable[[Form], str] = lambda form: _form(form, place.object_kind, place.object_id)  # noqa: E731 — a form of this place
        return again(refusal, page, "")
    flash("文件已上传。")
    return redirect(_record_page(place.object_kind, place.object_id))


@document_pages.post("/documents/<uuid:document_id>/versions")
@requires(Permission.CONTRACTS_READ)
@takes_upload
def add_version(document_id: UUID) -> Response:
    """Upload a new version; the one before stays to be read."""
    former = queries.document(current_session(), current_actor(), parts().known, document_id)
    made: list[UUID] = []

    def act() -> None:
        entry = VersionIn.model_validate(typed())
        received = receive(former.object_kind, former.object_id, sent_file())
        with write_session(reason="上传附件新版本") as session:
            made.append(version_added(session, document_id, entry, received))

    refusal = _tried(act)
    if refusal is not None:
        return again(refusal, lambda form: _show(document_id, form), "")
    flash("新版本已上传，旧版本仍可查看。")
    return redirect(url_for("document_pages.show", document_id=made[0]))


@document_pages.post("/documents/<uuid:document_id>/withdraw")
@requires(Permission.CONTRACTS_READ)
def withdraw(document_id: UUID) -> Response:
    """Withdraw it, with a reason."""

    def act() -> None:
        body = WithdrawIn.model_validate(typed())
        with write_session(reason=body.reason) as session:
            withdrawn(session, document_id, body.reason)

    refusal = _tried(act)
    if refusal is not None:
        return again(refusal, lambda form: _show(document_id, form), "")
    flash("文件已撤回；内容仍保留可查。")
    return redirect(url_for("document_pages.show", document_id=document_id))


@document_pages.app_template_global("documents_on")
def documents_on(kind: str, record_id: UUID) -> dict[str, Any]:
    """What a record's page shows of its documents, and whether the reader may add one."""
    session, actor, known = current_session(), current_actor(), parts().known
    found = queries.documents_of(session, actor, known, kind, [record_id], as_of())
    return {
        "documents": found[record_id],
        "may_add": known.may_write(session, actor, kind, record_id),
        "kind": kind,
        "record_id": record_id,
    }


@document_pages.app_context_processor
def _words() -> dict[str, Any]:
    return {
        "DOCUMENT_KINDS": DOCUMENT_KIND_NAMES,
        "size_words": size_words,
        "attached_to": _title,
    }


def _title(kind: str) -> str:
    return parts().known.title(kind)


def _tried(act: Callable[[], object]) -> MonitorError | None:
    try:
        return tried(act)
    except (TooLarge, UnavailableError) as refusal:
        return refusal


def _form(form: Form, kind: str, record_id: UUID) -> str:
    known = parts().known
    place = known.writable_place(current_session(), current_actor(), kind, record_id)
    return render_template(
        "documents/new.html",
        form=form,
        place=place,
        title=known.title(kind),
        contract=_contract(place.owner_id if place.owner == "contract_id" else None),
        back=_record_page(kind, record_id),
        kinds=[("", "请选择"), *((each.value, word) for each, word in DOCUMENT_KIND_NAMES.items())],
        taken=TAKEN,
        most=size_words(parts().most),
    )


def _show(key: UUID, form: Form) -> str:
    session, actor, day, known = current_session(), current_actor(), as_of(), parts().known
    found = queries.described(session, actor, known, key, day)
    return render_template(
        "documents/show.html",
        view_day=day,
        document=found,
        versions=queries.versions_of(session, found.series_id, day),
        title=known.title(found.object_kind),
        contract=_contract(found.contract_id),
        record_page=_record_page(found.object_kind, found.object_id),
        may_write=known.may_write(session, actor, found.object_kind, found.object_id),
        form=form,
        taken=TAKEN,
        most=size_words(parts().most),
    )


def _contract(key: UUID | None) -> Contract | None:
    """The contract, where the reader sees it."""
    seen = select(Contract).where(Contract.id == key, visible(current_actor()))
    return current_session().scalars(seen).first() if key is not None else None


def _record_page(kind: str, record_id: UUID) -> str:
    """The page of the record, else of the documents of its contract, else the first page."""
    known = parts().known
    page = known.page(kind)
    if page is not None and page[0] in current_app.view_functions:
        named: dict[str, Any] = {page[1]: record_id}
        return url_for(page[0], **named)
    contract_id = known.contract_of(current_session(), current_actor(), kind, record_id)
    if contract_id is None:
        return url_for("overview_pages.show")
    return url_for("document_pages.of_contract", contract_id=contract_id)
