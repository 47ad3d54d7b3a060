"""The record of an import: begun, previewed, done, failed, interrupted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert, select, text, true, update
from sqlalchemy.orm import Session

from contracts.imports.models import WORKING, ImportRun, LeftOutRow, LeftOutState, RunState
from kernel.access.actor import Actor
from kernel.clock import Clock
from kernel.errors import ConflictError, InputError, NotFoundError
from kernel.keys import new_key


@dataclass(frozen=True, slots=True)
class Brought:
    """A file as it came: its name, its SHA-256, its bytes."""

    name: str
    sha256: str
    size: int


def own(actor: Actor) -> ColumnElement[bool]:
    """A predicate on ``ImportRun``: a person's own imports; the operator sees all."""
    return true() if actor.everything else ImportRun.user_id == actor.user_id


def begin_run(
    session: Session, actor: Actor, clock: Clock, brought: Brought, state: RunState
) -> ImportRun:
    """Note that a file came; other runs of it that say they work are dead, for we hold its lock."""
    end_dead(session, brought.sha256)
    run = ImportRun(
        id=new_key(),
        user_id=actor.user_id,
        file_name=brought.name[-200:],
        sha256=brought.sha256,
        file_bytes=brought.size,
        state=state,
        recorded_at=clock.now(),
        recorded_by=actor.name,
    )
    session.add(run)
    session.flush()
    return run


def end_dead(session: Session, sha256: str) -> None:
    """Note as interrupted what says it works on this file; to be called by who holds its lock."""
    session.execute(
        update(ImportRun)
        .where(ImportRun.sha256 == sha256, ImportRun.state.in_(WORKING))
        .values(state=RunState.INTERRUPTED)
        .execution_options(synchronize_session="fetch")
    )


def find_run(session: Session, actor: Actor, run_id: UUID, *, lock: bool = False) -> ImportRun:
    """A run that the actor may see; raises ``NotFoundError``."""
    statement = select(ImportRun).where(ImportRun.id == run_id, own(actor))
    run = session.scalar(statement.with_for_update() if lock else statement)
    if run is None:
        raise NotFoundError("没有这次导入，或它不是您的导入")
    return run


def confirm(run: ImportRun, *, sound_only: bool, reason: str) -> None:
    """Begin what was previewed or was interrupted; raises ``ConflictError`` in any other state.

    Raises ``InputError`` for a file that corrects money or acceptance without a reason.
    """
    if run.state not in {RunState.PREVIEWED, RunState.INTERRUPTED} or run.report is None:
        raise ConflictError("这次导入不在待确认状态，不能再次导入")
    if run.report.get("corrections") and not reason:
        raise InputError("reason", "文件更正了金额、支付或验收，请写明更正原因")
    if run.errors and not sound_only:
        raise ConflictError("文件有误；请改正后重新上传，或选择只导入无误的行")
    run.state = RunState.IMPORTING
    run.sound_only = sound_only
    run.reason = reason[:1000]


def note_preview(run: ImportRun, now: datetime, report: Mapping[str, Any]) -> None:
    """A run was checked: what an import would do."""
    _note(run, now, report)
    run.state = RunState.PREVIEWED


def note_failure(run: ImportRun, now: datetime, report: Mapping[str, Any]) -> None:
    """An import was refused; nothing was written."""
    _note(run, now, report)
    run.state = RunState.FAILED


def note_done(run: ImportRun, now: datetime, report: Mapping[str, Any]) -> None:
    """An import is written, in this very transaction."""
    _note(run, now, report)
    run.written_at = now
    run.state = RunState.DONE


def _note(run: ImportRun, now: datetime, report: Mapping[str, Any]) -> None:
    run.added = sum(report["added"].values())
    run.changed = sum(report["changed"].values())
    run.unchanged = sum(report["unchanged"].values())
    run.errors = report["error_count"]
    run.finished_at = now
    run.report = dict(report)


def trail_position(session: Session) -> int:
    """The number of the trail's last entry, or of one that another transaction is about to add."""
    if session.get_bind().dialect.name == "postgresql":
        statement = text(
            "SELECT coalesce(pg_sequence_last_value("
            "pg_get_serial_sequence('audit_entry', 'id')::regclass), 0)"
        )
    else:
        statement = text(
            "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'audit_entry'"
        )
    return int(session.scalar(statement) or 0)


def keep_left_out(session: Session, run: ImportRun, rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep rows that were left out: sheet, row, cells, problems of each."""
    listed = [
        {"id": new_key(), "run_id": run.id, "state": LeftOutState.OPEN, "settled_by": "", **row}
        for row in rows
    ]
    run.left_out = len(listed)
    if listed:
        session.execute(insert(LeftOutRow), listed)


def settle(session: Session, actor: Actor, clock: Clock, run_id: UUID, row_id: UUID) -> None:
    """Note that somebody dealt with a row that was left out; raises ``NotFoundError``."""
    find_run(session, actor, run_id)
    done = session.execute(
        update(LeftOutRow)
        .where(
            LeftOutRow.id == row_id,
            LeftOutRow.run_id == run_id,
            LeftOutRow.state == LeftOutState.OPEN,
        )
        .values(state=LeftOutState.SETTLED, settled_at=clock.now(), settled_by=actor.name)
        .returning(LeftOutRow.id)
    ).first()
    if done is None:
        raise NotFoundError("没有这一行，或它已处理")


def open_rows(session: Session, run_id: UUID) -> int:
    """How many rows of a run still wait to be dealt with."""
    statement = (
        select(func.count())
        .select_from(LeftOutRow)
        .where(LeftOutRow.run_id == run_id, LeftOutRow.state == LeftOutState.OPEN)
    )
    return session.scalar(statement) or 0
