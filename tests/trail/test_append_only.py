"""What stays out of the trail, and that nothing in it is changed."""

import json
import sqlite3
from datetime import date

import psycopg
import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from contracts.models import Organisation
from contracts.service_models import RoundKind, ServiceRound
from kernel.access.actor import Actor
from kernel.database import Base, Database
from kernel.trail.models import AuditEntry
from kernel.trail.record import record
from kernel.trail.secret_columns import NOT_NOTED, is_secret
from migrations.trail_plan import UNWATCHED
from payments.models import Payment
from tests.alert_ledger import channel
from tests.api_ledger import fill
from tests.ledger import WHO, ContractSpec, city, contract
from tests.trail.hand import by_hand, owners_address
from tests.trail.noted import CAUSE, PERSON, entries


def test_no_secret_enters(database: Database) -> None:
    with database.writing(PERSON) as session:
        channel(session, "https://receiver.example/hook?key=verborgen")
    with database.writing(PERSON) as session:
        session.execute(text("UPDATE channel SET secret = 'anders'"))
    noted = entries(database, object_kind="channel")
    assert [e.action for e in noted] == ["insert", "update"]
    assert noted[1].before == noted[1].after == {"secret": NOT_NOTED}
    told = json.dumps([e.after for e in noted])
    assert "verborgen" not in told
    assert "anders" not in told


def test_which_columns_are_secret(database: Database) -> None:
    hidden = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if is_secret(table.name, column.name) and table.name not in UNWATCHED
    }
    names = {c.name for t in Base.metadata.tables.values() for c in t.columns}
    assert {"user_password.password_hash", "api_token.secret_hash"} <= hidden
    assert not {n for n in names if "password" in n or "secret" in n} - {
        one.partition(".")[2] for one in hidden
    }


@pytest.mark.parametrize("table", ["audit_entry", "audit_seal"])
@pytest.mark.parametrize("as_owner", [False, True])
def test_entries_and_seals_are_only_appended(
    database: Database, request: pytest.FixtureRequest, table: str, *, as_owner: bool
) -> None:
    with database.writing(PERSON) as session:
        city(session)
        session.execute(
            text(
                "INSERT INTO audit_seal VALUES (1, 1, 'd', 'p', 'h', '2023-01-01 00:00:00.000000')"
            )
        )
    address = owners_address(database, request)
    if not as_owner:
        address = database.url.render_as_string(hide_password=False)
    column = "reason" if table == "audit_entry" else "hash"
    statements = [f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"]
    if database.is_sqlite:
        statements.append(f"REPLACE INTO {table} SELECT * FROM {table}")
    else:
        statements.append(f"TRUNCATE {table}")
    for statement in statements:
        with pytest.raises((sqlite3.Error, psycopg.Error)), by_hand(address) as run:
            run(statement)
    assert len(entries(database)) > 1


def test_a_ledger_is_not_truncated(database: Database, request: pytest.FixtureRequest) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has no TRUNCATE")
    with (
        pytest.raises(psycopg.Error, match="only ever appended to"),
        by_hand(owners_address(database, request)) as run,
    ):
        run("TRUNCATE payment")


def test_a_word_of_the_service_is_recorded_with_its_session_s_cause(database: Database) -> None:
    with database.writing(PERSON, CAUSE) as session:
        record(session, "sign_in", "app_user", "7", {"ways": ["totp"], "code_hash": "x"})
        record(session, "read", "audit_entry", "", {}, "检查")
    first, second = entries(database)
    assert (first.actor, first.client, first.reason) == ("zhang", "10.1.2.3", "录错金额")
    assert first.after == {"ways": ["totp"], "code_hash": NOT_NOTED}
    assert (second.action, second.reason) == ("read", "检查")


def test_one_who_sees_nothing_still_leaves_an_entry(database: Database) -> None:
    with database.writing(Actor("niemand"), CAUSE) as session:
        record(session, "sign_in_failed", "app_user", "", {})
    with database.reading(Actor("niemand")) as session:
        seen = len(session.scalars(select(AuditEntry)).all())
    assert seen == (1 if database.is_sqlite else 0)
    assert len(entries(database)) == 1


def test_a_change_of_an_organisation_is_that_organisation_s(database: Database) -> None:
    with database.writing(PERSON) as session:
        place = city(session)
    with database.writing(PERSON) as session:
        session.execute(
            update(Organisation).where(Organisation.id == place.bureau.id).values(note="x")
        )
    (entry,) = entries(database, object_kind="organisation", action="update")
    assert entry.organisation_id == place.bureau.id


def test_a_deletion_keeps_the_whole_row(database: Database, request: pytest.FixtureRequest) -> None:
    fill(database, 1)
    with database.writing(PERSON) as session:
        paid = session.scalars(select(Payment)).one()
    with by_hand(owners_address(database, request)) as run:
        run("DELETE FROM payment")
    (entry,) = entries(database, object_kind="payment", action="delete")
    assert entry.before is not None
    assert entry.before["id"] == str(paid.id)
    assert entry.after is None


def test_a_round_with_all_its_columns_fits(database: Database) -> None:
    with database.writing(PERSON) as session:
        key = contract(session, city(session), "1", ContractSpec(date(2023, 3, 1)))
        session.add(ServiceRound(contract_id=key, number=1, kind=RoundKind.DRILL, **WHO))
    (entry,) = entries(database, object_kind="service_round")
    assert entry.after is not None
    assert set(entry.after) == {c.name for c in ServiceRound.__table__.columns}


def test_text_that_is_no_json_is_refused_or_noted_never_lost(
    database: Database, request: pytest.FixtureRequest
) -> None:
    fill(database, 1)
    before = len(entries(database, object_kind="vendor"))
    try:
        with by_hand(owners_address(database, request)) as run:
            run("UPDATE vendor SET assumed = 'nonsense'")
    except (sqlite3.Error, psycopg.Error, DBAPIError):
        return
    assert len(entries(database, object_kind="vendor")) == before + 1
