"""The two cities' 2023, walked day by day on a scratch copy and in the ledger itself."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

import samples
from alerts.models import Alert, ScanRun
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from monitor.commands import cli

LATE = {
    ("ZIBO-2023-01/4", "2023-10-17", "2023-11-20"),
    ("ZIBO-2023-01/8", "2023-06-27", "2023-07-04"),
    ("ZIBO-2023-01/10", "2023-08-26", "2023-09-14"),
}


def run(*arguments: str) -> Any:
    result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, database_address: str, tmp_path: Path) -> None:
    monkeypatch.setenv("MONITOR_DATABASE_URL", database_address)
    monkeypatch.setenv("MONITOR_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MONITOR_BUSINESS_DATE", "2023-12-31")
    for name in samples.NAMES:
        run("import", str(samples.path(name)), "--json")


def episodes(history: Sequence[dict[str, Any]], rule: str) -> set[tuple[str, str, str | None]]:
    return {
        (one["subject"], one["opened_on"], one["resolved_on"])
        for one in history
        if one["rule"] == rule
    }


def test_2023_on_a_copy_leaves_the_ledger_alone(database: Database) -> None:
    answer = run("replay", "--from", "2023-01-01", "--to", "2023-12-31", "--json")
    assert episodes(answer["history"], "late_payment") == LATE
    plans = episodes(answer["history"], "missing_plan")
    assert len(plans) == 8
    assert {resolved for *_, resolved in plans} == {None}
    with database.reading(LOCAL_OPERATOR) as session:
        assert session.scalar(select(func.count()).select_from(ScanRun)) == 0


def test_a_kept_walk_goes_on_where_it_stopped(database: Database) -> None:
    run("replay", "--from", "2023-06-20", "--to", "2023-06-30", "--keep", "--json")
    run("replay", "--from", "2023-06-20", "--to", "2023-07-05", "--keep", "--json")
    with database.reading(LOCAL_OPERATOR) as session:
        late = session.scalars(select(Alert).where(Alert.rule == "late_payment")).one()
    assert (late.since, late.resolved_on) == (date(2023, 6, 27), date(2023, 7, 4))


def test_asking_about_any_day_changes_nothing(database: Database) -> None:
    run("scan", "--as-of", "2023-12-31", "--json")
    asked = run("scan", "--as-of", "2023-07-01", "--dry-run", "--json")
    assert {alert["subject"] for alert in asked["alerts"] if alert["rule"] == "late_payment"} == {
        "ZIBO-2023-01/8"
    }
    with database.reading(LOCAL_OPERATOR) as session:
        assert session.scalars(select(ScanRun.as_of)).all() == [date(2023, 12, 31)]


def test_a_scan_that_finds_something_can_fail(database: Database) -> None:
    result = CliRunner().invoke(cli, ["scan", "--as-of", "2023-12-31", "--fail-on", "critical"])
    assert result.exit_code == 1
    assert "缺实施方案" in result.output


def test_b204_of_hami_is_one_of_two(database: Database) -> None:
    answer = run("score", "hami-2023", "--only", "B204", "--as-of", "2023-12-31", "--json")
    (b204,) = answer["indicators"]
    assert (b204["score"], b204["weight"], b204["rate"]) == ("1.00", "2.00", "50")
    assert [criterion["met"] for criterion in b204["criteria"]] == [False, True]
    assert b204["rests_on_assumptions"]
    payments = [item for item in b204["evidence"] if item["criterion"] == 2]
    assert {item["speaks"] for item in payments} == {"for"}
    assert len(payments) == 7
