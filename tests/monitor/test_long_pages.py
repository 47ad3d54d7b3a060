"""Pages of more records than a page shows: they stay bounded, and they say so."""

from datetime import date, timedelta
from decimal import Decimal

from flask.testing import FlaskClient
from sqlalchemy import update

from contracts.models import Programme
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from tests.ledger import ContractSpec, MilestoneSpec
from tests.pages import APPROVED, BEGINS, DUE, page, write

PAID = [(DUE - timedelta(days=number % 90), Decimal(1)) for number in range(201)]


def paid_often() -> ContractSpec:
    return ContractSpec(BEGINS, [MilestoneSpec(Decimal(201), DUE, PAID)], [APPROVED])


def test_a_contract_of_many_payments_says_that_it_shows_the_latest(
    client: FlaskClient, database: Database
) -> None:
    few, many = write(database, ContractSpec(date(2023, 3, 1)), paid_often())
    text = page(client, f"/contracts/{many}")
    assert "支付记录较多，本页每类最多显示 200 条" in text
    assert "已付 0.0201 万元" in text
    assert "最多显示" not in page(client, f"/contracts/{few}")


def test_a_score_lists_the_first_of_its_evidence(client: FlaskClient, database: Database) -> None:
    write(database, paid_often())
    with database.writing(LOCAL_OPERATOR) as session:
        session.execute(update(Programme).values(code="HAMI-2023-DSF"))
    text = page(client, "/scores/hami-2023")
    assert "得分依据（201）" in text
    assert "只列前 200 条" in text
    assert text.count("支付 1.00 元") == 200
