"""What the routes of imports stand on, and how a run is shown."""

from pathlib import Path
from typing import Any, Final
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy import select

from contracts.imports import runs
from contracts.imports.models import ImportRun, LeftOutRow, LeftOutState, RunState
from contracts.imports.schemas import ImportOut, LeftOutOut
from kernel.errors import NotFoundError
from kernel.paging import Page, PagedQuery, fetch_page
from kernel.web.session import current_actor, current_session
from kernel.workbook_problems import Problem
from monitor.imports.starting import Bureau

_EXTENSION: Final = "monitor_imports"
PAGE_ROWS: Final = 25


def install_imports(app: Flask, bureau: Bureau) -> None:
    """Give the application what takes files in."""
    app.extensions[_EXTENSION] = bureau


def bureau() -> Bureau:
    """What takes files in, of the application that serves the request."""
    found: Bureau = current_app.extensions[_EXTENSION]
    return found


def shown_runs(wanted: PagedQuery) -> Page[ImportOut]:
    """The reader's own imports, the last one first; one statement."""
    statement = select(ImportRun).where(runs.own(current_actor()))
    return fetch_page(
        current_session(),
        statement,
        [ImportRun.id],
        wanted,
        lambda row: _out(row[0]),
        newest_first=True,
    )


def shown_run(run_id: UUID) -> ImportOut:
    """One import with its report; raises ``NotFoundError``."""
    return _out(runs.find_run(current_session(), current_actor(), run_id), whole=True)


def left_out_rows(run_id: UUID, most: int = 200) -> list[LeftOutOut]:
    """Rows of a run that wait to be dealt with, in the file's order."""
    statement = (
        select(LeftOutRow)
        .where(LeftOutRow.run_id == run_id, LeftOutRow.state == LeftOutState.OPEN)
        .order_by(LeftOutRow.id)
        .limit(most)
    )
    return [LeftOutOut.model_validate(row) for row in current_session().scalars(statement)]


def file_of(run_id: UUID) -> Path:
    """The kept file of a run that the reader may see; raises ``NotFoundError``."""
    runs.find_run(current_session(), current_actor(), run_id)
    path = bureau().imports.folder.file(run_id)
    if path is None:
        raise NotFoundError("这次导入的文件已不在")
    return path


def problems_of(run: ImportOut) -> list[Problem]:
    """What is wrong with the file of a run, as far as it is listed."""
    report: dict[str, Any] = run.report or {}
    return [Problem(**each) for each in (*report.get("errors", ()), *report.get("left_out", ()))]


def _out(run: ImportRun, *, whole: bool = False) -> ImportOut:
    state = bureau().state_of(run)
    line = ""
    if state in {RunState.CHECKING, RunState.IMPORTING}:
        line = str(bureau().imports.folder.progress(run.id).get("line", ""))
    return ImportOut(
        id=run.id,
        file_name=run.file_name,
        sha256=run.sha256,
        file_bytes=run.file_bytes,
        state=state,
        progress=line,
        sound_only=run.sound_only,
        reason=run.reason,
        added=run.added,
        changed=run.changed,
        unchanged=run.unchanged,
        errors=run.errors,
        left_out=run.left_out,
        recorded_at=run.recorded_at,
        recorded_by=run.recorded_by,
        finished_at=run.finished_at,
        undone_at=run.undone_at,
        undone_by=run.undone_by,
        report=run.report if whole else None,
    )
