"""Pages of a list: every record once, whatever comes or goes between two pages."""

from base64 import urlsafe_b64encode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import select

from contracts.models import Vendor
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.errors import InputError
from kernel.paging import ListQuery, Page, fetch_page
from tests.ledger import WHO


def page(database: Database, cursor: str | None, limit: int, *, newest: bool = False) -> Page[str]:
    with database.reading(LOCAL_OPERATOR) as session:
        return fetch_page(
            session,
            select(Vendor.name),
            [Vendor.version, Vendor.name],
            ListQuery(limit=limit, cursor=cursor),
            lambda row: str(row[0]),
            newest_first=newest,
        )


def add(database: Database, *names: str, version: int = 1) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        session.add_all(Vendor(name=name, version=version, **WHO) for name in names)


@pytest.mark.parametrize("newest", [False, True])
@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8, 50])
def test_pages_hold_every_record_once_in_order(
    database: Database, limit: int, newest: bool
) -> None:
    add(database, "丁", "甲", version=2)
    add(database, "a", "b'", 'c"', "d%", "é")
    seen: list[str] = []
    cursor: str | None = None
    while True:
        found = page(database, cursor, limit, newest=newest)
        assert len(found.items) <= limit
        seen += found.items
        if found.next is None:
            break
        cursor = found.next
    whole = page(database, None, 200, newest=newest).items
    assert seen == whole
    assert len(set(seen)) == 7


def test_what_comes_before_the_cursor_shifts_nothing(database: Database) -> None:
    add(database, "b", "d", "f")
    first = page(database, None, 2)
    add(database, "a", "e")
    assert page(database, first.next, 9).items == ["e", "f"]


def test_a_cursor_is_safe_in_an_address(database: Database) -> None:
    add(database, "？》ÿ~", "？》ÿ~~", "z" * 150)
    cursor = page(database, None, 1).next
    assert cursor is not None
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_a_cursor_of_another_list_is_refused(database: Database) -> None:
    add(database, "a", "b")
    with database.reading(LOCAL_OPERATOR) as session:
        other = fetch_page(
            session, select(Vendor), [Vendor.name], ListQuery(limit=1), lambda row: row[0]
        ).next
    with pytest.raises(InputError) as refused:
        page(database, other, 1)
    assert refused.value.problems[0].field == "cursor"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=40),
        st.binary(max_size=40).map(lambda raw: urlsafe_b64encode(raw).decode()),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=5), lambda part: st.lists(part, max_size=3)
        ).map(lambda value: urlsafe_b64encode(repr(value).encode()).decode()),
    )
)
def test_a_made_up_cursor_is_refused_by_name(sqlite_vendors: Database, cursor: str) -> None:
    with pytest.raises(InputError) as refused:
        page(sqlite_vendors, cursor, 1)
    assert refused.value.problems[0].field == "cursor"


@pytest.fixture
def sqlite_vendors(database: Database) -> Database:
    add(database, "a", "b")
    return database


@pytest.mark.parametrize("limit", [0, 201, -1])
def test_a_page_holds_1_to_200(limit: int) -> None:
    with pytest.raises(ValidationError):
        ListQuery(limit=limit)
