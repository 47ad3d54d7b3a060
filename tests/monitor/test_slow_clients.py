"""Clients that send slowly, too much or nonsense, against a real server over real sockets."""

import json
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from tests.served import Served, heard, served

HOST = b"Host: 127.0.0.1\r\n"
HEALTHY = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
PROMPT = 3.0
"""Seconds within which a healthy request is answered, whatever others do."""


@pytest.fixture(scope="module")
def server(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    data = tmp_path_factory.mktemp("served")
    shutil.copy(sqlite_template, data / "monitor.db")
    with served(f"sqlite:///{data / 'monitor.db'}", data) as running:
        requests.get(f"{running.address}/healthz", timeout=20)
        yield running


def answers_promptly(server: Served) -> None:
    began = time.monotonic()
    for _ in range(5):
        assert requests.get(f"{server.address}/healthz", timeout=PROMPT).status_code == 200
    assert time.monotonic() - began < PROMPT


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET /heal",
        b"GET /healthz HTTP/1.1\r\n" + HOST + b"X-Slow: ",
        b"POST /sign-in HTTP/1.1\r\n" + HOST + b"Content-Length: 900000\r\n\r\nlogin=",
        b"POST /api/v1/contracts HTTP/1.1\r\n" + HOST + b"Content-Length: 5000000\r\n\r\n{",
    ],
    ids=["silent", "line", "head", "body", "too large a body"],
)
def test_sixty_half_open_connections_hold_nobody_up(server: Served, begun: bytes) -> None:
    with ExitStack() as open_ones:
        for _ in range(60):
            client = open_ones.enter_context(server.connect())
            client.sendall(begun)
        answers_promptly(server)


def test_sixty_clients_that_do_not_close_hold_nobody_up(server: Served) -> None:
    with ExitStack() as open_ones:
        for _ in range(60):
            client = open_ones.enter_context(server.connect())
            client.sendall(HEALTHY.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        answers_promptly(server)


def test_sixty_clients_that_do_not_read_hold_nobody_up(server: Served) -> None:
    with ExitStack() as open_ones:
        for _ in range(60):
            client = open_ones.enter_context(server.connect())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
            client.sendall(HEALTHY * 40)
        answers_promptly(server)


def test_a_request_that_arrives_byte_by_byte_is_answered(server: Served) -> None:
    with server.connect() as client:
        for byte in HEALTHY:
            client.sendall(bytes([byte]))
        assert client.recv(12) == b"HTTP/1.1 200"


def test_requests_sent_together_are_answered_in_order(server: Served) -> None:
    asked = b"".join(
        b"GET /%s HTTP/1.1\r\n" % path + HOST + b"X-Request-Id: ask-%d\r\n" % number + close
        for number, (path, close) in enumerate(
            [(b"healthz", b"\r\n"), (b"readyz", b"\r\n"), (b"x", b"Connection: close\r\n\r\n")]
        )
    )
    answer = server.say(asked).decode()
    ids = [line.split(": ")[1] for line in answer.split("\r\n") if line.startswith("X-Request-Id")]
    assert ids == ["ask-0", "ask-1", "ask-2"]


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET /" + b"x" * 5_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
        (b"GET /?q=" + b"x" * 40_000, 414),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X-Long: " + b"y" * 40_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X-Long: " + b"y" * 9_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X: y\r\n" * 61 + b"\r\n", 431),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 2000000\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: many\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
        (b"<script>alert(1)</script>\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n" + HOST + b"\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon in it\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    ],
)
def test_what_cannot_be_taken_is_refused_plainly(
    server: Served, request_bytes: bytes, status: int
) -> None:
    answer = server.say(request_bytes)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split(b" ")[1] == str(status).encode()
    assert b"Content-Security-Policy: default-src 'none'" in head
    assert b"X-Content-Type-Options: nosniff" in head
    for revealed in (b"gunicorn/", b"python", b"werkzeug", b"<script", b"yyyy", b"Invalid"):
        assert revealed.lower() not in answer.lower()
    assert "。" in body.decode()


def test_under_the_api_it_is_refused_as_a_problem(server: Served) -> None:
    answer = server.say(b"POST /api/v1/x HTTP/1.1\r\n" + HOST + b"Content-Length: 2000000\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == 413


def test_a_sender_of_too_much_sees_the_refusal(server: Served) -> None:
    answer = requests.post(f"{server.address}/sign-in", data=b"x" * 3_000_000, timeout=20)
    assert answer.status_code == 413


def test_the_largest_body_is_taken_whole(server: Served) -> None:
    answer = requests.post(f"{server.address}/api/v1/contracts", data=b" " * 1_000_000, timeout=20)
    assert answer.status_code in {401, 403, 405}


def test_a_client_that_asks_first_is_told_to_go_on(server: Served) -> None:
    with server.connect() as client:
        client.sendall(
            b"POST /sign-in HTTP/1.1\r\n" + HOST + b"Expect: 100-continue\r\n"
            b"Connection: close\r\nContent-Length: 3\r\n\r\n"
        )
        assert client.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"a=b")
        assert b"HTTP/1.1 400" in heard(client)


def test_no_answer_gives_a_version(server: Served) -> None:
    answer = requests.get(f"{server.address}/healthz", timeout=20)
    assert answer.headers["Server"] == "gunicorn"


def test_a_crowd_is_served(server: Served) -> None:
    statuses: list[int] = []

    def ask() -> None:
        with requests.Session() as session:
            for _ in range(20):
                answer = session.get(f"{server.address}/healthz", timeout=20)
                statuses.append(answer.status_code)

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert statuses == [200] * 400


def test_half_open_connections_do_not_keep_it_from_stopping(
    sqlite_template: Path, tmp_path: Path
) -> None:
    shutil.copy(sqlite_template, tmp_path / "monitor.db")
    address = f"sqlite:///{tmp_path / 'monitor.db'}"
    with served(address, tmp_path) as server, server.connect() as client:
        client.sendall(b"GET /heal")
        assert requests.get(f"{server.address}/healthz", timeout=20).ok
        began = time.monotonic()
        code, errors = server.stop()
        assert code == 0
        assert time.monotonic() - began < 9
        assert all(json.loads(line) for line in errors.splitlines())
