"""Documents and contents agree, however uploads and sweeps meet; what does not agree is found."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from threading import Barrier
from uuid import UUID

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from contracts.documents.adding import Entered, add_document, look_at
from contracts.documents.attachable import Place
from contracts.documents.checking import GRACE, check_contents, sweep
from contracts.documents.models import Document, DocumentKind, StoredFile
from contracts.documents.schemas import DocumentIn
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.storage.contents import StorageDown
from kernel.storage.disk import DiskContents
from monitor.commands import cli
from tests.documents import files
from tests.ledger import ContractSpec, city, contract
from tests.step_ledger import BEGINS
from tests.web import TODAY

NOW = datetime.now(UTC)
LATER = NOW + 2 * GRACE
ENTERED = Entered(LOCAL_OPERATOR, NOW, TODAY)


@pytest.fixture
def contents(tmp_path: Path) -> DiskContents:
    return DiskContents(tmp_path / "documents")


@pytest.fixture
def contract_id(database: Database) -> UUID:
    with database.writing(LOCAL_OPERATOR) as session:
        return contract(session, city(session), "HT-1", ContractSpec(BEGINS))


def kept(contents: DiskContents, content: bytes = files.PDF) -> str:
    received = look_at(BytesIO(content), "合同.pdf", 10_000)
    contents.keep(received.staged)
    return received.staged.sha256


def name(
    database: Database, contents: DiskContents, contract_id: UUID, content: bytes = files.PDF
) -> UUID:
    """Write the document of a content that is kept, or was."""
    received = look_at(BytesIO(content), "合同.pdf", 10_000)
    entry = DocumentIn(object_kind="contract", object_id=contract_id, kind=DocumentKind.CONTRACT)
    at = Place("contract", contract_id, "contract_id", contract_id)
    with database.writing(LOCAL_OPERATOR) as session:
        return add_document(session, ENTERED, contents, at, entry, received).id


def test_uploads_of_one_content_at_once_store_it_once(
    database: Database, contents: DiskContents, contract_id: UUID
) -> None:
    start = Barrier(4)

    def upload(_number: int) -> UUID:
        start.wait(10)
        kept(contents)
        return name(database, contents, contract_id)

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(upload, range(4)))
    with database.reading(LOCAL_OPERATOR) as session:
        assert set(session.scalars(select(Document.id))) == made
        assert len(session.scalars(select(StoredFile)).all()) == 1
    assert [each.sha256 for each in contents.listed()] == [kept(contents)]


def test_a_sweep_takes_only_what_nobody_names_and_an_upload_after_it_is_told(
    database: Database, contents: DiskContents, contract_id: UUID
) -> None:
    orphan = kept(contents)
    assert check_contents(database, LOCAL_OPERATOR, contents, NOW).is_clean
    report = check_contents(database, LOCAL_OPERATOR, contents, LATER)
    assert (report.orphans, report.is_clean) == ([orphan], False)

    name(database, contents, contract_id)  # an upload names it after it was found
    assert sweep(database, LOCAL_OPERATOR, contents, LATER, report.orphans) == 0
    assert contents.has(orphan)

    other = kept(contents, files.PDF + b"\n")
    assert sweep(database, LOCAL_OPERATOR, contents, LATER, [other]) == 1
    with pytest.raises(StorageDown, match="重新上传"):
        name(database, contents, contract_id, files.PDF + b"\n")
    assert check_contents(database, LOCAL_OPERATOR, contents, LATER).is_clean


def test_what_is_missing_or_damaged_is_found_with_its_documents(
    database: Database, contents: DiskContents, contract_id: UUID, tmp_path: Path
) -> None:
    lost, spoilt = kept(contents), kept(contents, files.PDF + b"\n")
    first = name(database, contents, contract_id)
    second = name(database, contents, contract_id, files.PDF + b"\n")
    contents.remove(lost)
    place = tmp_path / "documents" / spoilt[:2] / spoilt
    place.write_bytes(place.read_bytes().replace(b"obj", b"OBJ"))
    report = check_contents(database, LOCAL_OPERATOR, contents, LATER)
    assert report.missing == {lost: [f"合同（{first}）"]}
    assert report.damaged == {spoilt: [f"合同（{second}）"]}
    assert not check_contents(database, LOCAL_OPERATOR, contents, LATER, quick=True).damaged
    kept(contents)
    kept(contents, files.PDF + b"\n")  # the same files once more heal both
    assert check_contents(database, LOCAL_OPERATOR, contents, LATER).is_clean


@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_commands_tell_by_their_exit(
    database_address: str,
    contents: DiskContents,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MONITOR_DATABASE_URL", database_address)
    monkeypatch.setenv("MONITOR_DATA_DIR", str(tmp_path))
    orphan = kept(contents)

    def run(*words: str) -> tuple[int, str]:
        answer = CliRunner().invoke(cli, ["documents", *words], catch_exceptions=False)
        return answer.exit_code, answer.output

    assert run("check") == (0, "已核对 0 份内容\n")
    old = (NOW - timedelta(days=3)).timestamp()
    os.utime(tmp_path / "documents" / orphan[:2] / orphan, (old, old))
    code, told = run("check", "--json")
    assert (code, json.loads(told)["orphans"]) == (1, [orphan])
    assert run("sweep") == (0, "已清除 1 份没有附件使用的内容\n")
    assert run("check", "--quick")[0] == 0
