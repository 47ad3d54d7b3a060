"""Screens of documents: what was typed stays, faults stand at their fields, nothing foreign shows."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from kernel.database import Database
from tests.documents import files
from tests.documents.desk import Desk
from tests.step_ledger import fill, round_id

backends = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(database, tmp_path, fill(database))


def posted(desk: Desk, login: str, path: str, **fields: Any) -> Any:
    who = desk.person(login)
    sent = {"csrf_token": who.token, **fields}
    return who.client.post(path, data=sent)


def place(desk: Desk) -> dict[str, str]:
    return {"object_kind": "contract", "object_id": str(desk.ledger.paid_by_zone)}


@backends
def test_a_refused_upload_keeps_what_was_typed_and_says_what_is_wrong(desk: Desk) -> None:
    typed = {**place(desk), "kind": "invoice", "title": "第一期发票", "dated_on": "2023-06-01"}
    wrong = posted(desk, "clerk", "/documents", **typed, file=(BytesIO(files.PNG), "发票.pdf"))
    assert wrong.status_code == 422
    assert "文件内容是PNG 图片，扩展名却是 .pdf" in wrong.text
    assert 'value="第一期发票"' in wrong.text
    assert 'value="2023-06-01"' in wrong.text
    assert '<option value="invoice" selected>' in wrong.text
    unchosen = posted(desk, "clerk", "/documents", **{**typed, "kind": ""})
    assert "请选择文件种类" in unchosen.text
    assert "请选择要上传的文件" in posted(desk, "clerk", "/documents", **typed).text
    assert desk.stored() == set()

    good = posted(desk, "clerk", "/documents", **typed, file=(BytesIO(files.PDF), "发票.pdf"))
    assert good.status_code == 302
    page = desk.person("overseer").client.get(good.headers["Location"]).text
    assert "第一期发票" in page
    assert "发票.pdf" in page
    assert "上传文件" not in page  # who only reads is offered nothing to write
    assert desk.person("sibling").client.get(good.headers["Location"]).status_code == 404


@backends
def test_a_version_and_a_withdrawal_are_made_on_the_documents_page(desk: Desk) -> None:
    made = desk.send("clerk", "contract", desk.ledger.paid_by_zone).json["id"]
    path = f"/documents/{made}"
    same = posted(desk, "clerk", f"{path}/versions", file=(BytesIO(files.PDF), "合同.pdf"))
    assert (same.status_code, "内容相同" in same.text) == (409, True)
    new = posted(desk, "clerk", f"{path}/versions", file=(BytesIO(files.DOCX), "合同.docx"))
    second = new.headers["Location"]
    assert "这是旧版本" in desk.person("clerk").client.get(path).text
    silent = posted(desk, "clerk", f"{second}/withdraw", reason="")
    assert (silent.status_code, "不能为空" in silent.text) == (422, True)
    assert posted(desk, "clerk", f"{second}/withdraw", reason="传错").status_code == 302
    shown = desk.person("overseer").client.get(second).text
    assert "已撤回" in shown
    assert "传错" in shown
    assert "上传新版本" not in shown
    assert posted(desk, "overseer", f"{second}/withdraw", reason="x").status_code == 403
    assert posted(desk, "sibling", f"{second}/withdraw", reason="x").status_code == 404


@backends
def test_a_contracts_whole_file_takes_as_many_statements_however_much_is_in_it(desk: Desk) -> None:
    contract = desk.ledger.paid_by_zone
    address = f"/contracts/{contract}/documents"
    client = desk.person("clerk").client
    assert "还没有文件" in client.get(address).text
    counts, page = [], ""
    for number in range(3):
        desk.send("clerk", "contract", contract, files.PDF + bytes([number]))
        desk.send("clerk", "round", round_id(desk.database, contract), kind="report")
        asked: list[str] = []
        note = lambda *seen: asked.append(seen[2])  # noqa: B023, E731 — one list a round
        event.listen(desk.database.engine, "before_cursor_execute", note)
        page = client.get(address).text
        event.remove(desk.database.engine, "before_cursor_execute", note)
        counts.append(len(asked))
    assert "合同（3）" in page
    assert "报告（3）" in page
    assert len(set(counts)) == 1
    only = client.get(f"{address}?kind=report").text
    assert (only.count("第 1 版"), only.count("服务轮次")) == (3, 3)


@backends
def test_a_form_of_a_foreign_site_uploads_nothing(desk: Desk) -> None:
    client = desk.person("clerk").client
    sent = {**place(desk), "kind": "contract", "file": (BytesIO(files.PDF), "合同.pdf")}
    assert client.post("/documents", data=sent).status_code == 400
    assert desk.stored() == set()
