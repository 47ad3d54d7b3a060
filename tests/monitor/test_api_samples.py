"""What programs read of the two real cities after their workbooks were imported."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.workbook_guard import WorkbookLimits
from monitor.importing import import_workbook
from samples import FOLDER
from tests.api_ledger import items, scan
from tests.clocks import StoppedClock
from tests.web import NOW, TODAY, web_client


@pytest.fixture
def client(database: Database, tmp_path: Path) -> FlaskClient:
    clock = StoppedClock(NOW, TODAY)
    for name in ("hami-2023.xlsx", "zibo-2023.xlsx"):
        result = import_workbook(
            database, FOLDER / name, LOCAL_OPERATOR, clock, WorkbookLimits(20_000_000, 300_000_000)
        )
        assert not result.errors
    scan(database, date(2023, 9, 1), TODAY)
    return web_client(database, tmp_path)


def test_the_figures_of_both_cities(client: FlaskClient) -> None:
    hami = items(client, "contracts", programme="HAMI-2023-DSF")
    assert len(hami) == 8
    given = [item for item in hami if item["total"] is not None]
    assert len(given) == 6
    assert sum(Decimal(item["total"]) for item in given) == Decimal("4737000.00")
    assert sum(Decimal(item["paid"]) for item in given) == Decimal("2000000.00")
    assert {item["plan_state"] for item in hami} == {"missing"}
    assert all("signed_on" in item["assumed"] for item in hami)
    [zibo] = [item for item in items(client, "contracts") if item not in hami]
    assert (zibo["total"], zibo["paid"], zibo["overdue"]) == ("1600000.00", "1600000.00", "0.00")

    missing = items(client, "alerts", rule="missing_plan", state="open")
    assert len(missing) == 8
    assert items(client, "alerts", rule="late_payment", state="open") == []
    [late] = items(client, "alerts", rule="late_payment", as_of="2023-09-01", state="open")
    assert late["contract"]["number"] == zibo["number"]
    assert late["facts"]["unpaid"] == "140000.00"


def test_the_first_indicator(client: FlaskClient) -> None:
    [hami, *_] = items(client, "scores")
    assert hami["code"] == "hami-2023"
    response = client.get("/api/v1/scores/hami-2023?only=B204&as_of=2023-12-31")
    assert response.status_code == 200
    found = response.get_json()
    assert (found["as_of"], found["total"]) == ("2023-12-31", "1.00")
    [indicator] = found["indicators"]
    assert (indicator["code"], indicator["weight"], indicator["score"]) == ("B204", "2.00", "1.00")
    assert indicator["evidence"]
    wrong = client.get("/api/v1/scores/hami-2023?only=Z999")
    assert wrong.status_code == 422
    assert wrong.get_json()["errors"][0]["field"] == "only"
    assert client.get("/api/v1/scores/nowhere-1999").status_code == 404


def test_the_examples_of_the_documentation_answer(client: FlaskClient) -> None:
    page = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
    examples = re.findall(r"^GET (\S+)$", page, re.MULTILINE)
    assert len(examples) >= 7
    for path in examples:
        response = client.get(path)
        assert response.status_code == 200, path
        found = response.get_json()
        assert found.get("items") or found.get("indicators"), path
