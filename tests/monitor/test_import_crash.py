"""``kill -9`` of a real import in mid-file: the ledger is as before, and the import then succeeds."""

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

import samples
from contracts.imports.models import ImportRun, RunState
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from monitor.imports.starting import Bureau
from tests.counts import and_in_proof
from tests.imports.import_runs import imports_on
from tests.workbooks import Book, bring_in, dump

ROOT = Path(__file__).parents[2]
COMMAND = [str(Path(sys.executable).with_name("monitor")), "import"]
ROUNDS = 30_000 if os.environ.get("MONITOR_PROOF") else 6_000


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Hami ledger with an edited payment and many more rounds."""
    book = Book.sample().put("支付台账", 4, "本次付款额(万元)", "20万元")
    for number in range(ROUNDS):
        book.add("服务轮次", 合同编号="HAMI-2023-01", 轮次=100 + number, 合并轮数=1,
                 服务类型="隐患排查", 隐患总数=7, 整改总数=7)  # fmt: skip
    return book.save(tmp_path_factory.mktemp("large") / "hami-2023.xlsx")


def started(line: str, address: str, path: Path) -> tuple["subprocess.Popen[bytes]", int]:
    """A process with a terminal that imports ``path`` and has said ``line``; its terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, str(path)], cwd=ROOT, env=around(address, path), stderr=theirs,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(theirs)
    said = b""
    while line.encode() not in said:
        said += os.read(ours, 4096)
    return process, ours


def around(address: str, path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "MONITOR_DATABASE_URL": address,
        "MONITOR_DATA_DIR": str(path.parent),
    }


def kill_at(line: str, database_address: str, path: Path) -> int:
    """Import ``path`` in a process with a terminal, and kill it when it has said ``line``."""
    process, terminal = started(line, database_address, path)
    process.kill()
    os.close(terminal)
    return process.wait(timeout=30)


@pytest.mark.crash
@pytest.mark.parametrize("line", and_in_proof(["写入 支付节点"], ["写入 服务轮次", "核验"]))
def test_a_killed_import_leaves_the_ledger_whole(
    database: Database, database_address: str, large: Path, line: str
) -> None:
    bring_in(database, samples.path("hami-2023"))
    before = dump(database)
    assert kill_at(line, database_address, large) == -9
    after = dump(database)
    assert len(after.pop("import_run")) == len(before.pop("import_run")) + 1
    assert after == before
    bureau = Bureau(imports_on(database, large.parent), {})
    with database.reading(LOCAL_OPERATOR) as session:
        run = session.scalars(select(ImportRun)).one()
        assert bureau.state_of(run) is RunState.INTERRUPTED
    result = bring_in(database, large)
    assert not result.errors
    assert result.as_json()["added"]["rounds"] == ROUNDS
    assert result.as_json()["changed"]["payments"] == 1


@pytest.mark.crash
def test_the_same_file_imported_twice_at_once_is_refused_the_second_time(
    database: Database, database_address: str, large: Path
) -> None:
    first, terminal = started("写入 服务轮次", database_address, large)
    first.send_signal(signal.SIGSTOP)
    second = subprocess.run(
        [*COMMAND, str(large)], cwd=ROOT, env=around(database_address, large), capture_output=True,
        check=False, timeout=60,
    )  # fmt: skip
    assert (second.returncode, "同一个文件正在" in second.stderr.decode()) == (3, True)
    first.send_signal(signal.SIGCONT)
    assert first.wait(timeout=120) == 0
    os.close(terminal)
    assert not bring_in(database, large).as_json()["added"]["rounds"]
