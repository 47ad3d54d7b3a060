"""Documents over the API: who may read, write, replace and withdraw them, and what comes out."""

import resource
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import func, select

from contracts.documents.models import Document, StoredFile
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.keys import new_key
from kernel.trail.models import AuditEntry
from tests.documents import files
from tests.documents.buckets import SECRET, bucket
from tests.documents.desk import Desk
from tests.step_ledger import fill, round_id

on_one = pytest.mark.parametrize("backend", ["sqlite"])
"""What a database has no part in is tried on one."""


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(database, tmp_path, fill(database))


def test_a_document_is_uploaded_listed_and_downloaded_unchanged(desk: Desk) -> None:
    contract = desk.ledger.paid_by_zone
    answer = desk.send(
        "clerk", "contract", contract, title="采购合同", number="HT-1", dated_on="2023-03-01"
    )
    assert answer.status_code == 201, answer.json
    made = answer.json
    assert made["sha256"] == sha256(files.PDF).hexdigest()
    assert (made["media_type"], made["size"]) == ("application/pdf", len(files.PDF))
    assert (made["version_number"], made["is_current"], made["kind"]) == (1, True, "contract")
    assert answer.headers["Location"] == f"/api/v1/documents/{made['id']}"

    reader = desk.person("overseer")
    listed = reader.get(f"documents?contract={contract}").json["items"]
    assert [item["id"] for item in listed] == [made["id"]]
    one = reader.get(f"documents?object_kind=contract&object_id={contract}").json["items"]
    assert one == listed
    assert reader.get(f"documents/{made['id']}").json == made
    early = reader.get(f"documents?contract={contract}&as_of=2023-02-28").json
    assert early["items"] == []

    got = reader.get(f"documents/{made['id']}/content")
    assert got.data == files.PDF
    assert got.headers["Content-Type"] == "application/pdf"
    assert got.headers["Content-Length"] == str(len(files.PDF))
    assert got.headers["ETag"] == f'"{made["sha256"]}"'
    assert got.headers["Content-Disposition"] == (
        "attachment; filename=\"document.pdf\"; filename*=UTF-8''%E5%90%88%E5%90%8C.pdf"
    )
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    again = reader.client.get(
        f"/api/v1/documents/{made['id']}/content", headers={"If-None-Match": got.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")
    head = reader.client.head(f"/api/v1/documents/{made['id']}/content")
    assert (head.data, head.headers["Content-Length"]) == (b"", str(len(files.PDF)))

    with desk.database.reading(LOCAL_OPERATOR) as session:
        read = select(AuditEntry).where(AuditEntry.action == "read")
        entries = session.scalars(read.where(AuditEntry.object_kind == "document")).all()
    assert [(e.actor, e.object_id, e.contract_id) for e in entries] == [
        ("overseer", made["id"], contract)
    ]


def test_a_document_is_seen_by_who_sees_its_record_and_written_by_who_may(desk: Desk) -> None:
    contract = desk.ledger.paid_by_zone
    round_ = round_id(desk.database, contract)
    made = desk.send("clerk", "round", round_, kind="report").json
    for login in ("overseer", "auditor", "checker"):
        assert desk.person(login).get(f"documents/{made['id']}").status_code == 200
        assert desk.send(login, "round", round_).status_code == 403
        assert (
            desk.post(login, f"documents/{made['id']}/versions", {}, files.PNG).status_code == 403
        )
    sibling = desk.person("sibling")
    for path in (f"documents/{made['id']}", f"documents/{made['id']}/content"):
        assert sibling.get(path).status_code == 404
    assert sibling.get("documents").json["items"] == []
    assert sibling.get(f"documents?contract={contract}").json["items"] == []
    named = f"documents?object_kind=round&object_id={round_}"
    assert sibling.get(named).json["items"] == []
    assert desk.send("sibling", "round", round_).status_code == 404
    assert desk.send("sibling", "contract", contract).status_code == 404
    body = {"reason": "不对"}
    assert sibling.post(f"documents/{made['id']}/withdraw", body).status_code == 404
    assert desk.stored() == {made["sha256"]}


def test_one_content_is_stored_once_however_many_documents_it_is(desk: Desk) -> None:
    contract = desk.ledger.paid_by_zone
    first = desk.send("clerk", "contract", contract, key="a").json
    same = desk.send("clerk", "contract", contract, key="a")
    assert (same.status_code, same.json["id"]) == (201, first["id"])
    other = desk.send("clerk", "contract", contract, key="a", title="另一份")
    assert other.status_code == 409
    again = desk.send("clerk", "round", round_id(desk.database, contract)).json
    assert again["id"] != first["id"]
    with desk.database.reading(LOCAL_OPERATOR) as session:
        assert session.scalar(select(func.count()).select_from(StoredFile)) == 1
        assert session.scalar(select(func.count()).select_from(Document)) == 2
    assert desk.stored() == {first["sha256"]}


def test_versions_follow_each_other_and_the_last_may_be_withdrawn(desk: Desk) -> None:
    first = desk.send("clerk", "contract", desk.ledger.paid_by_zone, dated_on="2023-03-01").json
    path = f"documents/{first['id']}/versions"
    assert desk.post("clerk", path, {}, files.PDF).status_code == 409
    made = desk.post("clerk", path, {"dated_on": "2023-06-01"}, files.DOCX, "合同.docx")
    second = made.json
    assert made.headers["Location"] == f"/api/v1/documents/{second['id']}"
    assert (second["series_id"], second["version_number"]) == (first["id"], 2)
    assert (second["title"], second["kind"]) == (first["title"], first["kind"])

    clerk = desk.person("clerk")
    assert [d["id"] for d in clerk.get("documents").json["items"]] == [second["id"]]
    every = clerk.get("documents?versions=true").json["items"]
    assert [(d["version_number"], d["is_current"]) for d in every] == [(2, True), (1, False)]
    then = clerk.get("documents?as_of=2023-05-31").json["items"]
    assert [(d["version_number"], d["is_current"]) for d in then] == [(1, True)]
    assert clerk.get(f"documents/{first['id']}/content").data == files.PDF

    reason = {"reason": "金额写错，另行签订"}
    assert clerk.post(f"documents/{first['id']}/withdraw", reason).status_code == 409
    assert clerk.post(f"documents/{second['id']}/withdraw", {"reason": " "}).status_code == 422
    gone = clerk.post(f"documents/{second['id']}/withdraw", reason).json
    assert (gone["withdrawn_on"], gone["withdrawn_reason"]) == ("2023-12-31", reason["reason"])
    assert clerk.post(f"documents/{second['id']}/withdraw", reason).status_code == 409
    assert clerk.get(f"documents/{second['id']}/content").data == files.DOCX


WRONG: tuple[tuple[dict[str, str], bytes | None, str, int, str], ...] = (
    ({"kind": "painting"}, files.PDF, "合同.pdf", 422, "kind"),
    ({"object_kind": "planet"}, files.PDF, "合同.pdf", 422, "object_kind"),
    ({"object_id": "x"}, files.PDF, "合同.pdf", 422, "object_id"),
    ({"object_id": str(new_key())}, files.PDF, "合同.pdf", 404, ""),
    ({"dated_on": "2024-01-01"}, files.PDF, "合同.pdf", 422, "dated_on"),
    ({"dated_on": "2023年"}, files.PDF, "合同.pdf", 422, "dated_on"),
    ({"title": "x" * 201}, files.PDF, "合同.pdf", 422, "title"),
    ({"colour": "red"}, files.PDF, "合同.pdf", 422, "colour"),
    ({}, files.PDF, "合同.exe", 422, "file"),
    ({}, files.PDF, "合同.png", 422, "file"),
    ({}, b"", "合同.pdf", 422, "file"),
    ({}, None, "", 422, "file"),
    ({"file": "合同的全文"}, None, "", 422, "file"),
)


def test_what_is_wrong_is_named_and_nothing_is_written(desk: Desk) -> None:
    fields = {
        "object_kind": "contract",
        "object_id": str(desk.ledger.paid_by_zone),
        "kind": "contract",
    }
    for more, content, name, status, field in WRONG:
        answer = desk.post("clerk", "documents", {**fields, **more}, content, name)
        found = [fault["field"] for fault in answer.json["errors"]]
        assert (answer.status_code, found) == (status, [field] if field else []), more
        assert all(not fault["message"].isascii() for fault in answer.json["errors"])
    with desk.database.reading(LOCAL_OPERATOR) as session:
        assert session.scalar(select(func.count()).select_from(Document)) == 0


@on_one
def test_an_image_is_shown_and_everything_else_is_a_download(desk: Desk) -> None:
    contract = desk.ledger.paid_by_zone
    shown = {}
    for name, content in (("a.png", files.PNG), ("b.txt", b"<script>x</script>")):
        made = desk.send("clerk", "contract", contract, content, file_name=name).json
        got = desk.person("clerk").get(f"documents/{made['id']}/content")
        shown[name] = got.headers["Content-Disposition"].partition(";")[0]
        assert got.headers["Content-Type"] in {"image/png", "text/plain"}
    assert shown == {"a.png": "inline", "b.txt": "attachment"}


@on_one
def test_a_file_above_the_limit_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_DOCUMENT_MAX_BYTES", "2000")
    large = files.PDF + bytes(3_000)
    answer = desk.send("clerk", "contract", desk.ledger.paid_by_zone, large)
    assert answer.status_code == 413
    assert answer.json["errors"] == [{"field": "file", "message": "文件不能超过 2.0 KB"}]
    assert desk.stored() == set()


@on_one
def test_a_disk_that_fills_while_a_file_arrives_is_told(desk: Desk) -> None:
    clerk = desk.person("clerk")
    part = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    body = part + files.PDF + bytes(13_000_000) + b"\r\n--edge--\r\n"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (12_000_000, before[1]))
    try:
        answer = clerk.client.post(
            "/api/v1/documents",
            data=body,
            content_type="multipart/form-data; boundary=edge",
            headers={"X-CSRFToken": clerk.token},
        )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert answer.json is not None
    assert (answer.status_code, answer.json["title"]) == (503, "文件存储暂不可用")
    assert "空间已用完" in answer.json["detail"]
    assert desk.stored() == set()


@on_one
def test_storage_that_is_down_is_told_and_nothing_is_half_done(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    contract, large = desk.ledger.paid_by_zone, files.PDF + bytes(10_000_000)
    with bucket(tmp_path / "bucket") as store:
        for name, value in store.settings().items():
            monkeypatch.setenv(name, value)
        made = desk.send("clerk", "contract", contract, large)
        assert made.status_code == 201, made.json
        path = f"documents/{made.json['id']}/content"
        assert desk.person("clerk").get(path).data == large
        assert desk.stored() == set()  # it is in the bucket
        store.stop()
        refused = desk.send("clerk", "contract", contract)
        gone = desk.person("clerk").get(path)
    for answer in (refused, gone):
        assert (answer.status_code, answer.json["title"]) == (503, "文件存储暂不可用")
    with desk.database.reading(LOCAL_OPERATOR) as session:
        assert session.scalar(select(func.count()).select_from(Document)) == 1
    assert SECRET not in capsys.readouterr().out
