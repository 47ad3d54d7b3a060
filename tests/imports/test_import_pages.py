"""The pages and the API of imports, with the work in real processes of their own."""

import time
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select

import samples
from contracts.hazards.models import Hazard
from contracts.models import Organisation
from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from kernel.settings import Settings
from monitor.imports.folder import KEPT_DAYS, ImportFolder
from monitor.scheduler import clear_imports
from monitor.service import Service
from tests.clocks import StoppedClock
from tests.people import person
from tests.web import TODAY, client_as
from tests.workbooks import Book, bring_in

HEADINGS = ["合同编号", "序号", "排查时间", "企业", "隐患描述", "等级", "整改期限"]
SOUND = ["HAMI-2023-01", 1, "2023.5.6", "甲矿", "=HYPERLINK(1)", "重大", "2023-06-01"]
FAULTY = ["HAMI-2023-01", 2, "哪天", "甲矿", "无警示标识", "一般", ""]
FOREIGN = ["HAMI-2023-07", 3, "2023.5.6", "乙厂", "线路老化", "一般", ""]


@pytest.fixture
def clerk(database: Database, tmp_path: Path) -> FlaskClient:
    """One who enters for the emergency bureau alone."""
    bring_in(database, samples.path("hami-2023"))
    with database.writing(LOCAL_OPERATOR) as session:
        bureau = session.scalars(
            select(Organisation.id).where(Organisation.name == "哈密市应急管理局")
        ).one()
        user_id = person(session, "clerk", (Role.CLERK, bureau)).id
    client = client_as(database, tmp_path, user_id)
    token = client.get("/imports").text.split('name="csrf_token" value="')[1].split('"')[0]
    client.environ_base["HTTP_X_CSRFTOKEN"] = token
    return client


def sent(client: FlaskClient, path: Path) -> dict[str, Any]:
    """Upload a file over the API and wait until it was looked at."""
    answer = client.post("/api/v1/imports", data={"file": (BytesIO(path.read_bytes()), path.name)})
    assert answer.status_code == 201, answer.text
    return settled(client, answer.headers["Location"])


def settled(client: FlaskClient, address: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while True:
        run: dict[str, Any] = client.get(address).get_json()
        if run["state"] not in {"checking", "importing"}:
            return run
        assert time.monotonic() < deadline, run


def test_a_clerk_imports_the_sound_rows_and_takes_them_back(
    database: Database, clerk: FlaskClient, tmp_path: Path
) -> None:
    book = Book({"隐患排查治理台账": [HEADINGS, SOUND, FAULTY, FOREIGN]})
    book.sheets["隐患排查治理台账"][1][4] = "@危险：'未设护栏"
    run = sent(clerk, book.save(tmp_path / "隐患.xlsx"))
    assert run["state"] == "previewed"
    told = {(each["row"], each["column"].split()[0]) for each in run["report"]["errors"]}
    assert told == {(3, "C"), (4, "A")}
    address = f"/api/v1/imports/{run['id']}"
    assert clerk.post(f"{address}/commit", json={}).status_code == 409
    copy = clerk.get(f"/imports/{run['id']}/annotated")
    sheets = CalamineWorkbook.from_filelike(BytesIO(copy.data))
    assert sheets.get_sheet_by_name("隐患排查治理台账").to_python()[1][4] == "@危险：'未设护栏"
    assert clerk.post(f"{address}/commit", json={"sound_only": True}).status_code == 200
    run = settled(clerk, address)
    assert (run["state"], run["added"], run["left_out"]) == ("done", 2, 2), run
    page = clerk.get(f"/imports/{run['id']}").text
    assert "待处理清单：2 行没有导入" in page
    assert "撤销这次导入" in page
    assert clerk.post(f"{address}/undo").get_json()["state"] == "undone"
    with database.reading(LOCAL_OPERATOR) as session:
        assert session.scalars(select(Hazard.id)).all() == []
    assert clerk.post(f"{address}/undo").status_code == 409


def test_of_a_sheet_that_lacks_a_column_no_rows_are_offered(
    clerk: FlaskClient, tmp_path: Path
) -> None:
    headings = ["哪天" if each == "排查时间" else each for each in HEADINGS]
    book = Book({"隐患排查治理台账": [headings, SOUND, FAULTY]})
    run = sent(clerk, book.save(tmp_path / "隐患.xlsx"))
    assert "缺少表头“排查时间”" in run["report"]["errors"][0]["message"]
    assert "先导入无误的行" not in clerk.get(f"/imports/{run['id']}").text
    address = f"/api/v1/imports/{run['id']}"
    clerk.post(f"{address}/commit", json={"sound_only": True})
    run = settled(clerk, address)
    assert (run["state"], run["added"], run["left_out"]) == ("failed", 0, 0)


def test_a_file_that_nobody_asked_for_is_cleared_away_and_its_report_stays(
    database: Database, clerk: FlaskClient, tmp_path: Path
) -> None:
    book = Book({"隐患排查治理台账": [HEADINGS, SOUND, FAULTY]})
    run = sent(clerk, book.save(tmp_path / "隐患.xlsx"))
    files = ImportFolder.of(tmp_path)
    settings, page = Settings(data_dir=tmp_path), ""
    for days, is_kept in ((KEPT_DAYS - 1, True), (KEPT_DAYS + 1, False)):
        later = datetime.now(UTC) + timedelta(days=days)
        clear_imports(Service(settings, database, StoppedClock(later, TODAY)))
        assert (files.file(UUID(run["id"])) is not None) is is_kept
        page = clerk.get(f"/imports/{run['id']}").text
        assert ("下载标出错误的副本" in page) is is_kept
    assert "哪天" in page
    assert "文件只保留 30 天，这一份已不在；请重新上传" in page
    refused = clerk.post(f"/api/v1/imports/{run['id']}/commit", json={"sound_only": True})
    assert (refused.status_code, "请重新上传" in refused.get_json()["detail"]) == (409, True)
    assert clerk.get(f"/imports/{run['id']}/annotated").status_code == 404


def test_a_file_that_is_none_is_refused_at_its_field(clerk: FlaskClient) -> None:
    def upload(name: str, content: bytes) -> int:
        data = {"file": (BytesIO(content), name)}
        return clerk.post("/api/v1/imports", data=data).status_code

    assert upload("a.csv", b"a,b") == 422
    assert upload("a.xlsx", b"") == 422
    assert upload("a\x01b.xlsx", b"a") == 422
