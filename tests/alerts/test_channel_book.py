"""Channels as people keep them."""

from datetime import UTC, datetime

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from alerts.channel_book import (
    OVERLAP,
    NewChannel,
    add_channel,
    channel_named,
    check_secret,
    exchange_secret,
    list_channels,
    new_secret,
    switch_channel,
    try_out,
)
from alerts.models import Severity
from alerts.receivers import LONGEST_URL, ReceiverRules
from alerts.retries import Fault
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.errors import ConflictError, InputError, NotFoundError
from kernel.sealed_secrets import SealedSecrets
from tests.alert_ledger import KEYS, SECRET
from tests.receiver import Reply, receiver

RULES = ReceiverRules(("127.0.0.0/8",), 0.6)
NOW = datetime(2023, 7, 20, 1, 2, 3, tzinfo=UTC)


def add(database: Database, new: NewChannel) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        add_channel(session, LOCAL_OPERATOR, NOW, RULES, KEYS, new)


def test_a_channel_is_added_switched_and_listed(database: Database) -> None:
    add(database, NewChannel(" 值班群 ", "http://127.0.0.1:1/", SECRET, Severity.MAJOR))
    add(database, NewChannel("备用", "https://example.org/hook", new_secret()))
    with database.writing(LOCAL_OPERATOR) as session:
        switch_channel(channel_named(session, "值班群"), LOCAL_OPERATOR, enabled=False)
    with database.reading(LOCAL_OPERATOR) as session:
        listed = {one.name: one for one in list_channels(session)}
    assert set(listed) == {"值班群", "备用"}
    assert not listed["值班群"].enabled
    assert listed["值班群"].disabled_reason == "由 operator 停用"
    assert listed["值班群"].min_severity == Severity.MAJOR
    with database.writing(LOCAL_OPERATOR) as session:
        channel = channel_named(session, "值班群")
        switch_channel(channel, LOCAL_OPERATOR, enabled=True)
        assert channel.disabled_reason == ""


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewChannel("  ", "https://a.cn/", SECRET), "name"),
        (NewChannel("名" * 121, "https://a.cn/", SECRET), "name"),
        (NewChannel("甲\n乙", "https://a.cn/", SECRET), "name"),
        (NewChannel("甲\x1b[31m", "https://a.cn/", SECRET), "name"),
        (NewChannel("甲\udcff", "https://a.cn/", SECRET), "name"),
        (NewChannel("甲", "http://10.0.0.1/", SECRET), "url"),
        (NewChannel("甲", "https://a b.cn/", SECRET), "url"),
        (NewChannel("甲", "https://a.cn/\nx", SECRET), "url"),
        (NewChannel("甲", "https://a.cn/\udcff", SECRET), "url"),
        (NewChannel("甲", "https://a.cn/", "abc"), "secret"),
        (NewChannel("甲", "https://a.cn/", SECRET, kind="pigeon"), "kind"),
    ],
)
def test_a_bad_channel_is_refused_by_field(database: Database, new: NewChannel, field: str) -> None:
    with pytest.raises(InputError) as refusal:
        add(database, new)
    assert refusal.value.problems[0].field == field


def test_a_name_is_used_once_and_a_stranger_is_not_found(database: Database) -> None:
    add(database, NewChannel("甲", "https://a.cn/", SECRET))
    with pytest.raises(ConflictError):
        add(database, NewChannel("甲", "https://b.cn/", SECRET))
    with database.reading(LOCAL_OPERATOR) as session, pytest.raises(NotFoundError):
        channel_named(session, "乙")


@pytest.mark.parametrize(
    "secret", ["whsec_", "whsec_AAAA", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_口令"]
)
def test_a_bad_secret_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(InputError) as refusal:
        check_secret(secret)
    given = secret.removeprefix("whsec_")
    assert not given or given not in refusal.value.message


def test_a_made_secret_is_good_and_new() -> None:
    assert check_secret(new_secret()) != new_secret()


def test_a_trial_says_what_the_receiver_answered(database: Database) -> None:
    answers, now = iter([Reply(), Reply(401)]), datetime.now(UTC)
    with receiver(lambda number, headers: next(answers)) as server:
        add(database, NewChannel("甲", server.url, SECRET))
        with database.reading(LOCAL_OPERATOR) as session:
            channel = channel_named(session, "甲")
            assert try_out(channel, RULES, KEYS, now).status == 204
            assert try_out(channel, RULES, KEYS, now).status == 401
        assert server.received[0].valid
        assert b"test.ping" in server.received[0].body


def test_what_is_kept_shows_neither_secret_nor_the_addresss_key(database: Database) -> None:
    add(database, NewChannel("群", "https://qyapi.example.cn/cgi-bin/send?key=K-693a91f6", SECRET))
    with database.reading(LOCAL_OPERATOR) as session:
        kept = session.execute(text("SELECT url, secret, address FROM channel")).one()
    assert kept.address == "https://qyapi.example.cn/…"
    assert KEYS.open(kept.url).endswith("key=K-693a91f6")
    assert KEYS.open(kept.secret) == SECRET
    assert not any(part in "".join(kept) for part in ("K-693a91f6", SECRET, SECRET[6:]))


def test_the_longest_address_fits_when_sealed(database: Database) -> None:
    url = "https://a.cn/".ljust(LONGEST_URL, "x")
    add(database, NewChannel("甲", url, SECRET))
    with database.reading(LOCAL_OPERATOR) as session:
        channel = channel_named(session, "甲")
        assert KEYS.open(channel.url) == url
        assert len(channel.url) <= 2_000


def test_while_a_secret_is_exchanged_both_sign(database: Database) -> None:
    add(database, NewChannel("甲", "http://127.0.0.1:9/", SECRET))
    start = datetime.now(UTC)
    with database.writing(LOCAL_OPERATOR) as session:
        fresh = exchange_secret(channel_named(session, "甲"), start, KEYS)
        with pytest.raises(ConflictError):
            exchange_secret(channel_named(session, "甲"), start + OVERLAP / 2, KEYS)
    ends = start + OVERLAP
    for secret, accepted in ((SECRET, [True, False]), (fresh, [True, True])):
        with receiver(secret=secret) as server, database.reading(LOCAL_OPERATOR) as session:
            channel = channel_named(session, "甲")
            channel.url = KEYS.seal(server.url)
            for now, until in ((start, ends), (start, start)):
                channel.former_until = until
                assert try_out(channel, RULES, KEYS, now).status == 204
            assert [one.valid for one in server.received] == accepted


def test_a_trial_without_the_key_posts_nothing_and_says_why(database: Database) -> None:
    add(database, NewChannel("甲", "http://127.0.0.1:9/", SECRET))
    stranger = SealedSecrets([Fernet.generate_key()])
    with database.reading(LOCAL_OPERATOR) as session:
        outcome = try_out(channel_named(session, "甲"), RULES, stranger, NOW)
    assert outcome.fault is Fault.SEALED
    assert "MONITOR_SECRET_KEYS" in outcome.error


def test_a_trial_with_an_unusable_secret_posts_nothing(database: Database) -> None:
    add(database, NewChannel("甲", "http://127.0.0.1:9/", SECRET))
    with database.reading(LOCAL_OPERATOR) as session:
        channel = channel_named(session, "甲")
        channel.secret = "whsec_"
        assert try_out(channel, RULES, KEYS, NOW).fault is Fault.BAD_SET_UP
