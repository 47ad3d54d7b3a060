"""A file that came is kept and worked on by a process of its own, which survives the request.

The process inherits the lock of the file's imports, so that there is no moment in which nobody holds
it: what ends the process lets it go.
"""

import os
import subprocess  # nosec B404 # our own program, named by this interpreter
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Thread
from typing import IO
from uuid import UUID

from sqlalchemy.orm import Session

from contracts.imports import runs
from contracts.imports.models import WORKING, ImportRun, RunState
from kernel.access.actor import Actor
from kernel.errors import ConflictError, InputError
from kernel.fields import printable
from kernel.settings import PREFIX, Settings
from kernel.storage.staging import stage
from monitor.imports.folder import KEPT_DAYS, ImportFolder
from monitor.imports.job import Imports, begin

FIELD = "file"
JOB_COMMAND = "import-job"
LEAVING = 5.0
"""Seconds in which a process that has noted its end lets its lock go."""


@dataclass(frozen=True, slots=True)
class Bureau:
    """Takes files in and has them worked on. ``surroundings`` are a process's variables."""

    imports: Imports
    surroundings: Mapping[str, str]

    def take_in(self, actor: Actor, name: str, file: IO[bytes]) -> UUID:
        """Keep the file and begin to look at it; gives the run.

        Raises ``TooLarge``, ``InputError`` for another kind of file or a name that is no text, and
        ``ConflictError`` while the same file is being worked on.
        """
        try:
            printable(name)
        except ValueError as fault:
            raise InputError(FIELD, f"文件名{fault}") from None
        if not name.lower().endswith(".xlsx"):
            raise InputError(FIELD, "请上传 .xlsx 工作簿；其他格式请在 Excel 中另存为 .xlsx")
        staged = stage(file, self.imports.limits.stored_bytes, FIELD)
        if staged.size == 0:
            raise InputError(FIELD, "文件是空的；请重新选择")
        with self.imports.folder.held(staged.sha256) as lock:
            brought = runs.Brought(name, staged.sha256, staged.size)
            run = begin(self.imports, actor, brought, RunState.CHECKING)
            self.imports.folder.keep(run.id, name, staged.file)
            self._start(run.id, lock)
        return run.id

    def confirm(self, session: Session, run: ImportRun, *, sound_only: bool, reason: str) -> None:
        """Begin to import what was looked at; ``session`` is committed before the work begins.

        Raises ``ConflictError`` where the file was cleared away since.
        """
        self._refuse_cleared(run)
        with self.imports.folder.held(run.sha256, LEAVING) as lock:
            end_if_dead(run)
            runs.confirm(run, sound_only=sound_only, reason=reason)
            session.commit()
            self._start(run.id, lock)

    def look_again(self, session: Session, run: ImportRun) -> None:
        """Begin anew to look at a file whose process died; raises as ``confirm`` does."""
        self._refuse_cleared(run)
        with self.imports.folder.held(run.sha256, LEAVING) as lock:
            end_if_dead(run)
            if run.state is not RunState.INTERRUPTED:
                raise ConflictError("只有中断的导入可以重新检查")
            run.state = RunState.CHECKING
            session.commit()
            self._start(run.id, lock)

    def state_of(self, run: ImportRun) -> RunState:
        """The run's state as it truly is: 中断 where it says it works and nobody does."""
        if run.state in WORKING and not self.imports.folder.is_at_work(run.sha256):
            return RunState.INTERRUPTED
        return run.state

    def _refuse_cleared(self, run: ImportRun) -> None:
        if self.imports.folder.file(run.id) is None:
            raise ConflictError(f"文件只保留 {KEPT_DAYS} 天，这一份已不在；请重新上传")

    def _start(self, run_id: UUID, lock: int) -> None:
        # The child is on its own: it outlives this request and this server.
        process = subprocess.Popen(  # nosec B603 # a fixed command and a key, no shell
            [sys.executable, "-m", "monitor", JOB_COMMAND, str(run_id)],
            env={**os.environ, **self.surroundings},
            pass_fds=(lock,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        # Waited for, so that no dead process stays in the system's table.
        Thread(target=process.wait, daemon=True).start()


def end_if_dead(run: ImportRun) -> None:
    """Note that its process died; to be called by who holds the lock of its file."""
    if run.state in WORKING:
        run.state = RunState.INTERRUPTED


def bureau_of(settings: Settings, imports: Imports) -> Bureau:
    """The bureau of a service: its processes use the same database, data and days."""
    address = imports.database.url.render_as_string(hide_password=False)
    surroundings = {
        f"{PREFIX}DATABASE_URL": address,
        f"{PREFIX}DATA_DIR": str(settings.data_dir.absolute()),
        f"{PREFIX}WORKBOOK_MAX_BYTES": str(settings.workbook_max_bytes),
        f"{PREFIX}WORKBOOK_MAX_UNPACKED_BYTES": str(settings.workbook_max_unpacked_bytes),
    }
    if settings.business_date is not None:
        surroundings[f"{PREFIX}BUSINESS_DATE"] = settings.business_date.isoformat()
    return Bureau(imports, surroundings)


def imports_folder(settings: Settings) -> ImportFolder:
    """Where the service keeps the files of imports."""
    return ImportFolder.of(settings.data_dir)
