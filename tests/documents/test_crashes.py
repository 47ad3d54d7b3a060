"""A real server: large uploads, half uploads, slow ones, a kill in the middle."""

import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, select

from contracts.documents.checking import check_contents, sweep
from contracts.documents.models import Document, StoredFile
from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.permissions import Permission
from kernel.database import Database
from kernel.storage.disk import DiskContents
from people.tokens.schemas import NewToken
from people.tokens.tokens import make_token
from tests.documents import files
from tests.served import Served, served
from tests.step_ledger import StepLedger, fill

LARGE = files.PDF + bytes(40_000_000)
SCOPES = [Permission.CONTRACTS_READ, Permission.CONTRACTS_WRITE, Permission.SERVICE_READ]


@dataclass
class Place:
    """A server on a ledger of its own, and the token of a clerk who may write to a contract."""

    server: Served
    database: Database
    ledger: StepLedger
    token: str
    data: Path

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def fields(self) -> dict[str, str]:
        of = str(self.ledger.paid_by_zone)
        return {"object_kind": "contract", "object_id": of, "kind": "contract"}

    def send(self, content: bytes, name: str = "合同.pdf") -> requests.Response:
        return requests.post(
            f"{self.server.address}/api/v1/documents",
            data=self.fields,
            files={"file": (name, content)},
            headers=self.headers,
            timeout=60,
        )

    def begun(self, size: int, sent: bytes) -> bytes:
        """The beginning of an upload whose body is said to have ``size`` bytes."""
        return (
            b"POST /api/v1/documents HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            b"Authorization: Bearer " + self.token.encode() + b"\r\n"
            b"Content-Type: multipart/form-data; boundary=edge\r\n"
            b"Content-Length: %d\r\n\r\n" % size + sent
        )

    def files(self) -> list[Path]:
        return [place for place in (self.data / "documents").rglob("*") if place.is_file()]

    def processes(self) -> list[int]:
        """The server's processes: gunicorn's master and its workers."""
        master = self.server.process.pid
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        return [master, *map(int, children)]


@contextmanager
def place(template: Path, data: Path) -> Iterator[Place]:
    shutil.copy(template, data / "monitor.db")
    address = f"sqlite:///{data / 'monitor.db'}"
    database = Database(address)
    ledger = fill(database)
    now = datetime.now(UTC)
    clerk = ledger.actor(database, "clerk")
    with database.writing(LOCAL_OPERATOR) as session:
        token = make_token(
            session, clerk, clerk, now, NewToken(name="t", scopes=SCOPES, valid_days=9)
        )
    with served(address, data) as server:
        yield Place(server, database, ledger, token.token, data)
    database.dispose()


@pytest.fixture(scope="module")
def running(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with place(sqlite_template, tmp_path_factory.mktemp("documents")) as there:
        yield there


def peak_memory(pid: int) -> int:
    """Megabytes that a process held at most."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1_000


def test_a_large_file_goes_through_without_being_held_in_memory(running: Place) -> None:
    assert running.send(files.PDF).status_code == 201
    workers = running.processes()[1:]
    before = max(map(peak_memory, workers))
    made = running.send(LARGE)
    assert made.status_code == 201, made.text
    assert made.json()["sha256"] == sha256(LARGE).hexdigest()
    content = f"{running.server.address}/api/v1/documents/{made.json()['id']}/content"
    assert requests.get(content, headers=running.headers, timeout=60).content == LARGE
    assert max(map(peak_memory, workers)) - before < 15
    assert list((running.data / "incoming").iterdir()) == []


def test_two_gigabytes_are_refused_before_they_are_read(running: Place) -> None:
    before = running.files()
    answer = running.server.say(running.begun(2_000_000_000, b"--edge\r\n"))
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"application/problem+json" in answer
    assert running.files() == before


def test_a_file_too_large_for_the_form_is_refused_by_the_route(running: Place) -> None:
    answer = requests.post(
        f"{running.server.address}/sign-in", files={"file": ("x.pdf", LARGE)}, timeout=60
    )
    assert answer.status_code == 413


def test_an_upload_that_is_cut_off_leaves_nothing(running: Place) -> None:
    before = running.files()
    with running.server.connect() as client:
        client.sendall(running.begun(5_000_000, b"--edge\r\n" + bytes(2_000_000)))
    with running.server.connect() as client:
        part = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
        client.sendall(running.begun(3_000_000, (part + files.PDF).ljust(3_000_000)))
        assert client.recv(12) == b"HTTP/1.1 422"
    assert requests.get(f"{running.server.address}/healthz", timeout=5).ok
    assert running.files() == before
    assert list((running.data / "incoming").iterdir()) == []


def test_slow_uploads_hold_nobody_up(running: Place) -> None:
    slow = [running.server.connect() for _ in range(7)]
    try:
        for client in slow:
            client.sendall(running.begun(50_000_000, b"--edge\r\n" + bytes(100_000)))
        began = time.monotonic()
        assert requests.get(f"{running.server.address}/healthz", timeout=5).ok
        assert time.monotonic() - began < 3
    finally:
        for client in slow:
            client.close()


@pytest.mark.crash
def test_a_server_killed_in_uploads_leaves_whole_documents_or_nothing(
    sqlite_template: Path, tmp_path: Path
) -> None:
    answered: list[str] = []
    with place(sqlite_template, tmp_path) as there:

        def upload(number: int) -> None:
            for turn in range(200):
                content = files.PDF + bytes([number]) * (1_500_000 + turn)
                try:
                    made = there.send(content)
                except requests.RequestException:
                    return
                answered.append(made.json()["sha256"])

        threads = [threading.Thread(target=upload, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        while len(answered) < 6:
            time.sleep(0.005)
        for pid in there.processes():
            os.kill(pid, signal.SIGKILL)
        for thread in threads:
            thread.join(30)

        contents, database = DiskContents(tmp_path / "documents"), there.database
        later = datetime.now(UTC) + timedelta(days=2)
        report = check_contents(database, LOCAL_OPERATOR, contents, later)
        assert (report.missing, report.damaged) == ({}, {})
        assert report.checked >= len(answered) >= 6
        with database.reading(LOCAL_OPERATOR) as session:
            named = set(session.scalars(select(StoredFile.sha256)))
            assert set(answered) <= named
            assert session.scalar(select(func.count()).select_from(Document)) == len(named)
        sweep(database, LOCAL_OPERATOR, contents, later, report.orphans)
        assert {each.sha256 for each in contents.listed()} == named
        assert list((tmp_path / "documents" / "incoming").iterdir()) == []
        assert check_contents(database, LOCAL_OPERATOR, contents, later).is_clean
