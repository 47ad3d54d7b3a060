"""导入: one run a file, with its report; 待处理清单: the rows that a run left out."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import JsonValue, Recorded, UtcInstant, words
from kernel.database import Base
from kernel.keys import new_key


class RunState(StrEnum):
    """检查中 / 待确认 / 导入中 / 已导入 / 有误 / 中断 / 已撤销."""

    CHECKING = "checking"
    PREVIEWED = "previewed"
    IMPORTING = "importing"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    UNDONE = "undone"


WORKING = (RunState.CHECKING, RunState.IMPORTING)
"""States in which a process is at work, or was when it died."""


class LeftOutState(StrEnum):
    """待处理 / 已处理."""

    OPEN = "open"
    SETTLED = "settled"


class ImportRun(Recorded, Base):
    """导入记录: one file, who brought it, how far it is, what it did.

    ``trail_from`` and ``trail_to`` bound the trail's entries of the import, whose request is
    ``import:<id>``: they say what an undo takes back. ``written_at`` is the instant that all rows
    of the import carry. ``report`` is the result as ``monitor.importing.ImportResult.as_json`` gives
    it. ``user_id`` NULL: the operator at the machine.
    """

    __tablename__ = "import_run"
    __table_args__ = (
        CheckConstraint("length(sha256) = 64", name="sha256"),
        CheckConstraint("rows_done >= 0 AND rows_total >= 0", name="rows"),
        CheckConstraint("trail_from <= trail_to", name="trail"),
        Index("ix_import_run_user", "user_id", "id"),
        Index("ix_import_run_file", "sha256", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    file_bytes: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[RunState] = mapped_column(words(RunState, "state"))
    sound_only: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(1000), default="")
    rows_done: Mapped[int] = mapped_column(default=0)
    rows_total: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    errors: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[int] = mapped_column(default=0)
    report: Mapped[dict[str, Any] | None] = mapped_column(JsonValue)
    written_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    finished_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    trail_from: Mapped[int | None] = mapped_column(BigInteger)
    trail_to: Mapped[int | None] = mapped_column(BigInteger)
    undone_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    undone_by: Mapped[str] = mapped_column(String(120), default="")

    @property
    def request_id(self) -> str:
        """The request that the trail names at every row of this import."""
        return f"import:{self.id}"


class LeftOutRow(Base):
    """待处理的行: a row that an import left out by choice: its cells by heading, what is wrong."""

    __tablename__ = "import_worklist"
    __table_args__ = (Index("ix_import_worklist_run", "run_id", "state", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("import_run.id"))
    sheet: Mapped[str] = mapped_column(String(60))
    row: Mapped[int]
    cells: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    problems: Mapped[list[Any]] = mapped_column(JsonValue)
    state: Mapped[LeftOutState] = mapped_column(
        words(LeftOutState, "state"), default=LeftOutState.OPEN
    )
    settled_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    settled_by: Mapped[str] = mapped_column(String(120), default="")
