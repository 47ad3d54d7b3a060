"""``monitor token``: made, listed and revoked at the machine."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from kernel.errors import InputError, NotFoundError
from monitor.commands import cli
from tests.ledger import city
from tests.people import person


@pytest.fixture(autouse=True)
def _service(
    database: Database, database_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_DATABASE_URL", database_address)
    monkeypatch.setenv("MONITOR_DATA_DIR", str(tmp_path))
    with database.writing(LOCAL_OPERATOR) as session:
        person(session, "clerk", (Role.CLERK, city(session).bureau.id))


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["token", *words], catch_exceptions=False)


def told(*words: str) -> Any:
    answer = run(*words, "--json")
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def test_a_token_is_made_listed_and_revoked() -> None:
    made = told("add", "clerk", "--name", "看板", "--scope", "contracts.read", "--days", "7")
    assert made["token"].startswith(made["prefix"] + "_")
    listed = told("list", "clerk")
    assert [(one["prefix"], one["state"]) for one in listed] == [(made["prefix"], "live")]
    assert made["token"] not in json.dumps(listed)
    assert told("revoke", made["prefix"])["state"] == "revoked"
    assert "已撤销" in run("list", "CLERK").stdout


def test_what_is_printed_says_what_to_do() -> None:
    assert "monitor token add clerk" in run("list", "clerk").stdout
    answer = run("add", "clerk", "--name", "看板", "--scope", "contracts.read")
    assert "只显示这一次" in answer.stdout


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("add", "clerk", "--name", "x", "--scope", "users.write"), InputError),
        (("add", "clerk", "--name", "x", "--scope", "contracts.read", "--days", "0"), InputError),
        (("add", "clerk", "--name", "x", "--scope", "contracts.read", "--days", "400"), InputError),
        (("add", "clerk", "--name", " ", "--scope", "contracts.read"), InputError),
        (("add", "nobody", "--name", "x", "--scope", "contracts.read"), NotFoundError),
        (("list", "nobody"), NotFoundError),
        (("revoke", "cm_00000000"), NotFoundError),
    ],
)
def test_what_cannot_be_is_refused(words: tuple[str, ...], fault: type[Exception]) -> None:
    with pytest.raises(fault):
        run(*words)
