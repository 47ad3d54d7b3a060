"""``monitor serve`` as a real process: where it listens, how it stops."""

import json
import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest
import requests

from tests.counts import and_in_proof
from tests.served import COMMAND, served


@pytest.mark.parametrize("stop", and_in_proof([signal.SIGTERM], [signal.SIGINT]))
def test_it_serves_on_loopback_and_stops_cleanly(
    database_address: str, tmp_path: Path, stop: signal.Signals
) -> None:
    with served(database_address, tmp_path) as server:
        process, address = server.process, server.address
        answer = requests.get(f"{address}/readyz", timeout=20, headers={"X-Request-Id": "probe-1"})
        assert answer.status_code == 200
        assert answer.json()["ready"] is True
        assert answer.headers["X-Request-Id"] == "probe-1"
        refused = requests.get(address, timeout=20, headers={"Host": "evil.example"})
        assert refused.status_code == 400
        process.send_signal(stop)
        assert process.wait(20) == 0
        lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    assert [(line["path"], line["status"]) for line in lines] == [("/readyz", 200), ("/", 400)]
    assert lines[0]["request_id"] == "probe-1"
    assert not (tmp_path / "gunicorn.ctl").exists()


def test_a_port_in_use_is_said_and_nothing_started(database_address: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*COMMAND, "serve", "--port", str(port)],
            env={
                **os.environ,
                "MONITOR_DATABASE_URL": database_address,
                "MONITOR_DATA_DIR": str(tmp_path),
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 3
    assert f"端口 {port} 已被占用" in done.stderr
