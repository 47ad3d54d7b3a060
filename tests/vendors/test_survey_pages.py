"""Surveys from questions to result: the Zibo report's, with what it printed wrong."""

import re
from io import BytesIO

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from contracts.finding_models import Finding
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from tests.documents.files import PDF
from tests.pages import page, statements
from tests.step_ledger import StepLedger

TEAM = {
    "of": "HT-1",
    "title": "应急救援队员满意度",
    "respondents": "应急救援队员",
    "held_on": "2023-12-20",
    "sent": "30",
    "returned": "30",
    "q1_wording": "您对队伍保障是否满意？",
    "q1_very_satisfied": "24",
    "q1_satisfied": "4",
    "q1_fairly_satisfied": "2",
    "q1_stated_rate": "94.63",
}


def save(client: FlaskClient, address: str, **typed: str) -> tuple[int, str]:
    version = re.search(r'name="version" value="(\d+)"', page(client, address))
    hidden = {"version": version[1]} if version else {}
    answer = client.post(address, data={**hidden, **typed}, follow_redirects=True)
    return answer.status_code, answer.text


def test_a_survey_goes_from_questions_to_a_rate_that_is_checked(
    database: Database, clerk: FlaskClient, overseer: FlaskClient, ledger: StepLedger
) -> None:
    status, shown = save(overseer, "/surveys/new", **{**TEAM, "returned": "29"})
    assert status == 422
    assert "各档人数合计 30，多于回收的 29 份" in shown
    assert 'value="您对队伍保障是否满意？"' in shown
    status, shown = save(overseer, "/surveys/new", **TEAM, act="more")
    assert 'name="q4_wording"' in shown
    assert 'value="24"' in shown
    status, shown = save(overseer, "/surveys/new", **TEAM)
    assert status == 200
    assert "94.67 %" in shown
    assert "第 1 题报告所列满意率 94.63 %，按各档人数和回收份数为 94.67 %" in shown
    address = re.search(r"/surveys/[0-9a-f-]{36}", shown)
    assert address is not None
    one = address[0]
    assert "打“√”" in page(clerk, f"{one}/questionnaire")
    assert "应急救援队员满意度" in page(clerk, "/surveys")
    status, shown = save(clerk, f"{one}/edit", **{**TEAM, "q1_stated_rate": "94.67"})
    assert (status, "报告所列满意率 94.63" in shown) == (200, False)
    with database.reading(LOCAL_OPERATOR) as session:
        assert session.scalars(select(Finding.ended_at)).one() is not None
    status, shown = save(clerk, f"{one}/edit", of="HT-1", title="只剩标题")
    assert status == 422
    assert save(clerk, "/surveys/new", **{**TEAM, "of": "HT-9"})[0] == 422


def test_a_programme_is_surveyed_by_who_leads_it_and_a_list_costs_the_same(
    database: Database, clerk: FlaskClient, overseer: FlaskClient, ledger: StepLedger
) -> None:
    whole = {
        **TEAM,
        "of": "甲市-2023",
        "title": "企业满意度",
        "sent": "100",
        "returned": "96",
        "stated_rate": "92.4",
        "q1_very_satisfied": "82",
        "q1_satisfied": "10",
        "q1_fairly_satisfied": "4",
        "q1_stated_rate": "",
    }
    assert save(clerk, "/surveys/new", **whole)[0] == 422
    status, shown = save(overseer, "/surveys/new", **whole)
    assert status == 200
    assert "报告所列总体满意率 92.4 %，按各题统计为 96.25 %" in shown
    assert "没有满意度调查" in page(clerk, "/surveys")
    with statements(database) as few:
        page(overseer, "/surveys")
    for number in range(3):
        assert save(overseer, "/surveys/new", **{**whole, "title": f"第{number}次"})[0] == 200
    with statements(database) as many:
        assert page(overseer, "/surveys").count("96.25 %") == 4
    assert len(many) == len(few)
    mine = overseer.get("/api/v1/surveys").get_json()["items"]
    assert [each["rate"] for each in mine] == ["96.25"] * 4
    assert clerk.get(f"/api/v1/surveys/{mine[0]['id']}").status_code == 404


def test_the_report_of_a_survey_lies_with_it(
    clerk: FlaskClient, overseer: FlaskClient, ledger: StepLedger
) -> None:
    def upload(client: FlaskClient, kind: str, key: str) -> int:
        sent = {"object_kind": kind, "object_id": key, "kind": "other"}
        file = FileStorage(BytesIO(PDF), "问卷.pdf")
        boundary, body = encode_multipart({**sent, "file": file})
        media = f"multipart/form-data; boundary={boundary}"
        return client.post("/api/v1/documents", data=body, content_type=media).status_code

    assert save(clerk, "/surveys/new", **TEAM)[0] == 200
    assert save(overseer, "/surveys/new", **{**TEAM, "of": "甲市-2023"})[0] == 200
    of_programme, of_contract = overseer.get("/api/v1/surveys").get_json()["items"]
    assert upload(clerk, "survey", of_contract["id"]) == 201
    assert "问卷.pdf" in page(clerk, f"/surveys/{of_contract['id']}")
    filed = f"/api/v1/documents?contract={ledger.paid_by_zone}"
    assert [each["object_kind"] for each in clerk.get(filed).get_json()["items"]] == ["survey"]
    assert upload(clerk, "programme_survey", of_programme["id"]) == 404
    assert upload(overseer, "survey", of_programme["id"]) == 404
    assert upload(overseer, "programme_survey", of_programme["id"]) == 201
    assert "问卷.pdf" in page(overseer, f"/surveys/{of_programme['id']}")
