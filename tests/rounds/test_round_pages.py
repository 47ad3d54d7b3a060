"""The pages of plans and rounds: progress by word, forms that keep what was typed, acts on a round."""

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contracts.enterprises.models import Enterprise
from contracts.enterprises.names import name_key
from contracts.service_models import ImplementationPlan, PlannedRound, RoundKind, ServiceRound
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.keys import new_key
from tests.ledger import WHO
from tests.pages import page, statements
from tests.step_ledger import Person, StepLedger, fill, people_of, plan_id, round_id


@pytest.fixture
def ledger(database: Database) -> StepLedger:
    return fill(database)


def _promise(database: Database, contract_id: UUID, several: int) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        plan = session.get_one(ImplementationPlan, plan_id(database, contract_id))
        plan.approved_on = date(2023, 3, 10)
        session.add_all(
            PlannedRound(
                contract_id=contract_id,
                plan_id=plan.id,
                number=number,
                kind=RoundKind.HAZARD_INSPECTION,
                window_to=date(2023, 6, 5),
                **WHO,
            )
            for number in range(1, several + 1)
        )


def _send(person: Person, address: str, **fields: str) -> tuple[int, str]:
    answer = person.client.post(address, data={"csrf_token": person.token, **fields})
    return answer.status_code, answer.text


