"""Exchanging the key: all that is sealed is sealed anew, in batches that an end may interrupt."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet
from sqlalchemy import insert, select, text

from alerts.delivery_models import Channel
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.keys import new_key
from kernel.sealed_secrets import SealedSecrets
from monitor.commands import cli
from monitor.sealing import seal_all, unsealed
from people.models import User
from people.sign_in.models import SecondFactor

OLD, NEW = Fernet.generate_key(), Fernet.generate_key()
NOW = datetime(2023, 12, 31, tzinfo=UTC)


def plain(value: str) -> str:
    return value


def fill(database: Database, seal: Callable[[str], str], channels: int = 7) -> None:
    """So many channels with a url, a secret and a former one, and one user's second factor."""
    user = new_key()
    with database.writing(LOCAL_OPERATOR) as session:
        session.execute(
            insert(Channel),
            [
                {
                    "kind": "webhook",
                    "name": f"渠道{number}",
                    "url": seal(f"https://a.cn/{number}"),
                    "secret": seal(f"secret-{number}"),
                    "former_secret": seal(f"former-{number}") if number == 0 else None,
                    "min_severity": 1,
                    "recorded_at": NOW,
                    "recorded_by": "test",
                }
                for number in range(channels)
            ],
        )
        session.add(User(id=user, login="li", name="李", recorded_at=NOW, recorded_by="test"))
        session.flush()
        session.add(SecondFactor(user_id=user, sealed_secret=seal("totp"), created_at=NOW))


def opened(database: Database, keys: SealedSecrets) -> list[str]:
    with database.reading(LOCAL_OPERATOR) as session:
        rows = session.execute(select(Channel.url, Channel.secret, Channel.former_secret)).all()
        kept = [value for row in rows for value in row if value is not None]
        kept.append(session.scalars(select(SecondFactor.sealed_secret)).one())
    return sorted(keys.open(value) for value in kept)


EXPECTED = sorted(
    ["former-0", "totp"]
    + [value for n in range(7) for value in (f"https://a.cn/{n}", f"secret-{n}")]
)


@pytest.mark.parametrize("batch", [1, 3, 7, 200])
def test_everything_is_sealed_with_the_newest_key(database: Database, batch: int) -> None:
    fill(database, SealedSecrets([OLD]).seal)
    done = seal_all(database, LOCAL_OPERATOR, SealedSecrets([NEW, OLD]), batch=batch)
    assert (done.sealed, done.current, done.unopened) == (16, 0, [])
    assert opened(database, SealedSecrets([NEW])) == EXPECTED
    again = seal_all(database, LOCAL_OPERATOR, SealedSecrets([NEW, OLD]), batch=batch)
    assert (again.sealed, again.current) == (0, 16)


def test_what_was_written_before_secrets_were_sealed_is_sealed(database: Database) -> None:
    fill(database, plain)
    with database.reading(LOCAL_OPERATOR) as session:
        assert unsealed(session) == 8
    assert opened(database, SealedSecrets([NEW])) == EXPECTED
    assert seal_all(database, LOCAL_OPERATOR, SealedSecrets([NEW])).sealed == 16
    with database.reading(LOCAL_OPERATOR) as session:
        assert unsealed(session) == 0
        kept = "".join(session.scalars(select(Channel.secret)))
    assert "secret-" not in kept


def test_an_interrupted_rotation_is_gone_on_with(database: Database) -> None:
    fill(database, SealedSecrets([OLD]).seal)

    class Interrupted(SealedSecrets):
        left = 5

        def seal(self, text: str) -> str:
            if self.left == 0:
                raise KeyboardInterrupt
            self.left -= 1
            return super().seal(text)

    with pytest.raises(KeyboardInterrupt):
        seal_all(database, LOCAL_OPERATOR, Interrupted([NEW, OLD]), batch=1)
    assert opened(database, SealedSecrets([NEW, OLD])) == EXPECTED
    done = seal_all(database, LOCAL_OPERATOR, SealedSecrets([NEW, OLD]), batch=1)
    assert 0 < done.current <= 5
    assert done.sealed == 16 - done.current
    assert opened(database, SealedSecrets([NEW])) == EXPECTED


def test_what_no_key_opens_is_named_and_left_as_it_is(database: Database) -> None:
    fill(database, SealedSecrets([OLD]).seal, channels=1)
    done = seal_all(database, LOCAL_OPERATOR, SealedSecrets([NEW]))
    assert done.sealed == 0
    assert sorted(place.split()[0] for place in done.unopened) == [
        "channel.former_secret",
        "channel.secret",
        "channel.url",
        "second_factor.sealed_secret",
    ]
    assert "totp" in opened(database, SealedSecrets([OLD]))


def test_what_was_taken_away_stays_empty(database: Database) -> None:
    fill(database, lambda value: "")
    assert seal_all(database, LOCAL_OPERATOR, SealedSecrets([NEW])).sealed == 0
    with database.reading(LOCAL_OPERATOR) as session:
        assert unsealed(session) == 0
        assert set(session.scalars(select(SecondFactor.sealed_secret))) == {""}


def test_by_hand(
    database: Database, database_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_DATABASE_URL", database_address)
    fill(database, SealedSecrets([OLD]).seal)
    key = CliRunner().invoke(cli, ["secrets", "new-key"]).stdout.strip()
    monkeypatch.setenv("MONITOR_SECRET_KEYS", key)
    assert CliRunner().invoke(cli, ["secrets", "rotate"]).exit_code == 1
    monkeypatch.setenv("MONITOR_SECRET_KEYS", f"{key},{OLD.decode()}")
    answer = CliRunner().invoke(cli, ["secrets", "rotate", "--json"])
    assert answer.exit_code == 0
    assert json.loads(answer.stdout) == {"sealed": 16, "current": 0, "unopened": []}
    assert opened(database, SealedSecrets([key.encode()])) == EXPECTED


def test_the_trail_of_a_rotation_holds_no_secret(database: Database) -> None:
    fill(database, plain)
    seal_all(database, LOCAL_OPERATOR, SealedSecrets([NEW]))
    with database.reading(LOCAL_OPERATOR) as session:
        entries = session.execute(text("SELECT before, after FROM audit_entry")).all()
    told = "".join(str(entry) for entry in entries)
    assert entries
    assert not any(part in told for part in ("secret-", "https://a.cn/", "totp"))
