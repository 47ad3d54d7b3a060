"""Imports with their record, as the command and the pages make them, for tests."""

from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from contracts.imports.models import ImportRun, RunState
from contracts.imports.runs import Brought, find_run
from contracts.imports.undo import undo_import
from kernel.access.actor import LOCAL_OPERATOR, Actor
from kernel.clock import Clock
from kernel.database import Database
from kernel.workbook_guard import WorkbookLimits
from monitor.importing import Wish
from monitor.imports.folder import ImportFolder
from monitor.imports.job import Imports, begin, import_file
from tests.workbooks import FIRST, LATER, Dump, dump

LOGS = {
    "audit_entry", "audit_seal", "import_run", "import_worklist", "finding", "trail_context",
}  # fmt: skip
"""Tables in which an undone import leaves its story."""


def imports_on(database: Database, folder: Path, clock: Clock = FIRST) -> Imports:
    return Imports(database, clock, ImportFolder.of(folder), WorkbookLimits())


def run_import(
    database: Database,
    path: Path,
    clock: Clock = FIRST,
    *,
    sound_only: bool = False,
    actor: Actor = LOCAL_OPERATOR,
) -> ImportRun:
    """Import a file with its record; gives the record as it is afterwards."""
    content = path.read_bytes()
    brought = Brought(path.name, sha256(content).hexdigest(), len(content))
    with TemporaryDirectory() as folder:
        imports = imports_on(database, Path(folder), clock)
        run = begin(imports, actor, brought, RunState.IMPORTING)
        import_file(imports, actor, run.id, path, Wish(sound_only=sound_only, most=5_000))
    return run_of(database, run.id, actor)


def run_of(database: Database, run_id: UUID, actor: Actor = LOCAL_OPERATOR) -> ImportRun:
    with database.reading(actor) as session:
        run = find_run(session, actor, run_id)
        session.expunge(run)
        return run


def undo(database: Database, run_id: UUID, actor: Actor = LOCAL_OPERATOR) -> None:
    with database.writing(actor) as session:
        undo_import(session, actor, LATER, find_run(session, actor, run_id, lock=True))


def facts(database: Database) -> Dump:
    """Every row but the stories of what was done, and without the versions that count edits."""
    return {name: rows for name, rows in dump(database).items() if name not in LOGS}
