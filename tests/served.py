"""``monitor serve`` and ``monitor work`` as real processes."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

COMMAND = [sys.executable, "-c", "from monitor.commands import main; main()"]


@dataclass(frozen=True)
class Served:
    """A running server and where it listens."""

    process: subprocess.Popen[str]
    address: str
    log: Path
    """What it writes on standard error; a pipe that nobody reads would stop it when full."""

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def connect(self) -> socket.socket:
        """A connection of one's own, to say on it what no client library would."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def say(self, request: bytes) -> bytes:
        """What comes back until the server closes."""
        with self.connect() as client:
            client.sendall(request)
            return heard(client)

    def stop(self) -> tuple[int, str]:
        """Ask it to stop; gives its exit code and all that it wrote on standard error."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=30)
        return code, self.log.read_text()


def heard(client: socket.socket) -> bytes:
    """Everything until the other side closes."""
    parts = []
    while part := client.recv(65_536):
        parts.append(part)
    return b"".join(parts)


@contextmanager
def served(
    address: str, data_dir: Path, settings: Mapping[str, str] | None = None
) -> Iterator[Served]:
    """The process and the address it printed; it is ended at the end if it still runs."""
    environment = {
        **os.environ,
        "MONITOR_DATABASE_URL": address,
        "MONITOR_DATA_DIR": str(data_dir),
        "MONITOR_BUSINESS_DATE": "2023-12-31",
        "PYTHONUNBUFFERED": "1",
        **(settings or {}),
    }
    log = data_dir / "serve.log"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [*COMMAND, "serve", "--port", "0"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            found = re.search(r"http://([0-9.]+):(\d+)", process.stdout.readline())
            assert found
            assert process.stdout.readline()
            yield Served(process, f"http://127.0.0.1:{found.group(2)}", log)
        finally:
            if process.poll() is None:
                process.kill()
