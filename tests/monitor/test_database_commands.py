"""``monitor db``: brings the schema up, says whether it is current, makes nothing by asking."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kernel.errors import UnavailableError
from monitor.commands import cli


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


@pytest.fixture(autouse=True)
def _empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MONITOR_DATA_DIR", str(tmp_path / "var"))


def test_asking_makes_no_file(tmp_path: Path) -> None:
    answer = run("db", "check")
    assert answer.exit_code == 1
    assert "请运行 monitor db upgrade" in answer.output
    assert isinstance(run("scan").exception, UnavailableError)
    assert not (tmp_path / "var").exists()


def test_up_and_checked() -> None:
    assert run("db", "upgrade").exit_code == 0
    answer = run("db", "check")
    assert (answer.exit_code, answer.output) == (0, "差异 0 处\n")
