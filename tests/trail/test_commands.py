"""``monitor audit``: what it prints, how it ends, and that the examples of the page are true."""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import samples
from monitor.commands import cli

PAGE = Path(__file__).parents[2] / "docs/audit.md"


@pytest.fixture
def trail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database of its own that holds the Hami sample, its trail sealed."""
    monkeypatch.setenv("MONITOR_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MONITOR_BUSINESS_DATE", "2023-12-31")
    monkeypatch.delenv("MONITOR_DATABASE_URL", raising=False)
    run("db", "upgrade")
    run("import", str(samples.path("hami-2023")))
    assert re.fullmatch(r"已封印 \d+ 条\n", run("audit", "seal").output)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words))


def by_hand(folder: Path, script: str) -> None:
    with closing(sqlite3.connect(folder / "monitor.db")) as connection:
        connection.executescript(script)
        connection.commit()


def examples(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


def shape(text: str) -> str:
    """The text without the numbers, keys and times that differ between two databases."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "#", text)


def test_a_whole_trail_verifies(trail: Path) -> None:
    answer = run("audit", "verify")
    assert answer.exit_code == 0
    assert "没有发现问题" in answer.output
    found = json.loads(run("audit", "verify", "--json").output)
    assert found["faults"] == 0
    assert found["sealed"] > 100
    assert found["unsealed"] == 1, "that it was verified before"
    assert found["oldest_unsealed"]
    assert found["triggers"] == found["findings"] == []


def test_what_the_page_says_of_a_row_altered_with_plain_sql_is_true(trail: Path) -> None:
    change, forgery = examples("sql")
    by_hand(trail, change)
    run("audit", "seal")
    refused = forgery.partition(";")[2]
    with pytest.raises(sqlite3.IntegrityError, match="only ever appended to"):
        by_hand(trail, refused)
    by_hand(trail, forgery)
    answer = run("audit", "verify")
    assert answer.exit_code == 1
    (shown,) = examples("text")
    said = answer.output.splitlines()
    assert [shape(line) for line in shown.splitlines()] == [shape(line) for line in said[:3]]
    found = json.loads(run("audit", "verify", "--json").output)
    assert found["faults"] == 1
    assert found["findings"][0]["fault"] == "changed"
    assert found["triggers"] == ["trigger trail_refuse_update_audit_entry missing"]
    hand = [
        line for line in run("audit", "export").output.splitlines() if "database:sqlite" in line
    ]
    entry = json.loads(hand[0])
    assert (entry["before"], entry["after"]) == ({"amount": 50_000_000}, {"amount": 5_000_000})
    assert run("db", "upgrade").exit_code == 0
    assert "触发器不全" not in run("audit", "verify").output


def test_a_head_kept_elsewhere_shows_a_cut_tail(trail: Path) -> None:
    kept = trail / "head.json"
    kept.write_text(run("audit", "head").output, "utf-8")
    assert run("audit", "verify", "--head", str(kept)).exit_code == 0
    by_hand(
        trail,
        "DROP TRIGGER trail_refuse_delete_audit_entry; DROP TRIGGER trail_refuse_delete_audit_seal;"
        "DELETE FROM audit_entry WHERE id > 100; DELETE FROM audit_seal WHERE entry_id > 100;",
    )
    run("db", "upgrade")
    assert run("audit", "verify").exit_code == 0
    answer = run("audit", "verify", "--head", str(kept))
    assert answer.exit_code == 1
    assert "末尾被截去" in answer.output
    assert "第 101 至" in answer.output


@pytest.mark.parametrize("content", ["", "{}", '{"position": "1"}', "\x00", "[" * 5000])
def test_a_head_that_is_none_is_refused(
    trail: Path, content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = trail / "head.json"
    kept.write_text(content, "utf-8")
    answer = run("audit", "verify", "--head", str(kept))
    assert answer.exit_code != 0
    assert "head.json 不是 monitor audit head 导出的文件" in str(answer.exception)


def test_no_head_before_there_is_a_seal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_DATA_DIR", str(tmp_path))
    run("db", "upgrade")
    assert "还没有封印" in str(run("audit", "head").exception)
