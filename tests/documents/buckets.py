"""A real S3 server on loopback: ``rclone serve s3`` over a folder, until the test ends it."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kernel.storage.bucket import BucketContents

KEY, SECRET, BUCKET = "reader", "a-secret-of-tests", "files"


@dataclass
class Bucket:
    """Where the server listens and the folder under it; ``process`` is it while it runs."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def contents(self, secret: str = SECRET) -> BucketContents:
        return BucketContents(
            BUCKET,
            "city",
            endpoint=self.endpoint,
            region="us-east-1",
            access_key=KEY,
            secret_key=secret,
            path_style=True,
            scratch=self.folder.parent / "scratch",
        )

    def settings(self) -> dict[str, str]:
        """The same for a service that is started."""
        return {
            "MONITOR_STORAGE_URL": f"s3://{BUCKET}/city",
            "MONITOR_STORAGE_ENDPOINT": self.endpoint,
            "MONITOR_STORAGE_ACCESS_KEY": KEY,
            "MONITOR_STORAGE_SECRET_KEY": SECRET,
        }

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(timeout=10)


@contextmanager
def bucket(folder: Path) -> Iterator[Bucket]:
    """The server, ready to answer."""
    (folder / BUCKET).mkdir(parents=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    program = shutil.which("rclone", path=str(Path(sys.executable).parent)) or "rclone"
    with subprocess.Popen(
        [
            program, "serve", "s3", str(folder), "--addr", f"127.0.0.1:{port}",
            "--auth-key", f"{KEY},{SECRET}", "--config", "", "--vfs-cache-mode", "off",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            _await(port)
            yield Bucket(folder, port, process)
        finally:
            if process.poll() is None:
                process.kill()


def _await(port: int) -> None:
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError("rclone does not listen")