def test_progress_is_told_by_word_and_costs_the_same_whatever_the_data(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    _promise(database, ledger.paid_by_zone, 3)
    (clerk,) = people_of(database, tmp_path, ledger, "clerk")
    address = f"/contracts/{ledger.paid_by_zone}/service"
    with statements(database) as few:
        text = page(clerk.client, address)
    for words in ("晚 10 天审定", "滞后 4 天完成", "滞后 209 天", "完成及时率 0.00%", "登记开始"):
        assert words in text
    with database.writing(LOCAL_OPERATOR) as session:
        session.add_all(
            ServiceRound(
                contract_id=ledger.paid_by_zone,
                number=number,
                kind=RoundKind.DRILL,
                started_on=date(2023, 7, 1),
                **WHO,
            )
            for number in range(4, 9)
        )
    with statements(database) as many:
        page(clerk.client, address)
    assert len(few) == len(many)
    for refused in ("sibling",):
        (other,) = people_of(database, tmp_path, ledger, refused)
        page(other.client, address, 404)


def test_a_plan_form_keeps_what_was_typed_and_says_what_is_wrong_at_its_row(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    (clerk,) = people_of(database, tmp_path, ledger, "clerk")
    address = f"/contracts/{ledger.paid_by_zone}/plans/new"
    typed = {
        "submitted_on": "2023-03-05",
        "title": "排查方案",
        "headcount": "六",
        "rounds.0.kind": "training",
        "rounds.2.kind": "hazard_inspection",
        "rounds.2.window_from": "2023-05-01",
        "rounds.2.window_to": "2023-04-01",
    }
    status, text = _send(clerk, address, **typed)
    assert status == 422
    assert "应为整数" in text
    status, text = _send(clerk, address, **{**typed, "headcount": "6"})
    assert status == 422
    assert 'id="rounds.0.window_to-fault"' in text
    assert 'value="排查方案"' in text
    status, text = _send(clerk, address, **typed, act="more")
    assert status == 200
    assert 'name="rounds.8.number"' in text
    right = {**typed, "headcount": "6", "rounds.2.window_to": "2023-05-31"}
    status, _ = _send(clerk, address, **right)
    assert status == 302
    with database.reading(LOCAL_OPERATOR) as session:
        (made,) = session.scalars(select(PlannedRound)).all()
        assert (made.number, made.window_to) == (1, date(2023, 5, 31))
        plan = f"/plans/{made.plan_id}"
    assert "2023-05-31" in page(clerk.client, plan)
    # A row that is emptied is taken out of the version; the rest of the form stays as it was.
    emptied = {"submitted_on": "2023-03-05", "title": "排查方案", "with_rows": "1", "version": "1"}
    assert _send(clerk, f"{plan}/edit", **emptied)[0] == 302
    with database.reading(LOCAL_OPERATOR) as session:
        assert session.scalars(select(PlannedRound)).one().superseded_at is not None
    assert _send(clerk, f"{plan}/return", returned_on="2023-03-06", return_reason="")[0] == 422
    back = {"returned_on": "2023-03-06", "return_reason": "缺进度安排"}
    assert _send(clerk, f"{plan}/return", **back)[0] == 302
    assert "缺进度安排" in page(clerk.client, plan)
    assert _send(clerk, f"{plan}/submit", submitted_on="2023-03-09")[0] == 302


def test_a_round_is_updated_in_two_clicks_and_found_to_have_nothing(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    (clerk, auditor) = people_of(database, tmp_path, ledger, "clerk", "auditor")
    key = round_id(database, ledger.paid_by_zone)
    straight = clerk.client.get(f"/contracts/{ledger.paid_by_zone}/rounds/update")
    assert straight.headers["Location"] == f"/rounds/{key}/edit"
    shown = f"/rounds/{key}"
    assert "确未发现请点“零隐患确认”" in page(clerk.client, shown)
    assert "提请确认" not in page(auditor.client, shown)
    form = {"kind": "hazard_inspection", "started_on": "2023-06-01", "ended_on": "2023-05-31"}
    status, text = _send(clerk, f"{shown}/edit", version="1", **form)
    assert status == 422
    assert "早于开始日期" in text
    form["ended_on"] = "2023-06-09"
    assert _send(clerk, f"{shown}/edit", version="1", **form, enterprises="16")[0] == 302
    status, text = _send(clerk, f"{shown}/edit", version="1", **form, enterprises="17")
    assert (status, "检查企业（家次）" in text) == (409, True)
    _equipment_and_returns(clerk, shown)
    assert _send(clerk, f"{shown}/zero-hazards", confirmed_on="2023-06-10")[0] == 302
    assert "已作零隐患确认" in page(clerk.client, shown)


def _equipment_and_returns(clerk: Person, shown: str) -> None:
    types = {"items.0.equipment": "电梯", "items.0.sets": "73", "items.3.equipment": "锅炉"}
    status, text = _send(clerk, f"{shown}/equipment", version="2", **types)
    assert (status, "items.1.sets-fault" in text) == (422, True)
    types["items.3.sets"] = "15"
    assert _send(clerk, f"{shown}/equipment", version="2", **types)[0] == 302
    back = {"returned_on": "2023-06-12", "return_reason": "报告缺企业名单"}
    assert _send(clerk, f"{shown}/return", **back)[0] == 302
    text = page(clerk.client, shown)
    assert "报告缺企业名单" in text
    assert "已退回" in text
    assert _send(clerk, f"{shown}/resubmit", resubmitted_on="2023-06-18")[0] == 302


def test_a_new_round_takes_over_what_the_plan_says(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    _promise(database, ledger.paid_by_zone, 2)
    (clerk,) = people_of(database, tmp_path, ledger, "clerk")
    client: FlaskClient = clerk.client
    address = f"/contracts/{ledger.paid_by_zone}/rounds/new"
    assert '<option value="2" selected>' in page(client, f"{address}?planned=2")
    form = {"kind": "drill", "started_on": "2023-07-01", "rounds_covered": "1"}
    assert _send(clerk, address, **form, planned_number="2", request_key="k-1")[0] == 302
    # A second click adds nothing.
    assert _send(clerk, address, **form, planned_number="2", request_key="k-1")[0] == 302
    with database.reading(LOCAL_OPERATOR) as session:
        assert len(session.scalars(select(ServiceRound.id)).all()) == 3
    assert _send(clerk, address, **{**form, "started_on": ""})[0] == 422


def test_the_list_of_enterprises_is_pasted_line_by_line(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    (clerk,) = people_of(database, tmp_path, ledger, "clerk")
    with database.writing(LOCAL_OPERATOR) as session:
        session.add_all(
            Enterprise(id=new_key(), name=name, name_key=name_key(name), **WHO)
            for name in ("甲矿业有限公司", "乙矿业有限公司")
        )
    shown = f"/rounds/{round_id(database, ledger.paid_by_zone)}"
    address = f"{shown}/enterprises"
    status, text = _send(clerk, address, version="1", enterprises="甲矿业有限公司\n丙厂")
    assert (status, "丙厂（共 1 家）" in text, "甲矿业有限公司\n丙厂" in text) == (422, True, True)
    status, text = _send(clerk, address, version="1", enterprises="甲矿业有限公司，2024-06-03")
    assert (status, "第 1 行：不能晚于业务日期" in text) == (422, True)
    lines = "甲矿业有限公司\t2023-06-03\t2\n乙矿业有限公司"
    assert _send(clerk, address, version="1", enterprises=lines)[0] == 302
    assert "2 家，3 家次" in page(clerk.client, shown)
    assert "甲矿业有限公司，2023-06-03，2" in page(clerk.client, address)
    assert _send(clerk, address, version="2", enterprises="乙矿业有限公司")[0] == 302
    assert "1 家，1 家次" in page(clerk.client, shown)
