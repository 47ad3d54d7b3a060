"""``kill -9`` of a real import in mid-file: the ledger is as before, and the import then succeeds."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

import samples
from kernel.database import Database
from tests.workbooks import Book, bring_in, dump

ROOT = Path(__file__).parents[2]
ROUNDS = 30_000 if os.environ.get("MONITOR_PROOF") else 6_000


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Hami ledger with an edited payment and many more rounds."""
    book = Book.sample().put("支付台账", 4, "本次付款额(万元)", "20万元")
    for number in range(ROUNDS):
        book.add("服务轮次", 合同编号="HAMI-2023-01", 轮次=100 + number, 合并轮数=1,
                 服务类型="隐患排查", 隐患总数=7, 整改总数=7)  # fmt: skip
    return book.save(tmp_path_factory.mktemp("large") / "hami-2023.xlsx")


def kill_at(line: str, database_address: str, path: Path) -> int:
    """Import ``path`` in a process with a terminal, and kill it when it has said ``line``."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "MONITOR_DATABASE_URL": database_address}
    command = [str(Path(sys.executable).with_name("monitor")), "import", str(path)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stderr=theirs, stdout=subprocess.DEVNULL
    )
    os.close(theirs)
    said = b""
    while line.encode() not in said:
        said += os.read(ours, 4096)
    process.kill()
    os.close(ours)
    return process.wait(timeout=30)


@pytest.mark.crash
@pytest.mark.parametrize("line", ["写入 服务轮次", "写入 支付节点", "核验"])
def test_a_killed_import_leaves_the_ledger_whole(
    database: Database, database_address: str, large: Path, line: str
) -> None:
    bring_in(database, samples.path("hami-2023"))
    before = dump(database)
    assert kill_at(line, database_address, large) == -9
    assert dump(database) == before
    result = bring_in(database, large)
    assert not result.errors
    assert result.as_json()["added"]["rounds"] == ROUNDS
    assert result.as_json()["changed"]["payments"] == 1
