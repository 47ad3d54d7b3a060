"""``monitor demo`` as a newcomer runs it: started, looked at, stopped with Ctrl-C, started again."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import requests

from kernel.database import Database
from tests.web import stranger

READY = "按 Ctrl-C 停止"


def free_ports() -> int:
    """A port that is free together with the next one.

    Below the range from which the system gives ports to the other tests: the demo takes its two
    only after it has prepared its data.
    """
    for port in range(20_000 + os.getpid() % 5_000 * 2, 32_000, 2):
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
    raise RuntimeError("no two free ports side by side")


@contextmanager
def demo(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """The demo, ready; stopped by Ctrl-C at the end, which must be clean."""
    environment = {name: value for name, value in os.environ.items() if "MONITOR_" not in name}
    environment |= {"MONITOR_DATA_DIR": str(folder), "MONITOR_PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, "-m", "monitor", "demo"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if READY in line:
                break
        assert process.poll() is None, "the demo ended before it was ready"
        yield process
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert "已停止" in process.stdout.read()
    finally:
        if process.poll() is None:
            process.kill()
        process.stdout.close()
        process.wait()


class Visitor:
    """Somebody who looks at the demo in a role chosen on its sign-in page."""

    def __init__(self, port: int, login: str) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.browser = requests.Session()
        page = self.browser.get(f"{self.base}/sign-in", timeout=10).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token, page
        form = {"csrf_token": token[1], "login": login}
        answer = self.browser.post(f"{self.base}/sign-in/demo", data=form, timeout=10)
        assert answer.url == f"{self.base}/", answer.text

    def items(self, path: str) -> list[dict[str, Any]]:
        answer = self.browser.get(f"{self.base}/api/v1/{path}", timeout=10)
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def all_told(self) -> list[dict[str, Any]]:
        """The messages once none waits; each must have arrived at the first attempt."""
        for _ in range(300):
            messages = self.items("deliveries?limit=200")
            if {message["state"] for message in messages} == {"delivered"}:
                return messages
            Event().wait(0.1)
        raise AssertionError("messages still wait")


def get(port: int, path: str) -> Any:
    answer = requests.get(f"http://127.0.0.1:{port}{path}", timeout=10)
    answer.raise_for_status()
    return answer.json()


def total(items: list[dict[str, Any]], field: str) -> Decimal:
    return sum((Decimal(item[field]) for item in items if item[field]), Decimal(0))


@pytest.mark.timeout(180)
def test_the_demo_shows_two_cities_and_keeps_its_data(tmp_path: Path) -> None:
    port = free_ports()
    with demo(tmp_path, port):
        bureau, other = Visitor(port, "hami-yingji"), Visitor(port, "zibo-yingji")
        hami = bureau.items("contracts?limit=200")
        assert len(hami) == 8
        assert sum(item["total"] is None for item in hami) == 2
        assert total(hami, "total") == Decimal("4737000.00")
        assert total(hami, "paid") == Decimal("2000000.00")
        assert total(other.items("contracts?limit=200"), "paid") == Decimal("1600000.00")
        opened = bureau.items("alerts?state=open&limit=200")
        assert [alert["rule"] for alert in opened] == ["missing_plan"] * 8
        late = other.items("alerts?rule=late_payment&limit=200")
        assert {alert["state"] for alert in late} == {"resolved"}
        messages = {m["id"]: m for visitor in (bureau, other) for m in visitor.all_told()}
        assert {message["tries"] for message in messages.values()} == {1}
        arrived = get(port + 1, "/messages")
        assert len(arrived) == len(messages)
        assert all(message["valid"] for message in arrived)
        instalments = other.items("milestones?limit=200")
        paid_for = [
            item for item in instalments if item["name"].startswith(("人员劳务", "场地租赁"))
        ]
        assert len(paid_for) == 5 * len(late) == 15
        department = Visitor(port, "hami-gongxin-jingban")
        assert [item["sectors"] for item in department.items("contracts")] == ["民爆"]
        assert len(Visitor(port, "hami-caizheng").items("payments")) == len(
            bureau.items("payments")
        )
        for administrator in ("xitong", "anquan", "shenji"):
            answer = Visitor(port, administrator).browser.get(
                f"{bureau.base}/contracts", timeout=10
            )
            assert answer.status_code == 403
    with demo(tmp_path, port):
        assert len(Visitor(port, "hami-yingji").items("contracts")) == 8
        assert get(port, "/readyz")["last_scan"]["as_of"] == "2023-12-31"
        refused = run_reset(tmp_path)
        assert refused.returncode == 3
        assert "演示正在使用" in refused.stderr
    (tmp_path / "notes.txt").write_text("mine")
    assert run_reset(tmp_path).returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def run_reset(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "monitor", "demo", "--reset"],
        env=os.environ | {"MONITOR_DATA_DIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_port_in_use_is_said_before_anything_is_made(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = subprocess.run(
            [sys.executable, "-m", "monitor", "demo"],
            env=os.environ | {"MONITOR_DATA_DIR": str(tmp_path), "MONITOR_PORT": str(port)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert answer.returncode == 2
    assert f"端口 {port} 已被占用" in answer.stderr
    assert list(tmp_path.iterdir()) == []


HTTPS = {"MONITOR_PUBLIC_URL": "https://monitor.example.gov.cn"}


BEHIND_A_PROXY = {"MONITOR_TRUSTED_PROXIES": "1"}


@pytest.mark.parametrize(
    "elsewhere", [HTTPS, HTTPS | {"MONITOR_LISTEN": "10.1.2.3"}, BEHIND_A_PROXY]
)
def test_the_demo_is_refused_outside_loopback(tmp_path: Path, elsewhere: dict[str, str]) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "monitor", "demo"],
        env=os.environ | {"MONITOR_DATA_DIR": str(tmp_path)} | elsewhere,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 2
    assert "回环" in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_nobody_is_signed_in_by_choice_outside_the_demo(database: Database, tmp_path: Path) -> None:
    client = stranger(database, tmp_path)
    assert "/sign-in/demo" not in client.get("/sign-in").text
    assert client.post("/sign-in/demo", data={"login": "hami-yingji"}).status_code == 404
