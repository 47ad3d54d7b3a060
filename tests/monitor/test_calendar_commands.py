"""``monitor calendar due``: one question, refused questions, and a stream of them."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from kernel.access.actor import LOCAL_OPERATOR
from kernel.calendar_models import WorkingDayOverride
from kernel.database import Database
from kernel.errors import UnavailableError
from monitor.calendar_commands import LONGEST_LINE, calendar_commands


def test_command_answers_one_question() -> None:
    question = ["due", "--from", "2023-12-01", "--days", "30", "--count", "calendar"]
    runner = CliRunner()
    assert runner.invoke(calendar_commands, question).output == "2023-12-31（已公布）\n"
    answer = runner.invoke(calendar_commands, [*question, "--json"])
    assert json.loads(answer.output) == {
        "from": "2023-12-01",
        "days": 30,
        "count": "calendar",
        "due_on": "2023-12-31",
        "announced": True,
    }
    later = ["due", "--from", "2027-12-01", "--days", "30", "--count", "calendar"]
    assert runner.invoke(calendar_commands, later).output.startswith("2027-12-31（暂定")


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ("--days 3 --count working", "from"),
        ("--from 2023-02-30 --days 3 --count working", "2023-02-30"),
        ("--from 20230203 --days 3 --count working", "20230203"),
        ("--from 2023-02-03 --count working", "days"),
        ("--from 2023-02-03 --days 3.5 --count working", "3.5"),
        ("--from 2023-02-03 --days -3 --count working", "-3"),
        ("--from 2023-02-03 --days 3 --count weekly", "weekly"),
        ("--from 2023-02-03 --days 3", "count"),
        ("- --days 3", "-"),
        ("questions.jsonl", "questions.jsonl"),
    ],
)
def test_command_refuses_what_it_cannot_read(arguments: str, names: str) -> None:
    result = CliRunner().invoke(calendar_commands, ["due", *arguments.split()])
    assert result.exit_code == 2
    assert names in result.output


def test_stream_answers_every_line_in_order_and_numbers_the_bad_ones() -> None:
    good = b'{"from": "2023-09-28", "days": 1, "count": "working"}\n'
    bad = [
        b"\n",
        b"not json\n",
        b"[1]\n",
        b"\xff\xfe\x80\n",
        b"[" * 3000 + b"\n",
        b"{" + b" " * (3 * LONGEST_LINE) + b"}\n",
        b'{"from": "2023-09-28", "days": 1}\n',
        b'{"from": "2023-09-28", "days": true, "count": "working"}\n',
        b'{"from": "2023-09-28", "days": 1.0, "count": "working"}\n',
        b'{"from": "2023-09-28", "days": 1e999, "count": "working"}\n',
        b'{"from": "2023-09-28", "days": ' + b"9" * 4000 + b', "count": "working"}\n',
        b'{"from": null, "days": 1, "count": "working"}\n',
        b'{"from": "2023-09-28", "days": 1, "count": ["working"]}\n',
        b'{"from": "2023-09-28", "days": 1, "count": "\\ud800"}\n',
    ]
    source = b"".join(good + line for line in bad) + good.rstrip()
    result = CliRunner().invoke(calendar_commands, ["due", "-"], input=source)
    answers = [json.loads(line) for line in result.output.splitlines()]
    assert result.exit_code == 2
    assert len(answers) == 2 * len(bad) + 1
    assert all(answer["due_on"] == "2023-10-07" for answer in answers[::2])
    assert [answer["line"] for answer in answers[1::2]] == list(range(2, 2 * len(bad) + 1, 2))
    assert all(answer["error"] for answer in answers[1::2])


def test_stream_answers_before_the_next_question_is_asked() -> None:
    program = "from monitor.calendar_commands import calendar_commands as c; c(['due', '-'])"
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for days in range(3):
            question = {"from": "2023-09-28", "days": days, "count": "working"}
            process.stdin.write(json.dumps(question) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["days"] == days
        process.stdin.close()
        assert process.wait(timeout=30) == 0


QUESTION = ["due", "--from", "2023-06-27", "--days", "1", "--count", "working"]


def test_overrides_are_read_from_the_database_when_asked_for(
    database: Database, database_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_DATABASE_URL", database_address)
    with database.writing(LOCAL_OPERATOR) as session:
        session.add(
            WorkingDayOverride(
                day=date(2023, 6, 28),
                working=False,
                reason="古尔邦节",
                source="新疆维吾尔自治区人民政府办公厅通知",
                recorded_at=datetime(2023, 1, 3, tzinfo=UTC),
                recorded_by="operator",
            )
        )
    runner = CliRunner()
    assert runner.invoke(calendar_commands, QUESTION).output == "2023-06-28（已公布）\n"
    answer = runner.invoke(calendar_commands, [*QUESTION, "--overrides"])
    assert answer.output == "2023-06-29（已公布）\n"


def test_overrides_without_a_database_are_refused_and_make_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_DATABASE_URL", f"sqlite:///{tmp_path / 'ledger.db'}")
    result = CliRunner().invoke(calendar_commands, [*QUESTION, "--overrides"])
    assert isinstance(result.exception, UnavailableError)
    assert list(tmp_path.iterdir()) == []


def test_overrides_from_a_database_without_tables_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ledger.db").touch()
    monkeypatch.setenv("MONITOR_DATABASE_URL", f"sqlite:///{tmp_path / 'ledger.db'}")
    result = CliRunner().invoke(calendar_commands, [*QUESTION, "--overrides"])
    assert isinstance(result.exception, UnavailableError)
