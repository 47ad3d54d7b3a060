"""Sessions, column types and the SQL that differs between the databases."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import bindparam, func, insert, literal, select
from sqlalchemy.exc import IntegrityError, StatementError

from alerts.models import ScanRun
from contracts.models import Contract, Programme, Vendor
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.errors import InputError
from kernel.keys import new_key
from kernel.sql import add_days, contains, earliest, facts
from kernel.sql import new_key as sql_new_key
from payments.models import Payment
from tests.ledger import WHO, ContractSpec, city, contract


def test_keys_made_in_sql_are_uuid7_and_distinct(database: Database) -> None:
    with database.reading(LOCAL_OPERATOR) as session:
        row = session.execute(select(sql_new_key(), sql_new_key(), sql_new_key())).one()
    assert len(set(row)) == 3
    for key in (*row, new_key()):
        assert isinstance(key, UUID)
        assert (key.version, key.variant) == (7, "specified in RFC 4122")


def test_days_are_added_and_dates_compared(database: Database) -> None:
    day = literal(date(2023, 12, 30))
    with database.reading(LOCAL_OPERATOR) as session:
        moved, back, first, other = session.execute(
            select(
                add_days(day, 3),
                add_days(day, -365),
                earliest(add_days(day, 1), day),
                earliest(literal(None), day),
            )
        ).one()
    assert (moved, back) == (date(2024, 1, 2), date(2022, 12, 30))
    assert (first, other) == (date(2023, 12, 30), date(2023, 12, 30))


def test_facts_are_json_with_iso_dates(database: Database) -> None:
    with database.reading(LOCAL_OPERATOR) as session:
        found = session.scalar(
            select(facts(day=literal(date(2023, 12, 31)), amount=literal(5), name=literal("款")))
        )
    assert found == {"day": "2023-12-31", "amount": 5, "name": "款"}


def test_search_takes_wildcards_as_typed(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        session.add_all(Vendor(name=name, **WHO) for name in ("100%安全", "100安全", "a_b", "aXb"))
    with database.reading(LOCAL_OPERATOR) as session:
        for words, expected in (("0%", ["100%安全"]), ("A_B", ["a_b"]), ("安全", 2)):
            names = session.scalars(select(Vendor.name).where(contains(Vendor.name, words))).all()
            assert (names if isinstance(expected, list) else len(names)) == expected


def test_an_instant_is_kept_in_utc_and_needs_a_zone(database: Database) -> None:
    local = datetime(2023, 12, 31, 8, 0, tzinfo=timezone(timedelta(hours=8)))
    run = ScanRun(as_of=local.date(), started_at=local, duration_ms=0, actor="t", counts={})
    with database.writing(LOCAL_OPERATOR) as session:
        session.add(run)
    with database.reading(LOCAL_OPERATOR) as session:
        found = session.scalar(select(ScanRun.started_at))
    assert found == local
    assert found is not None
    assert found.tzinfo is UTC
    naive = select(bindparam("naive", datetime(2023, 1, 1), ScanRun.started_at.type))  # noqa: DTZ001
    with (
        database.reading(LOCAL_OPERATOR) as session,
        pytest.raises(StatementError, match="time zone"),
    ):
        session.scalar(naive)


def test_money_sums_exactly_and_a_part_of_a_fen_is_refused(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        place = city(session)
        place.programme.budget = Decimal("0.10")
        place.programme.received = Decimal("99999999999999.99")
    with database.reading(LOCAL_OPERATOR) as session:
        budget, received = session.execute(
            select(func.sum(Programme.budget), func.max(Programme.received))
        ).one()
    assert (budget, received) == (Decimal("0.10"), Decimal("99999999999999.99"))
    with pytest.raises((InputError, StatementError)), database.writing(LOCAL_OPERATOR) as session:
        session.get_one(Programme, place.programme.id).budget = Decimal("0.001")


def test_the_database_itself_refuses_what_cannot_be(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        place = city(session)
    with pytest.raises(IntegrityError), database.writing(LOCAL_OPERATOR) as session:
        session.get_one(Programme, place.programme.id).budget = Decimal(-1)
    with pytest.raises(IntegrityError), database.writing(LOCAL_OPERATOR) as session:
        session.execute(
            insert(Payment).values(
                contract_id=new_key(), paid_on=date(2023, 1, 1), amount=Decimal(1), **WHO
            )
        )


def test_a_year_that_is_a_slip_of_the_pen_is_refused_by_the_database(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        key = contract(session, city(session), "C1", ContractSpec(date(2023, 1, 1)))
    for slip in (date(203, 1, 1), date(2303, 1, 1)):
        with pytest.raises(IntegrityError), database.writing(LOCAL_OPERATOR) as session:
            session.get_one(Contract, key).signed_on = slip


def test_an_error_takes_everything_back_and_a_rehearsal_too(database: Database) -> None:
    with pytest.raises(IntegrityError), database.writing(LOCAL_OPERATOR) as session:
        session.add_all([Vendor(name="甲", **WHO), Vendor(name="甲", **WHO)])
    with database.rehearsing(LOCAL_OPERATOR) as session:
        session.add(Vendor(name="乙", **WHO))
        session.flush()
    with database.reading(LOCAL_OPERATOR) as session:
        assert session.scalars(select(Vendor.name)).all() == []


def test_a_reader_sees_one_moment(database: Database) -> None:
    with database.reading(LOCAL_OPERATOR) as session:
        assert session.scalars(select(Vendor.name)).all() == []
        with database.writing(LOCAL_OPERATOR) as other:
            other.add(Vendor(name="后来", **WHO))
        assert session.scalars(select(Vendor.name)).all() == []
