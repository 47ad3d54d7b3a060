"""``monitor user`` and ``--as``: accounts from the machine, and acting as one of them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner, Result
from sqlalchemy import select

from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from kernel.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from kernel.trail.models import AuditEntry
from monitor.commands import cli
from people.models import User
from tests.people import session_token
from tests.served import served
from tests.signing_in import PASSWORD, fill_in, member, sign_in
from tests.web import NOW, TODAY, client_as, stranger

Run = Callable[..., Result]


@pytest.fixture
def run(database_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("MONITOR_DATABASE_URL", database_address)
    monkeypatch.setenv("MONITOR_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MONITOR_BUSINESS_DATE", TODAY.isoformat())

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(cli, words)

    return invoke


def test_an_account_is_added_and_its_owner_sets_the_password(
    run: Run, database: Database, tmp_path: Path
) -> None:
    added = json.loads(run("user", "add", "Zhou.Ming", "--name", "周明", "--json").output)
    assert added["login"] == "zhou.ming"
    path = "/new-password/" + added["link"].rpartition("/")[2]
    client = stranger(database, tmp_path)
    assert fill_in(client, path, password=PASSWORD, repeated=PASSWORD).status_code == 303
    assert sign_in(client, "zhou.ming").status_code == 303
    assert "zhou.ming  周明  正常" in run("user", "list").output
    assert json.loads(run("user", "list", "--json").output)[0]["login"] == "zhou.ming"


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["add", "周明", "--name", "周明"], InputError),
        (["add", "zhou.ming", "--name", " "], InputError),
        (["add", "zhou.ming", "--name", "周明", "--expires-on", "2023-02-30"], InputError),
        (["add", "li.na", "--name", "李娜"], InputError),
        (["disable", "nobody", "--reason", "离职"], NotFoundError),
        (["disable", "li.na", "--reason", " "], InputError),
        (["enable", "li.na"], ConflictError),
        (["reset", "nobody"], NotFoundError),
    ],
)
def test_what_cannot_be_is_refused(
    run: Run, database: Database, words: list[str], fault: type[Exception]
) -> None:
    member(database, "li.na")
    assert isinstance(run("user", *words).exception, fault)


def test_reset_and_disable_end_what_is_open(run: Run, database: Database, tmp_path: Path) -> None:
    user_id = member(database)
    client = client_as(database, tmp_path, user_id)
    done = run("user", "reset", "zhou.ming")
    assert "/new-password/" in done.output
    assert PASSWORD not in done.output
    assert client.get("/account").status_code == 302
    assert sign_in(client, "zhou.ming").status_code == 422
    with database.writing(LOCAL_OPERATOR) as session:
        client.set_cookie("monitor_sign_in", session_token(session, user_id, NOW))
    assert client.get("/account").status_code == 200
    assert (
        run("user", "disable", "zhou.ming", "--reason", "离职").output == "账号 zhou.ming 已停用\n"
    )
    assert client.get("/account").status_code == 302
    assert json.loads(run("user", "enable", "zhou.ming", "--json").output)["state"] == "active"
    assert client.get("/account").status_code == 302


def test_a_command_acts_as_a_user(run: Run, database: Database) -> None:
    member(database, "xi.tong", (Role.SYSTEM_ADMIN, None))
    done = run("--as", "XI.tong", "user", "add", "li.na", "--name", "李娜")
    assert done.exit_code == 0, done.output
    with database.reading(LOCAL_OPERATOR) as session:
        added = session.scalars(select(User).where(User.login == "li.na")).one()
        entry = session.scalars(
            select(AuditEntry).where(
                AuditEntry.object_kind == "app_user",
                AuditEntry.object_id == str(added.id),
                AuditEntry.action == "insert",
            )
        ).one()
    assert added.recorded_by == "xi.tong"
    assert (entry.actor, entry.reason) == ("xi.tong", "新增用户")


def test_a_user_who_may_not_is_refused_and_a_closed_one_is_none(
    run: Run, database: Database
) -> None:
    member(database, "an.quan", (Role.SECURITY_ADMIN, None))
    gone = member(database, "li.na", (Role.SYSTEM_ADMIN, None))
    with database.writing(LOCAL_OPERATOR) as session:
        user = session.get_one(User, gone)
        user.disabled_at, user.disabled_reason = NOW, "离职"
    add = ("user", "add", "x.y", "--name", "某人")
    assert isinstance(run("--as", "an.quan", *add).exception, ForbiddenError)
    assert isinstance(run("--as", "li.na", *add).exception, InputError)
    assert isinstance(run("--as", "nobody", *add).exception, InputError)
    assert isinstance(run("--as", "an.quan", "scan").exception, InputError)
    assert run("--as", "an.quan", "user", "list").exit_code == 0


def test_serve_prints_a_set_up_link_while_there_is_no_administrator(
    database: Database, database_address: str, tmp_path: Path
) -> None:
    with served(database_address, tmp_path) as server:
        said = server.process.stdout
        assert said is not None
        assert "还没有管理员" in said.readline()
        link = said.readline().strip()
        assert link.startswith(f"{server.address}/set-up/")
        assert "三名管理员" in requests.get(link, timeout=20).text
        assert "/sign-in?next=" in requests.get(f"{server.address}/contracts", timeout=20).url
        path = link.removeprefix(server.address)
        log = server.log.read_text()
        assert path.rpartition("/")[2] not in log
        assert "/set-up/…" in json.loads(log.splitlines()[0])["path"]
    member(database, "li.na", (Role.SYSTEM_ADMIN, None))
    with served(database_address, tmp_path) as server:
        assert requests.get(server.address + path, timeout=20).status_code == 409
