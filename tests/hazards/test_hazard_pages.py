"""Hazards as a clerk meets them: the list, the next step in two clicks, forms that keep what is typed."""

import re
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from contracts.hazards.models import Hazard, HazardLevel
from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from tests.hazards.hazard_ledger import enterprise, hazard
from tests.pages import page, statements
from tests.people import person
from tests.step_ledger import StepLedger, fill
from tests.web import client_as


@pytest.fixture
def ledger(database: Database) -> StepLedger:
    return fill(database)


@pytest.fixture
def clerk(database: Database, tmp_path: Path, ledger: StepLedger) -> FlaskClient:
    return client_as(database, tmp_path, ledger.users["clerk"])


def send(client: FlaskClient, address: str, **fields: str) -> tuple[int, str]:
    token = client.get("/account").text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post(address, data={"csrf_token": token, **fields}, follow_redirects=True)
    return answer.status_code, answer.text


def write(database: Database, contract: UUID, count: int) -> list[UUID]:
    with database.writing(LOCAL_OPERATOR) as session:
        of = enterprise(session, "甲化工有限公司")
        session.flush()
        made = [
            hazard(
                session, contract, date(2023, 6, 2), enterprise_id=of.id, source="台账",
                description=f"第{n}条", deadline=date(2023, 7, 1 + n), assigned_on=date(2023, 6, 2),
                level=HazardLevel.MAJOR if n == 0 else HazardLevel.GENERAL,
            )
            for n in range(count)
        ]  # fmt: skip
        session.flush()
        return [each.id for each in made]


def test_the_next_step_is_two_clicks_from_the_list(
    database: Database, ledger: StepLedger, clerk: FlaskClient
) -> None:
    assert "还没有逐条登记的隐患" in page(clerk, "/hazards")
    keys = write(database, ledger.paid_by_zone, 3)
    shown = page(clerk, "/hazards")
    assert shown.index("第0条") < shown.index("第2条")
    assert "逾期 183 天" in shown
    address = f"/hazards/{keys[0]}"
    one = page(clerk, address)
    assert one.index("整改完成") < one.index("批准延期")
    status, told = send(clerk, f"{address}/steps", kind="extended", day="2023-12-30",
                        deadline="2024-01-20", remark="备件未到")  # fmt: skip
    assert status == 422
    assert "延期须经批准" in told
    assert "备件未到" in told
    for kind in ("rectified", "rechecked"):
        assert send(clerk, f"{address}/steps", kind=kind, day="2023-12-30")[0] == 200
    status, told = send(clerk, f"{address}/steps", kind="verified", day="2023-12-30")
    assert (status, "责任落实未填写" in told) == (422, True)
    former = page(clerk, f"{address}?as_of=2023-12-29")
    assert "处理</h2>" not in former
    assert "逾期 181 天" in former


def test_a_form_keeps_what_was_typed(
    database: Database, ledger: StepLedger, clerk: FlaskClient
) -> None:
    address = f"/contracts/{ledger.paid_by_zone}/hazards/new"
    typed = {"level": "general", "description": "配电箱未接地", "found_on": "2023-06-02"}
    status, told = send(clerk, address, **typed, enterprise="没有的企业")
    assert status == 422
    assert "企业名录中没有这家企业" in told
    assert "配电箱未接地" in told
    assert send(clerk, address, **typed)[0] == 200
    status, told = send(clerk, address, **typed)
    assert (status, "不是重复登记" in told) == (422, True)
    assert send(clerk, address, **typed, not_a_twin="true")[0] == 200
    with database.reading(LOCAL_OPERATOR) as session:
        keys = session.scalars(select(Hazard.id).order_by(Hazard.id)).all()
        assert session.scalar(select(func.count()).select_from(Hazard)) == 2
    edit = f"/hazards/{keys[0]}/edit"
    version = re.findall(r'name="version" value="(\d+)"', page(clerk, edit))
    changed = {**typed, "description": "配电箱未接地，线缆破损"}
    assert send(clerk, edit, **changed, version=version[0])[0] == 200
    status, told = send(clerk, edit, **typed, spot="库房", version=version[0])
    assert (status, "线缆破损" in told) == (409, True)


def test_pages_ask_as_much_whatever_is_there_and_show_no_more_than_is_seen(
    database: Database, tmp_path: Path, ledger: StepLedger, clerk: FlaskClient
) -> None:
    keys = write(database, ledger.paid_by_zone, 2)
    addresses = ("/hazards", "/hazards/board?by=enterprise", "/enterprises", f"/hazards/{keys[0]}")

    def asked() -> list[int]:
        counts = []
        for address in addresses:
            page(clerk, address)
            with statements(database) as seen:
                page(clerk, address)
            counts.append(len(seen))
        return counts

    before = asked()
    write(database, ledger.paid_by_zone, 20)
    assert asked() == before
    with database.writing(LOCAL_OPERATOR) as session:
        bureau = ledger.organisations["bureau"]
        finance = person(session, "finance", (Role.FINANCE, bureau)).id
    sibling = client_as(database, tmp_path, ledger.users["sibling"])
    page(sibling, f"/hazards/{keys[0]}", 404)
    assert "第0条" not in page(sibling, "/hazards?state=all")
    page(client_as(database, tmp_path, finance), "/hazards", 403)
    auditor = client_as(database, tmp_path, ledger.users["auditor"])
    assert "处理</h2>" not in page(auditor, f"/hazards/{keys[0]}")


def test_two_spellings_are_merged_after_a_look(
    database: Database, ledger: StepLedger, clerk: FlaskClient
) -> None:
    assert send(clerk, "/enterprises/new", name="甲化工有限公司")[0] == 200
    status, told = send(clerk, "/enterprises/new", name="甲化工有限责任公司")
    assert (status, "确是另一家" in told) == (422, True)
    send(clerk, "/enterprises/new", name="甲化工有限责任公司", is_another="true")
    links = re.findall(r"/enterprises/([0-9a-f-]+)/merge\?into=([0-9a-f-]+)",
                       page(clerk, "/enterprises/alike"))  # fmt: skip
    away, into = links[0]
    address = f"/enterprises/{away}/merge"
    asked = page(clerk, f"{address}?into={into}")
    name = re.findall(r'name="into" value="([^"]+)"', asked)[0]
    status, told = send(clerk, address, into=name, into_key=into)
    assert (status, "确认归并" in told) == (200, True)
    given = {"into": name, "into_key": into, "act": "merge", "version": "1"}
    assert send(clerk, address, **given, reason="")[0] == 422
    assert "统计时算作" in send(clerk, address, **given, reason="同一家")[1]
    assert "没有写法相近的企业" in page(clerk, "/enterprises/alike")
    told = send(clerk, f"/enterprises/{away}/part", reason="有误", version="2")[1]
    assert "归并已撤销" in told


def test_a_target_list_is_typed_by_name(
    database: Database, ledger: StepLedger, clerk: FlaskClient
) -> None:
    write(database, ledger.paid_by_zone, 1)
    address = f"/contracts/{ledger.paid_by_zone}/enterprises"
    seen = re.findall(r'name="seen" value="([0-9a-f]+)"', page(clerk, address))[0]
    given = {"day": "2023-06-01", "seen": seen}
    status, told = send(clerk, address, **given, names="甲化工有限公司\n没有的企业")
    assert (status, "没有的企业；请先登记" in told) == (422, True)
    status, told = send(clerk, address, **given, names="甲化工 有限责任公司\n")
    assert (status, "共 1 家" in told) == (200, True)
    assert send(clerk, address, **given, names="")[0] == 409
