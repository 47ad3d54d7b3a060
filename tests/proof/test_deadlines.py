"""A request that does not become whole is let go at its deadline, and costs nobody else anything."""

import shutil
import time
from pathlib import Path

import pytest
import requests

from monitor.patient_worker import ARRIVAL_SECONDS
from tests.counts import IS_PROOF
from tests.served import heard, served


@pytest.mark.proof
@pytest.mark.skipif(not IS_PROOF, reason="waits out the real deadline")
def test_a_request_that_never_ends_is_let_go(sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "monitor.db")
    with served(f"sqlite:///{tmp_path / 'monitor.db'}", tmp_path) as server:
        assert requests.get(f"{server.address}/healthz", timeout=20).ok
        began = time.monotonic()
        clients = [server.connect() for _ in range(60)]
        for client in clients:
            client.settimeout(ARRIVAL_SECONDS + 10)
            client.sendall(
                b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99\r\n\r\n"
            )
        assert requests.get(f"{server.address}/healthz", timeout=3).ok
        assert [heard(client) for client in clients] == [b""] * 60
        assert ARRIVAL_SECONDS - 1 <= time.monotonic() - began <= ARRIVAL_SECONDS + 9
        for client in clients:
            client.close()
