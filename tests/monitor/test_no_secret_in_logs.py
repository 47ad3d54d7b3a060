"""A real server and a real worker with secrets everywhere: none of them is written anywhere."""

import os
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from sqlalchemy.engine import make_url

from alerts.channel_book import new_secret
from alerts.delivery_models import Channel
from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from kernel.sealed_secrets import new_sealing_key, sealed_secrets
from kernel.settings import Settings
from people.actors import actor_of
from people.sign_in.passwords import hash_password, set_password
from people.sign_in.second_factor import begin_enrolment
from people.tokens.schemas import NewToken
from people.tokens.tokens import make_token
from tests import alert_ledger
from tests.counts import and_in_proof
from tests.ledger import city
from tests.people import person, session_token
from tests.receiver import Reply, receiver
from tests.served import COMMAND, Served, served
from tests.web import COOKIE

PASSWORD = "Correct-Horse-9-Battery"
TYPED = "Typed-By-Mistake-7"
URL_KEY = "693a91f6-7xxx-4bc4"


def secrets_written(database: Database, settings: Settings, url: str) -> dict[str, str]:
    """Put a secret of each kind into the database; gives them by their names."""
    keys, now = sealed_secrets(settings), datetime.now(UTC)
    signing = new_secret()
    with database.writing(LOCAL_OPERATOR) as session:
        place = city(session, "乙市")
        user = person(session, "keeper", (Role.SYSTEM_ADMIN, None), (Role.AUDITOR, place.bureau.id))
        set_password(session, user.id, hash_password(PASSWORD), now)
        totp = begin_enrolment(session, keys, user.id, now)
        cookie = session_token(session, user.id, now)
        actor = actor_of(session, user.id, now.date())
        assert actor is not None
        new = NewToken.model_validate({"name": "看板", "scopes": ["alerts.read"], "valid_days": 1})
        token = make_token(session, actor, actor, now, new).token
    with database.writing(LOCAL_OPERATOR) as session:
        key = alert_ledger.channel(session, url, secret=signing)
        channel = session.get_one(Channel, key)
        channel.url, channel.secret = keys.seal(url), keys.seal(signing)
    return {
        "signing secret": signing,
        "signing key": signing.removeprefix("whsec_"),
        "address's key": URL_KEY,
        "session": cookie,
        "token": token,
        "totp": totp,
        "password": PASSWORD,
        "typed": TYPED,
        "sealing key": settings.secret_keys[0],
    }


def use(server: Served, secrets: dict[str, str]) -> None:
    """Hand every secret to the server in the way it is meant for, and in ways it is not."""
    base = server.address
    for password in (PASSWORD, TYPED):
        with requests.Session() as browser:
            page = browser.get(f"{base}/sign-in", timeout=20).text
            form = re.search(r'name="csrf_token" value="([^"]+)"', page)
            assert form
            data = {"login": "keeper", "password": password, "csrf_token": form[1]}
            browser.post(f"{base}/sign-in", data=data, timeout=20)
    cookies = {COOKIE: secrets["session"]}
    assert requests.get(f"{base}/channels", cookies=cookies, timeout=20).ok
    bearer = {"Authorization": f"Bearer {secrets['token']}"}
    assert requests.get(f"{base}/api/v1/alerts", headers=bearer, timeout=20).ok
    requests.get(f"{base}/api/v1/alerts?token={secrets['token']}", timeout=20)
    requests.post(f"{base}/api/v1/channels", headers=bearer, json=secrets, timeout=20)
    requests.post(f"{base}/nowhere", data=secrets, timeout=20)
    server.say(b"GET /?" + secrets["token"].encode() + b" HTTP/9.9\r\n\r\n")
    server.say(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX y: " + TYPED.encode() + b"\r\n\r\n")


def worked(environment: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [*COMMAND, *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("backend", and_in_proof(["postgresql"], ["sqlite"]), indirect=True)
def test_no_secret_is_written_anywhere(
    database: Database, database_address: str, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, secret_keys=(new_sealing_key(),))
    password = make_url(database_address).password
    chosen = {
        "MONITOR_SECRET_KEYS": settings.secret_keys[0],
        "MONITOR_RECEIVER_NETWORKS": "127.0.0.0/8",
        "MONITOR_RECEIVER_TIMEOUT_SECONDS": "2",
        "MONITOR_LOG_LEVEL": "DEBUG",
    }
    environment = {
        **os.environ,
        **chosen,
        "MONITOR_DATABASE_URL": database_address,
        "MONITOR_DATA_DIR": str(tmp_path),
    }
    with receiver(lambda number, headers: Reply(500)) as server:
        secrets = secrets_written(database, settings, f"{server.url}?key={URL_KEY}")
        with served(database_address, tmp_path, chosen) as running:
            use(running, secrets)
            _, written = running.stop()
            assert running.process.stdout is not None
            written += running.process.stdout.read()
        with database.writing(LOCAL_OPERATOR) as session:
            message = alert_ledger.channel(
                session, f"{server.url}?key={URL_KEY}", "坏的", "whsec_x"
            )
            alert_ledger.alerts(session, [message], 1)
        for words in (
            ("deliver", "--once"),
            ("channel", "test", "值班群"),
            ("channel", "list"),
            ("channel", "list", "--json"),
            ("secrets", "rotate"),
            ("db", "check"),
        ):
            written += worked(environment, *words)
        broken = database_address.replace("127.0.0.1:", "127.0.0.1:1")
        written += worked({**environment, "MONITOR_DATABASE_URL": broken}, "scan")
    assert '"path": "/sign-in"' in written
    assert "值班群" in written
    if password:
        # The test's role is called as its password is: only together do they give it away.
        assert f"{password}:{password}" not in written
    found = [name for name, secret in secrets.items() if secret in written]
    assert found == []
