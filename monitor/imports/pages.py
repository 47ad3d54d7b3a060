"""台账导入: upload, look at what would happen, import, follow, take back."""

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from contracts.imports import runs
from contracts.imports.models import WORKING, RunState
from contracts.imports.schemas import ImportConfirm
from contracts.imports.undo import undo_import
from contracts.imports.words import STATE_LOOKS, STATE_NAMES
from kernel.access.permissions import Permission
from kernel.errors import MonitorError
from kernel.paging import PagedQuery
from kernel.storage.staging import TooLarge, size_words
from kernel.web.forms import Form, again, tried, typed
from kernel.web.permissions import requires
from kernel.web.session import current_actor, current_clock, write_session
from kernel.web.uploads import sent_file, takes_upload
from monitor.import_names import NAMES
from monitor.imports.annotated import annotate
from monitor.imports.exports import EXPORTS, TEMPLATES, export_to, template_to
from monitor.imports.folder import KEPT_DAYS
from monitor.imports.parts import (
    PAGE_ROWS,
    bureau,
    file_of,
    left_out_rows,
    problems_of,
    shown_run,
    shown_runs,
)

import_pages = Blueprint("import_pages", __name__, template_folder="../templates")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_SHOWN = 200
"""Lines of each list on the page; the annotated copy has them all."""


@import_pages.get("/imports")
@requires(Permission.IMPORTS_WRITE)
def index() -> str:
    """Upload a file, download a template, and one's own imports."""
    return _index(Form({}))


def _index(form: Form) -> str:
    after = request.args.get("after") or None
    query = PagedQuery.model_validate({"limit": PAGE_ROWS, "cursor": after})
    return render_template(
        "monitor/imports.html",
        form=form,
        page=shown_runs(query),
        after=after,
        exports=EXPORTS,
        templates=TEMPLATES,
        most=size_words(bureau().imports.limits.stored_bytes),
        **_words(),
    )


@import_pages.post("/imports")
@requires(Permission.IMPORTS_WRITE)
@takes_upload
def add() -> Response:
    """Take a file in; refused, the page comes back and says why."""
    made: list[UUID] = []

    def act() -> None:
        sent = sent_file()
        made.append(bureau().take_in(current_actor(), sent.filename or "", sent.stream))

    refusal = _tried(act)
    if refusal is not None:
        return again(refusal, _index, url_for("import_pages.index"))
    return redirect(url_for("import_pages.show", run_id=made[0]))


@import_pages.get("/imports/<uuid:run_id>")
@requires(Permission.IMPORTS_WRITE)
def show(run_id: UUID) -> str:
    """What an import would do, is doing or did."""
    return _show(run_id, Form({}))


def _show(run_id: UUID, form: Form) -> str:
    run = shown_run(run_id)
    report: dict[str, Any] = run.report or {}
    return render_template(
        "monitor/import.html",
        form=form,
        run=run,
        report=report,
        is_working=run.state in WORKING,
        kept_days=KEPT_DAYS,
        is_kept=bureau().imports.folder.file(run_id) is not None,
        left_out=left_out_rows(run_id) if run.left_out else [],
        names=NAMES,
        most=MOST_SHOWN,
        whole_file=[each for each in report.get("errors", ()) if each["row"] is None],
        **_words(),
    )


@import_pages.post("/imports/<uuid:run_id>/commit")
@requires(Permission.IMPORTS_WRITE)
def commit(run_id: UUID) -> Response:
    """Import all of it, or by explicit choice the sound rows."""

    def act() -> None:
        given = ImportConfirm(
            sound_only=request.form.get("sound_only") == "yes",
            reason=request.form.get("reason", ""),
        )
        with write_session(reason="确认导入") as session:
            run = runs.find_run(session, current_actor(), run_id, lock=True)
            bureau().confirm(session, run, sound_only=given.sound_only, reason=given.reason)

    return _acted(run_id, act)


@import_pages.post("/imports/<uuid:run_id>/look-again")
@requires(Permission.IMPORTS_WRITE)
def look_again(run_id: UUID) -> Response:
    """Look at a file anew whose check was interrupted."""

    def act() -> None:
        with write_session(reason="重新检查") as session:
            bureau().look_again(session, runs.find_run(session, current_actor(), run_id, lock=True))

    return _acted(run_id, act)


@import_pages.post("/imports/<uuid:run_id>/undo")
@requires(Permission.IMPORTS_WRITE)
def undo(run_id: UUID) -> Response:
    """Take the whole import back."""

    def act() -> None:
        with write_session(reason="撤销导入") as session:
            run = runs.find_run(session, current_actor(), run_id, lock=True)
            undo_import(session, current_actor(), current_clock(), run)
        flash("已撤销：新增的行已移除，变更的行已恢复原值。经过留在审计记录中。")

    return _acted(run_id, act)


@import_pages.post("/imports/<uuid:run_id>/rows/<uuid:row_id>/settle")
@requires(Permission.IMPORTS_WRITE)
def settle(run_id: UUID, row_id: UUID) -> Response:
    """Note that a row that was left out is dealt with."""

    def act() -> None:
        with write_session(reason="处理未导入的行") as session:
            runs.settle(session, current_actor(), current_clock(), run_id, row_id)

    return _acted(run_id, act)


@import_pages.get("/imports/<uuid:run_id>/annotated")
@requires(Permission.IMPORTS_WRITE)
def annotated(run_id: UUID) -> Response:
    """The file with its wrong cells coloured."""
    run = shown_run(run_id)
    source = file_of(run_id)
    with TemporaryDirectory() as folder:
        target = Path(folder) / "annotated.xlsx"
        annotate(source, target, problems_of(run))
        return _download(target, f"{source.stem}（标注错误）.xlsx")


@import_pages.get("/imports/templates/<kind>")
@requires(Permission.IMPORTS_WRITE)
def template(kind: str) -> Response:
    """An empty workbook with headings, drop-downs, notes and an example."""
    with TemporaryDirectory() as folder:
        target = Path(folder) / "template.xlsx"
        title = template_to(kind, target)
        return _download(target, f"{title}（模板）.xlsx")


@import_pages.get("/imports/exports/<kind>")
@requires(Permission.IMPORTS_WRITE)
def export(kind: str) -> Response:
    """What the reader sees of a kind, as a workbook that can be imported again."""
    with TemporaryDirectory() as folder, write_session(reason="导出台账") as session:
        target = Path(folder) / "export.xlsx"
        title = export_to(session, current_actor(), kind, target)
        return _download(target, f"{title}.xlsx")


def _download(path: Path, name: str) -> Response:
    return send_file(
        BytesIO(path.read_bytes()), mimetype=XLSX, as_attachment=True, download_name=name
    )


def _tried(act: Any) -> MonitorError | None:
    try:
        return tried(act)
    except TooLarge as refusal:
        return refusal


def _acted(run_id: UUID, act: Any) -> Response:
    refusal = tried(act)
    if refusal is not None:
        return again(refusal, lambda form: _show(run_id, _said(form, refusal)), "")
    return redirect(url_for("import_pages.show", run_id=run_id))


def _said(form: Form, refusal: MonitorError) -> Form:
    """The refusal as a whole stands above its list."""
    faults = {**form.faults, "": refusal.message} if "reason" not in form.faults else form.faults
    return Form(typed(), faults)


def _words() -> dict[str, Any]:
    return {"STATES": STATE_NAMES, "LOOKS": STATE_LOOKS, "RunState": RunState}
