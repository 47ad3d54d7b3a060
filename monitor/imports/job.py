"""One import from the file to the report: looked at first, then done, its record kept on the way."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from contracts.imports import runs
from contracts.imports.models import ImportRun, RunState
from kernel.access.actor import Actor
from kernel.clock import Clock
from kernel.database import Database
from kernel.errors import NotFoundError
from kernel.workbook_guard import WorkbookLimits
from kernel.workbook_problems import shown
from kernel.workbook_reader import Workbook
from monitor.import_results import ImportResult, corrections
from monitor.import_sheets import Book
from monitor.importing import Progress, Wish, bring_in
from monitor.imports.folder import ImportFolder

MOST_ERRORS = 5_000
"""Errors that a run lists, for the copy of the file and for the rows left out."""
TELL_EVERY = 0.3
"""Seconds between two notes of how far it is."""


@dataclass(frozen=True, slots=True)
class Imports:
    """What imports stand on: database, clock, folder, the bounds of a workbook."""

    database: Database
    clock: Clock
    folder: ImportFolder
    limits: WorkbookLimits


def work_on(imports: Imports, actor: Actor, run_id: UUID) -> None:
    """Do what the run's state says is to be done; nothing in a state in which it only waits.

    To be called by who holds the lock of the run's file.
    """
    with imports.database.reading(actor) as session:
        run = runs.find_run(session, actor, run_id)
        state, sound_only, reason = run.state, run.sound_only, run.reason
    path = imports.folder.file(run_id)
    if path is None:
        raise NotFoundError("这次导入的文件已不在；请重新上传")
    if state is RunState.CHECKING:
        wish = Wish(dry_run=True, most=MOST_ERRORS)
    elif state is RunState.IMPORTING:
        wish = Wish(reason=reason, sound_only=sound_only, most=MOST_ERRORS)
    else:
        return
    import_file(imports, actor, run_id, path, wish)


def import_file(
    imports: Imports,
    actor: Actor,
    run_id: UUID,
    path: Path,
    wish: Wish,
    *,
    progress: Progress = lambda _line: None,
) -> ImportResult:
    """Import a file for a run and note how it ended, a refusal and a fault too."""
    told = _Told(imports.folder, run_id, progress)
    record = _Record(run_id, imports.clock, actor)
    whole = Wish(
        dry_run=wish.dry_run,
        reason=wish.reason,
        sound_only=wish.sound_only,
        most=wish.most,
        request_id=f"import:{run_id}",
        begins=record.begin,
        in_the_end=record.end,
    )
    try:
        result = bring_in(
            imports.database, path, actor, imports.clock, imports.limits, whole, progress=told
        )
    except BaseException:
        _note(imports, actor, run_id, runs.note_failure, _fault())
        raise
    if wish.dry_run:
        report = {**result.as_json(), "corrections": len(corrections(result.changes))}
        _note(imports, actor, run_id, runs.note_preview, report)
    elif result.errors:
        _note(imports, actor, run_id, runs.note_failure, result.as_json())
    return result


class _Record:
    """Keeps the run's record in the import's own transaction."""

    def __init__(self, run_id: UUID, clock: Clock, actor: Actor) -> None:
        self._run_id = run_id
        self._clock = clock
        self._actor = actor
        self._trail_from = 0

    def begin(self, session: Session) -> None:
        self._trail_from = runs.trail_position(session)

    def end(self, session: Session, result: ImportResult, workbook: Workbook, book: Book) -> None:
        session.flush()
        run = runs.find_run(session, self._actor, self._run_id, lock=True)
        runs.note_done(run, result.written_at or self._clock.now(), result.as_json())
        run.trail_from, run.trail_to = self._trail_from, runs.trail_position(session)
        runs.keep_left_out(session, run, _left_out(result, workbook, book))


class _Told:
    """Notes progress beside the file, now and then, and hands it on."""

    def __init__(self, folder: ImportFolder, run_id: UUID, further: Progress) -> None:
        self._tell = partial(folder.tell, run_id)
        self._further = further
        self._last = 0.0

    def __call__(self, line: str) -> None:
        self._further(line)
        if monotonic() - self._last > TELL_EVERY:
            self._last = monotonic()
            self._tell(line=line)


def _note(imports: Imports, actor: Actor, run_id: UUID, note: Any, report: dict[str, Any]) -> None:
    with imports.database.writing(actor) as session:
        run = runs.find_run(session, actor, run_id, lock=True)
        if run.state in {RunState.CHECKING, RunState.IMPORTING}:
            note(run, imports.clock.now(), report)


def _fault() -> dict[str, Any]:
    problem = {
        "sheet": "",
        "row": None,
        "column": None,
        "value": "",
        "message": "服务出错，没有写入任何数据；请重试，仍不行时告知管理员",
    }
    return {**ImportResult().as_json(), "errors": [problem], "error_count": 1}


def _left_out(result: ImportResult, workbook: Workbook, book: Book) -> Iterator[dict[str, Any]]:
    """The rows that were left out: their cells by heading and what is wrong with each."""
    for sheet in book.sheets:
        wrong: dict[int, list[dict[str, Any]]] = {}
        for problem in result.left_out:
            if problem.sheet == sheet.name and problem.row is not None:
                wrong.setdefault(problem.row, []).append(problem.as_json())
        if not wrong:
            continue
        for number, line in enumerate(workbook.lines(sheet.name), start=1):
            if number in wrong:
                cells = {
                    heading.text: shown(line[heading.at], 1_000)
                    for heading in sheet.headings.values()
                }
                yield {
                    "sheet": sheet.name,
                    "row": number,
                    "cells": cells,
                    "problems": wrong[number],
                }


def begin(imports: Imports, actor: Actor, brought: runs.Brought, state: RunState) -> ImportRun:
    """Note a file that came; to be called by who holds its lock."""
    with imports.database.writing(actor) as session:
        return runs.begin_run(session, actor, imports.clock, brought, state)
