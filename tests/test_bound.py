"""Two roles on PostgreSQL: the owner migrates, the service's role is bound by the row policies."""

import os
from collections.abc import Iterator
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result

from kernel.database import Database
from migrations.bound import why_unbound
from monitor.commands import cli
from tests import postgres


@pytest.fixture
def empty_address() -> Iterator[str]:
    """An empty database of this test's own, as its owner."""
    base, name = os.environ[postgres.VARIABLE], f"monitor_test_{uuid4().hex[:12]}"
    yield postgres.create_database(base, name)
    postgres.drop_database(base, name)


def run(monkeypatch: pytest.MonkeyPatch, url: str, migration_url: str, *words: str) -> Result:
    monkeypatch.setenv("MONITOR_DATABASE_URL", url)
    monkeypatch.setenv("MONITOR_MIGRATION_URL", migration_url)
    return CliRunner().invoke(cli, list(words))


def test_the_owner_migrates_and_the_services_role_is_bound(
    empty_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = postgres.as_app_role(empty_address)
    upgraded = run(monkeypatch, app, empty_address, "db", "upgrade")
    assert (upgraded.exit_code, upgraded.exception) == (0, None)
    checked = run(monkeypatch, app, empty_address, "db", "check")
    assert (checked.exit_code, checked.output) == (0, "差异 0 处\n")
    assert run(monkeypatch, app, "", "scan", "--as-of", "2023-12-31").exit_code == 0


def test_a_role_that_no_policy_binds_is_named(
    empty_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(monkeypatch, empty_address, "", "db", "upgrade").exit_code == 0
    checked = run(monkeypatch, empty_address, "", "db", "check")
    assert checked.exit_code == 1
    assert "行级策略对它不起作用" in checked.output


def test_a_role_that_is_not_there_is_named_with_what_makes_it(
    empty_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = empty_address.replace("owner@", "nobody_here@")
    refused = run(monkeypatch, absent, empty_address, "db", "upgrade")
    assert "CREATE ROLE nobody_here" in str(refused.exception)


def test_the_tests_role_is_bound(database: Database) -> None:
    assert why_unbound(database) is None
