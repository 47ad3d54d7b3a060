"""The contract list: filters, order by key, columns, saved views and the export."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

import samples
from contracts.life.models import ContractState, ContractStep
from contracts.lists.models import SavedView
from contracts.models import Contract, ContractTotal
from kernel.access.actor import LOCAL_OPERATOR, NOBODY, Actor, Grant
from kernel.access.roles import Role
from kernel.database import Database
from kernel.pinyin import pinyin_key
from kernel.workbook_guard import WorkbookLimits
from monitor.importing import import_workbook
from payments.contract_queries import contracts
from payments.schemas import ContractOut, ContractSort, ContractsWanted
from tests.clocks import StoppedClock
from tests.ledger import City, ContractSpec, MilestoneSpec, city, contract
from tests.people import person
from tests.signing_in import form_token
from tests.web import NOW, TODAY, client_as, web_client

NAMES = ("重庆煤矿", "安全生产", "阿克苏水利", "民爆监管", "=1+1", "非煤矿山", "民爆检查")


def _fill(database: Database) -> tuple[City, list[UUID]]:
    with database.writing(LOCAL_OPERATOR) as session:
        place = city(session)
        keys = []
        for number, name in enumerate(NAMES):
            total = None if number == 2 else Decimal(1000 * (number % 3))
            begins = date(2023, 3, 1) + timedelta(days=number % 4)
            terms = [MilestoneSpec(Decimal(500), date(2023, 6, 1 + number))] if number < 2 else []
            keys.append(
                contract(session, place, f"X{9 - number}", ContractSpec(begins, terms, total=total))
            )
            found = session.get_one(Contract, keys[-1])
            found.name = name
            if number == 5:
                found.service_end = None
    return place, keys


def _post(client: FlaskClient, address: str, **fields: str) -> Any:
    token = form_token(client.get("/contracts").text)
    return client.post(address, data={"csrf_token": token, **fields})


def _all(database: Database, actor: Actor, day: date = TODAY, **asked: Any) -> list[ContractOut]:
    """Every page of the list."""
    listed: list[ContractOut] = []
    cursor = None
    with database.reading(actor) as session:
        while True:
            wanted = ContractsWanted(limit=2, cursor=cursor, **asked)
            page = contracts(session, actor, day, wanted)
            listed += page.items
            cursor = page.next
            if cursor is None:
                return listed


ORDERS: dict[str, Callable[[ContractOut], Any]] = {
    "entered": lambda item: item.id,
    "number": lambda item: (item.number, item.id),
    "name": lambda item: (pinyin_key(item.name), item.id),
    "service_end": lambda item: (item.service_end or date.max, item.id),
    "total": lambda item: (-1 if item.total is None else item.total, item.id),
}


def test_pages_follow_each_order_both_ways(database: Database) -> None:
    _fill(database)
    for sort in ContractSort:
        listed = _all(database, LOCAL_OPERATOR, sort=sort)
        backwards = sort.value.startswith("-")
        key = ORDERS[sort.value.removeprefix("-")]
        assert listed == sorted(listed, key=key, reverse=backwards), sort
        assert len(listed) == len(NAMES)
    names = [item.name for item in _all(database, LOCAL_OPERATOR, sort=ContractSort.NAME)]
    assert names.index("安全生产") < names.index("重庆煤矿") < names.index("民爆检查")


def test_the_order_of_totals_is_of_the_day_asked_and_of_what_one_sees(database: Database) -> None:
    place, keys = _fill(database)
    changed = date(2023, 6, 1)
    with database.writing(LOCAL_OPERATOR) as session:
        contract(
            session, city(session, "乙市"), "Y1", ContractSpec(date(2023, 3, 1), total=Decimal(7))
        )
        first = session.scalars(
            select(ContractTotal).where(ContractTotal.contract_id == keys[0])
        ).one()
        first.valid_to = changed
        who = {"recorded_at": NOW, "recorded_by": "test"}
        more = {"valid_from": changed, "amount": Decimal(9999)}
        session.add(ContractTotal(contract_id=keys[0], **more, **who))
    clerk = Actor("clerk", (Grant(Role.CLERK, place.bureau.id, place.bureau.id),))
    finance = Actor("finance", (Grant(Role.FINANCE, place.bureau.id, place.bureau.id),))
    for actor in (clerk, finance):
        for day, largest in ((TODAY, 9999), (changed - timedelta(days=1), 2000)):
            listed = _all(database, actor, day, sort=ContractSort.TOTAL_LARGEST)
            assert listed == sorted(listed, key=ORDERS["total"], reverse=True)
            assert {item.id for item in listed} == set(keys)
            assert listed[0].total == largest
            narrowed = {"sort": ContractSort.TOTAL_LARGEST, "signed_from": date(2023, 3, 1)}
            assert _all(database, actor, day, **narrowed) == listed
    assert _all(database, clerk, date(2023, 2, 1), sort=ContractSort.TOTAL) == []
    assert _all(database, NOBODY, sort=ContractSort.TOTAL) == []


def test_every_listed_contract_has_a_total_or_is_known_to_have_none(database: Database) -> None:
    for name in samples.NAMES:
        path = samples.path(name)
        import_workbook(database, path, LOCAL_OPERATOR, StoppedClock(NOW, TODAY), WorkbookLimits())
    for day in (TODAY, date(2023, 7, 1), date(2023, 4, 1), date(2020, 1, 1)):
        entered = {item.id for item in _all(database, LOCAL_OPERATOR, day)}
        by_total = {
            item.id for item in _all(database, LOCAL_OPERATOR, day, sort=ContractSort.TOTAL)
        }
        assert by_total == entered


def test_filters_are_taken_together(database: Database) -> None:
    place, keys = _fill(database)
    clerk = Actor("clerk", (Grant(Role.CLERK, place.bureau.id, place.bureau.id),))
    with database.writing(LOCAL_OPERATOR) as session:
        step = {"since": TODAY, "recorded_at": NOW, "recorded_by": "test"}
        session.add(ContractStep(contract_id=keys[5], state=ContractState.SUSPENDED, **step))
    for asked, expected in (
        ({"q": "煤矿"}, [0, 5]),
        ({"q": "煤矿", "sort": ContractSort.NEWEST}, [5, 0]),
        ({"q": "煤矿", "sort": ContractSort.NAME}, [0, 5]),
        ({"q": "煤矿", "state": ContractState.SUSPENDED}, [5]),
        ({"q": "煤矿", "state": ContractState.IN_SERVICE}, [0]),
        ({"overdue": True, "signed_from": date(2023, 3, 2)}, [1]),
        ({"signed_to": date(2023, 3, 1)}, [0, 4]),
        ({"sector": "没有"}, []),
        ({"vendor": place.vendor.id, "q": "监管"}, [3]),
    ):
        for actor in (LOCAL_OPERATOR, clerk):
            listed = [item.id for item in _all(database, actor, **asked)]
            assert listed == [keys[number] for number in expected], asked


def test_only_what_changed_since_is_listed(database: Database, tmp_path: Path) -> None:
    _, keys = _fill(database)
    later = datetime(2023, 9, 1, tzinfo=UTC)
    with database.writing(LOCAL_OPERATOR) as session:
        session.execute(
            update(Contract).where(Contract.id == keys[2]).values(recorded_at=later, version=2)
        )
    client = web_client(database, tmp_path)

    def listed(since: str) -> Any:
        return client.get("/api/v1/contracts", query_string={"changed_since": since})

    assert [item["id"] for item in listed("2023-09-01T08:00:00+08:00").json["items"]] == [
        str(keys[2])
    ]
    assert listed("2023-09-01T00:00:01Z").json["items"] == []
    for wrong in ("2023-09-01", "2023-09-01T00:00:00", "0001-01-01T00:00:00+23:59"):
        assert "changed_since" in listed(wrong).text
        assert listed(wrong).status_code == 422


def test_the_address_holds_order_columns_and_filters(database: Database, tmp_path: Path) -> None:
    _fill(database)
    client = web_client(database, tmp_path)
    text = client.get("/contracts?sort=-number&col=number&col=name&signed_to=2023-03-03").text
    assert text.index(">X9<") < text.index(">X8<") < text.index(">X7<")
    assert "共 6 份合同" in text
    assert '<th scope="col">承接单位</th>' not in text
    assert "/contracts/export?" in text
    assert client.get("/contracts?sort=nothing").status_code == 422


def test_the_export_is_what_the_list_shows(database: Database, tmp_path: Path) -> None:
    place, _ = _fill(database)
    with database.writing(LOCAL_OPERATOR) as session:
        clerk = person(session, "clerk", (Role.CLERK, place.bureau.id)).id
    client = client_as(database, tmp_path, clerk)
    answer = client.get("/contracts/export?col=name&col=total&col=signed_on&sort=-entered&q=")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert rows[1] == ["合同", "合同总额（元）", "签订"]
    assert [row[0] for row in rows[2:]] == list(reversed(NAMES))
    assert rows[4][0] == "=1+1"
    assert rows[6][1:] == ["未提供", date(2023, 3, 3)]


@pytest.mark.parametrize("name", ["", "很" * 41])
def test_a_view_without_a_fit_name_is_not_saved(
    database: Database, tmp_path: Path, name: str
) -> None:
    _fill(database)
    client = web_client(database, tmp_path)
    answer = _post(client, "/views/contracts", name=name, query="q=1")
    assert answer.location == "/contracts?q=1"
    assert "没有保存视图" in client.get("/contracts").text


def test_views_are_one_s_own(database: Database, tmp_path: Path) -> None:
    place, _ = _fill(database)
    with database.writing(LOCAL_OPERATOR) as session:
        one = person(session, "one", (Role.CLERK, place.bureau.id)).id
        other = person(session, "other", (Role.CLERK, place.bureau.id)).id
    mine, theirs = (client_as(database, tmp_path, user) for user in (one, other))
    query = "q=%E6%B0%91%E7%88%86&sort=name"
    for _ in range(2):
        saved = _post(mine, "/views/contracts", name="民爆", query=query)
        assert saved.location == f"/contracts?{query}"
    assert (
        'href="/contracts?q=%E6%B0%91%E7%88%86&amp;sort=name">民爆</a>'
        in mine.get("/contracts").text
    )
    assert "saved-view" not in theirs.get("/contracts").text
    with database.reading(LOCAL_OPERATOR) as session:
        key = session.query(SavedView.id).scalar()
    assert _post(theirs, f"/views/{key}/remove").status_code == 404
    assert _post(mine, f"/views/{key}/remove").status_code == 302
    assert "saved-view" not in mine.get("/contracts").text
    assert _post(mine, "/views/nothing", name="x").status_code == 404
