"""The vendor's page: its contracts as far as they are seen, papers with their marks, merged entries."""

import re
from datetime import date
from decimal import Decimal
from uuid import UUID

from flask.testing import FlaskClient

from contracts.models import Contract
from contracts.vendors.models import EvaluationStage, Qualification, VendorEvaluation
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from tests.ledger import WHO, City, ContractSpec, contract
from tests.pages import BEGINS, page, statements
from tests.step_ledger import StepLedger

CODE = "91350100M000100Y43"


def save(client: FlaskClient, address: str, **typed: str) -> tuple[int, str]:
    version = re.search(r'name="version" value="(\d+)"', page(client, address))
    hidden = {"version": version[1]} if version else {}
    answer = client.post(address, data={**hidden, **typed}, follow_redirects=True)
    return answer.status_code, answer.text


def known(database: Database, ledger: StepLedger) -> UUID:
    """The vendor of both contracts, with a paper that is expired and an evaluation."""
    with database.writing(LOCAL_OPERATOR) as session:
        vendor_id = session.get_one(Contract, ledger.paid_by_zone).vendor_id
        session.add_all(
            [
                Qualification(
                    vendor_id=vendor_id,
                    kind="安全评价机构资质",
                    number="APJ-1",
                    expires_on=date(2023, 6, 30),
                    **WHO,
                ),
                VendorEvaluation(
                    contract_id=ledger.paid_by_zone,
                    organisation_id=ledger.organisations["bureau"],
                    stage=EvaluationStage.YEAR,
                    evaluated_on=date(2023, 12, 20),
                    score=Decimal("86.5"),
                    **WHO,
                ),
            ]
        )
        return vendor_id


def test_a_vendor_is_kept_by_forms_that_keep_what_was_typed(clerk: FlaskClient) -> None:
    typed = {"name": "戊安全技术有限公司", "credit_code": CODE[:-1] + "9", "size": "small"}
    status, shown = save(clerk, "/vendors/new", **typed)
    assert (status, "校验码不符" in shown, CODE[:-1] + "9" in shown) == (422, True, True)
    status, shown = save(clerk, "/vendors/new", **{**typed, "credit_code": CODE})
    assert (status, "请接着登记它的资质" in shown) == (200, True)
    again = {"name": "戊安全技术股份有限公司"}
    status, shown = save(clerk, "/vendors/new", **again)
    assert (status, "已核对，不是同一家" in shown) == (409, True)
    status, shown = save(clerk, "/vendors/new", **again, is_another="true")
    assert status == 200
    assert "可能与" in shown
    kept = re.search(r'name="kept_id" value="([^"]+)"', shown)
    address = re.search(r'action="(/vendors/[^"]+)/merge"', shown)
    assert kept is not None
    assert address is not None
    merged = clerk.post(f"{address[1]}/merge", data={"kept_id": kept[1], "cause": ""})
    assert merged.status_code == 422
    told = {"kept_id": kept[1], "cause": "营业执照一致"}
    shown = clerk.post(f"{address[1]}/merge", data=told, follow_redirects=True).text
    assert "认定为同一家（营业执照一致）" in shown
    assert "戊安全技术股份有限公司" not in page(clerk, "/vendors?q=戊安全")
    assert "这一条已并入" in page(clerk, address[1])
    status, shown = save(
        clerk, f"/vendors/{kept[1]}/edit", name="己安全公司", renamed_on="2023-10-01"
    )
    assert "曾用名 戊安全技术有限公司（至 2023-10-01）" in shown
    assert "己安全公司" in page(clerk, "/vendors?q=戊安全技术有限")


def test_the_page_shows_what_the_reader_may_see_and_costs_the_same(
    database: Database, clerk: FlaskClient, overseer: FlaskClient, ledger: StepLedger
) -> None:
    vendor_id = known(database, ledger)
    shown = page(overseer, f"/vendors/{vendor_id}")
    assert all(word in shown for word in ("HT-1", "HT-2", "86.5", "良", "已过期", "200.00"))
    assert "有效期未提供" not in shown
    assert "已过期" not in page(overseer, f"/vendors/{vendor_id}?as_of=2023-06-30")
    with statements(database) as few:
        page(overseer, f"/vendors/{vendor_id}")
    with statements(database) as few_listed:
        page(overseer, "/vendors")
    with database.writing(LOCAL_OPERATOR) as session:
        found = session.get_one(Contract, ledger.paid_by_zone)
        bureau = session.get_one(type(found.purchaser), ledger.organisations["bureau"])
        place = City(bureau, found.vendor, found.programme)
        for number in range(3, 6):
            contract(session, place, f"HT-{number}", ContractSpec(BEGINS))
    with statements(database) as many:
        assert "HT-5" in page(overseer, f"/vendors/{vendor_id}")
    with statements(database) as many_listed:
        page(overseer, "/vendors")
    assert (len(many), len(many_listed)) == (len(few), len(few_listed))
    zone = page(clerk, f"/vendors/{vendor_id}")
    assert "HT-1" in zone
    assert "HT-3" not in zone
