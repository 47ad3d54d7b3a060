"""What the triggers note: every change of every row, whoever makes it and however."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import inspect, text, update

from contracts.models import ContractTotal, Vendor
from kernel.database import Base, Database
from kernel.trail.record import record
from migrations import trail_triggers
from migrations.trail_plan import UNWATCHED, WRITTEN_BY_THE_SERVICE, watched_tables
from tests.api_ledger import fill, scan
from tests.ledger import WHO, ContractSpec, MilestoneSpec, city, contract
from tests.trail.hand import by_hand, owners_address
from tests.trail.noted import CAUSE, PERSON, entries


def test_every_table_is_watched(database: Database) -> None:
    with database.engine.connect() as connection:
        watched = {table.name for table in watched_tables(connection)}
        assert watched == set(inspect(connection).get_table_names()) - UNWATCHED
        assert trail_triggers.drift(connection) == []
    assert watched >= WRITTEN_BY_THE_SERVICE
    assert set(Base.metadata.tables) - UNWATCHED <= watched


def test_a_trigger_that_is_off_or_another_is_noticed(
    database: Database, request: pytest.FixtureRequest
) -> None:
    if database.is_sqlite:
        acts = {
            "DROP TRIGGER trail_update_payment": "trigger trail_update_payment missing",
            "CREATE TRIGGER trail_x AFTER INSERT ON vendor BEGIN SELECT 1; END": (
                "trigger trail_x unknown"
            ),
        }
    else:
        acts = {
            "ALTER TABLE payment DISABLE TRIGGER trail_note_payment": (
                "trigger trail_note_payment switched off"
            ),
            "DROP TRIGGER trail_whole_payment ON payment": "trigger trail_whole_payment missing",
            "CREATE OR REPLACE FUNCTION trail_note() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN RETURN NULL; END'": "function trail_note differs",
        }
    owned = Database(owners_address(database, request))
    for act, problem in acts.items():
        with owned.engine.connect() as connection:
            connection.exec_driver_sql(act)
            assert trail_triggers.drift(connection) == [problem]
            connection.rollback()
    owned.dispose()


def test_an_entry_says_who_from_where_in_which_request_and_why(database: Database) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    with database.writing(PERSON, CAUSE) as session:
        place = city(session)
        contract(session, place, "1", ContractSpec(date(2023, 3, 1)))
    with database.writing(PERSON, CAUSE) as session:
        session.execute(update(ContractTotal).values(amount=Decimal("900000.00")))
    (entry,) = entries(database, object_kind="contract_total", action="update")
    assert (entry.actor, entry.client, entry.request_id, entry.reason) == (
        "zhang", "10.1.2.3", "request-7", "录错金额",
    )  # fmt: skip
    assert entry.before == {"amount": 100_000_000}
    assert entry.after == {"amount": 90_000_000}
    assert entry.contract_id is not None
    assert before < entry.recorded_at < datetime.now(UTC) + timedelta(seconds=1)


def test_a_new_row_is_noted_alike_on_both_databases(database: Database) -> None:
    with database.writing(PERSON) as session:
        vendor = Vendor(name="甲公司", assumed=["name"], **WHO)
        session.add(vendor)
    (entry,) = entries(database, object_kind="vendor")
    assert entry.object_id == str(vendor.id)
    assert entry.before is None
    assert entry.after is not None
    assert entry.after["id"] == str(vendor.id)
    assert entry.after["assumed"] == ["name"]
    assert entry.after["credit_code"] is None
    with database.writing(PERSON) as session:
        place = city(session)
        bureau = place.bureau.id
        key = contract(
            session,
            place,
            "1",
            ContractSpec(
                date(2023, 3, 1),
                [
                    MilestoneSpec(
                        Decimal("5.00"), date(2023, 4, 1), [(date(2023, 4, 1), Decimal(5))]
                    )
                ],
            ),
        )
    (paid,) = entries(database, object_kind="payment")
    assert paid.contract_id == key
    assert paid.after is not None
    assert paid.after["reversed"] is False
    assert paid.after["paid_on"] == "2023-04-01"
    (purchaser,) = [
        e for e in entries(database, object_kind="contract_party") if "purchaser" in e.object_id
    ]
    assert purchaser.object_id == f"{key},purchaser,1"
    assert purchaser.organisation_id == bureau


def test_a_bulk_statement_is_noted_row_by_row(database: Database) -> None:
    fill(database, 3)
    before = len(entries(database))
    with database.writing(PERSON) as session:
        session.execute(text("UPDATE service_round SET hazards_found = hazards_found + 1"))
    noted = entries(database)[before:]
    assert [(e.action, e.before, e.after) for e in noted] == [
        ("update", {"hazards_found": 12}, {"hazards_found": 13})
    ] * 3
    assert len({e.object_id for e in noted}) == 3


def test_an_update_that_changes_nothing_is_no_entry(database: Database) -> None:
    fill(database, 1)
    before = len(entries(database))
    with database.writing(PERSON) as session:
        session.execute(text("UPDATE service_round SET hazards_found = hazards_found"))
    assert len(entries(database)) == before


def test_what_is_rolled_back_leaves_nothing(database: Database) -> None:
    def fails() -> None:
        with database.writing(PERSON) as session:
            city(session)
            record(session, "read", "audit_entry", "", {})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert entries(database) == []
    with database.rehearsing(PERSON) as session:
        city(session)
        session.flush()
    assert entries(database) == []


def test_a_savepoint_changes_nothing_of_who_is_named(database: Database) -> None:
    def fails() -> None:
        with session.begin_nested():
            contract(session, place, "2", ContractSpec(date(2023, 3, 1)))
            session.flush()
            raise RuntimeError

    with database.writing(PERSON) as session:
        place = city(session)
        with session.begin_nested():
            contract(session, place, "1", ContractSpec(date(2023, 3, 1)))
        with pytest.raises(RuntimeError):
            fails()
        contract(session, place, "3", ContractSpec(date(2023, 3, 1)))
    written = entries(database, object_kind="contract")
    assert [(entry.actor, (entry.after or {})["number"]) for entry in written] == [
        ("zhang", "1"), ("zhang", "3"),
    ]  # fmt: skip


def test_hand_run_sql_is_caught(database: Database, request: pytest.FixtureRequest) -> None:
    fill(database, 1)
    before = len(entries(database))
    with by_hand(owners_address(database, request)) as run:
        run("UPDATE payment SET amount = amount + 1")
        run("UPDATE settlement SET paid = paid + 1")
        run("DELETE FROM plan_standing")
    noted = entries(database)[before:]
    who = "database:sqlite" if database.is_sqlite else "database:owner"
    assert {e.actor for e in noted} == {who}
    assert {(e.object_kind, e.action) for e in noted} == {
        ("payment", "update"), ("settlement", "update"), ("plan_standing", "delete"),
    }  # fmt: skip
    (paid,) = [e for e in noted if e.object_kind == "payment"]
    assert (paid.before, paid.after) == ({"amount": 20_000_000}, {"amount": 20_000_001})


def test_hand_run_sql_as_the_service_s_role_is_caught(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite knows no roles")
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE vendor SET note = 'x'"))
        connection.execute(
            text(
                "INSERT INTO vendor SELECT gen_random_uuid(), '乙', NULL, now(), '', '[]', '', '', 1"
            )
        )
    (entry,) = entries(database, object_kind="vendor")
    assert entry.actor == "database:monitor_app"
    assert entry.client == "127.0.0.1"


def test_a_replacing_insert_is_caught_with_what_it_replaced(
    database: Database, request: pytest.FixtureRequest
) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL has no REPLACE")
    fill(database, 1)
    before = len(entries(database))
    with by_hand(owners_address(database, request)) as run:
        known = [column.name for column in Vendor.__table__.columns]
        told = ", ".join("'换'" if name == "note" else name for name in known)
        run(f"REPLACE INTO vendor ({', '.join(known)}) SELECT {told} FROM vendor")
    replaced, put = entries(database)[before:]
    assert (replaced.action, put.action) == ("conflict", "insert")
    assert replaced.before is not None
    assert replaced.before["note"] == ""
    assert put.after is not None
    assert put.after["note"] == "换"


def test_the_service_s_own_derived_rows_are_not_noted(database: Database) -> None:
    fill(database, 2)
    before = entries(database)
    scan(database, date(2023, 7, 1))
    assert len(entries(database)) == len(before)
    assert {e.object_kind for e in before} & WRITTEN_BY_THE_SERVICE == set()
