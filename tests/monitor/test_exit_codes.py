"""Exit codes that other programs rely on: 0 done, 1 found something, 2 used wrongly, 3 failed."""

from pathlib import Path

import pytest

from monitor.commands import main
from tests.receiver import Reply, receiver


def ends_with(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> object:
    """The exit code of ``monitor`` with these arguments."""
    monkeypatch.setattr("sys.argv", ["monitor", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    return end.value.code or 0


@pytest.fixture(autouse=True)
def settings(database_address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_DATABASE_URL", database_address)
    monkeypatch.setenv("MONITOR_RECEIVER_NETWORKS", "127.0.0.0/8")


def test_done_is_0(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ends_with(monkeypatch, "channel", "list") == 0
    assert ends_with(monkeypatch, "--help") == 0


def test_used_wrongly_is_2(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ends_with(monkeypatch, "deliver") == 2
    assert ends_with(monkeypatch, "nonsense") == 2
    assert ends_with(monkeypatch, "channel", "add", "甲", "--url", "nonsense") == 2


def test_failed_is_3(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ends_with(monkeypatch, "channel", "enable", "没有") == 3
    with receiver(lambda number, headers: Reply(500)) as server:
        assert ends_with(monkeypatch, "channel", "add", "甲", "--url", server.url) == 0
        assert ends_with(monkeypatch, "channel", "test", "甲") == 3


def test_a_data_folder_that_cannot_be_used_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.delenv("MONITOR_DATABASE_URL")
    monkeypatch.setenv("MONITOR_DATA_DIR", str(tmp_path / "file"))
    assert ends_with(monkeypatch, "db", "upgrade") == 3
    assert str(tmp_path / "file") in capsys.readouterr().err
