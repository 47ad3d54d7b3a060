"""Hazards, vendors and enterprises as lists: columns, order and filters of the address, views, export."""

import re
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from contracts.models import Vendor
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from tests.hazards.hazard_ledger import WHO, fill_hazards, hazard
from tests.signing_in import form_token
from tests.web import web_client

FOUND = date(2023, 11, 1)


@pytest.fixture
def client(database: Database, tmp_path: Path) -> FlaskClient:
    """One who sees a ledger of 30 hazards, 3 enterprises, 2 vendors."""
    with database.writing(LOCAL_OPERATOR) as session:
        ledger = fill_hazards(session)
        session.add(Vendor(name="=乙安全公司", **WHO))
        for number in range(30):
            day = FOUND + timedelta(days=number)
            told = {"description": f"=第{number:02}项", "number": f"N{number:02}", "spot": "配电室"}
            deadline = day + timedelta(days=90 - number * 3)
            hazard(session, ledger.contracts[number % 2], day, deadline=deadline, **told)
    return web_client(database, tmp_path)


def rows(client: FlaskClient, address: str) -> list[list[Any]]:
    """The export's rows, its headings first."""
    answer = client.get(address)
    assert "spreadsheetml" in answer.content_type
    found = CalamineWorkbook.from_filelike(BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    return found[1:]


def test_hazards_are_exported_as_listed(client: FlaskClient) -> None:
    page = client.get("/hazards?col=number&col=deadline&sort=deadline")
    assert page.text.count('<th scope="col"') == 2
    assert page.text.index(">N29<") < page.text.index(">N28<")
    assert "/hazards/export?" in page.text
    exported = rows(client, "/hazards/export?col=number&col=deadline&sort=deadline")
    assert exported[0] == ["隐患编号", "整改期限"]
    assert [row[0] for row in exported[1:]] == [f"N{n:02}" for n in reversed(range(30))]
    newest = rows(client, "/hazards/export?col=number&sort=newest&found_to=2023-11-03&state=all")
    assert [row[0] for row in newest[1:]] == ["N02", "N01", "N00"]
    usual = rows(client, "/hazards/export?q=%E7%AC%AC07")
    assert usual[0] == ["状态", "隐患", "等级", "企业", "排查日期", "整改期限", "现由谁办理"]
    assert usual[1][1] == "=第07项"
    assert usual[1][3] == "未提供"


def test_vendors_and_enterprises_are_exported_as_listed(client: FlaskClient) -> None:
    vendors = rows(client, "/vendors/export?col=name&col=contracts&col=standing")
    assert vendors[0] == ["名称", "合同", "资质"]
    assert ["=乙安全公司", 0, "没有登记"] in vendors
    assert sorted(row[1] for row in vendors[1:]) == [0, 2]
    enterprises = rows(client, "/enterprises/export?col=name&merged=no")
    assert enterprises == [["企业"], ["乙矿业"], ["甲化工"]]
    assert "已归并" in client.get("/enterprises?merged=yes").text
    assert "没有符合条件的企业" in client.get("/enterprises?sector=没有").text


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("hazards", "state=verified&col=number"),
        ("vendors", "col=name&col=size"),
        ("enterprises", "merged=no&col=name"),
    ],
)
def test_each_list_keeps_views_of_its_own(client: FlaskClient, page: str, query: str) -> None:
    token = form_token(client.get(f"/{page}?{query}").text)
    saved = client.post(
        f"/views/{page}", data={"csrf_token": token, "name": "常用", "query": query}
    )
    assert saved.location == f"/{page}?{query}"
    assert f'href="/{page}?{query.replace("&", "&amp;")}">常用</a>' in client.get(f"/{page}").text
    others = {"hazards", "vendors", "enterprises", "contracts"} - {page}
    assert all("saved-view" not in client.get(f"/{other}").text for other in others)


@pytest.mark.parametrize("page", ["hazards", "vendors", "enterprises"])
def test_a_day_chosen_keeps_the_columns(client: FlaskClient, page: str) -> None:
    text = client.get(f"/{page}?col=name&col=number&col=spot&as_of=2023-12-01").text
    fields = text.count('type="hidden" name="col"')
    assert fields == (3 if page == "hazards" else 0)


@pytest.mark.parametrize(
    ("page", "room"),
    [
        ("/programmes", "合同台账"),
        ("/penalties", "合同台账"),
        ("/qualifications", "承接主体"),
        ("/enterprises", "隐患"),
        ("/hazards", "隐患"),
        ("/regulations", "资料库"),
    ],
)
def test_the_menu_shows_in_which_room_one_is(client: FlaskClient, page: str, room: str) -> None:
    assert re.findall(r'aria-current="page">(.*?)<', client.get(page).text) == [room]
