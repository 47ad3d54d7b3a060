"""Posting to strangers: guarded addresses, bounded time, bounded answers, right signatures."""

import socket
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import Webhook

from alerts.channels import Target, open_sender
from alerts.receivers import Receiver, ReceiverRules, check_address
from alerts.retries import Fault, Outcome
from kernel.errors import InputError
from tests.alert_ledger import KEYS, SECRET
from tests.receiver import Reply, receiver

LOOPBACK = ReceiverRules(("127.0.0.0/8",), 0.6)
NOBODY = ReceiverRules((), 0.6)


def post(url: str, rules: ReceiverRules = LOOPBACK, times: int = 1) -> Outcome:
    poster = Receiver(rules)
    try:
        for _ in range(times - 1):
            poster.post(url, b"{}", {"webhook-id": "msg_1"})
        return poster.post(url, b"{}", {"webhook-id": "msg_1"})
    finally:
        poster.close()


def test_the_standards_own_vector_is_signed_as_printed() -> None:
    signed = Webhook(SECRET).sign(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        '{"test": 2432232314}',
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_webhook_arrives_byte_for_byte_and_verifies() -> None:
    body = '{"type":"test.ping","data":{"文字":"预警"}}'
    now = datetime.now(UTC)
    with receiver() as server:
        sender = open_sender(Target("webhook", server.url, (SECRET,)), KEYS, LOOPBACK)
        assert sender.send("msg_1", body, now).status == 204
        sender.close()
        (got,) = server.received
    assert got.valid
    assert got.body == body.encode()
    assert got.headers["webhook-timestamp"] == str(int(now.timestamp()))
    assert got.headers["content-type"].startswith("application/json")


def test_another_secret_or_an_old_timestamp_does_not_verify() -> None:
    with receiver(secret="whsec_" + "QUFB" * 8) as server:
        sender = open_sender(Target("webhook", server.url, (SECRET,)), KEYS, LOOPBACK)
        sender.send("msg_1", "{}", datetime.now(UTC))
        sender.close()
        assert not server.received[0].valid


def test_a_target_does_not_print_its_secret() -> None:
    assert "MfKQ9r8" not in repr(Target("webhook", "http://a/", (SECRET,)))


@pytest.mark.parametrize(("kind", "word"), [("unknown", "渠道"), ("webhook", "密钥")])
def test_an_unusable_target_is_refused(kind: str, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        open_sender(Target(kind, "http://a/", ("whsec_",)), KEYS, LOOPBACK)


def test_the_connection_is_kept_for_the_next_post() -> None:
    with receiver(lambda number, headers: Reply(200, body=b"ok")) as server:
        assert post(server.url, times=5).answer == "ok"
        assert server.connections == 1


def test_a_redirect_is_not_followed() -> None:
    with receiver() as elsewhere:
        target = {"Location": elsewhere.url}
        with receiver(lambda number, headers: Reply(302, target)) as server:
            assert post(server.url).status == 302
        assert elsewhere.received == []


@pytest.mark.parametrize("target", ["http://[::1", "http://\xff\xfe/", "http://a:99999/", "", "//"])
def test_wherever_a_redirect_points_it_is_only_a_redirect(target: str) -> None:
    with receiver(lambda number, headers: Reply(301, {"Location": target})) as server:
        outcome = post(server.url)
        assert (outcome.status, outcome.fault) == (301, None)


def test_a_redirects_body_is_not_read_either() -> None:
    endless = {"Location": "/elsewhere", "Content-Length": "900000000000"}
    reply = Reply(301, endless, body=b"x" * 10_000_000)
    with receiver(lambda number, headers: reply) as server:
        outcome = post(server.url)
        assert (outcome.status, len(outcome.answer), outcome.error) == (301, 1_000, "")


def test_a_cookie_is_not_kept() -> None:
    with receiver(lambda number, headers: Reply(200, {"Set-Cookie": "a=b"})) as server:
        post(server.url, times=2)
        assert all("cookie" not in one.headers for one in server.received)


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("all_proxy", "http://127.0.0.1:9")
    with receiver() as server:
        assert post(server.url).status == 204


def test_ten_megabytes_are_not_read() -> None:
    with receiver(lambda number, headers: Reply(200, body=b"x" * 10_000_000)) as server:
        outcome = post(server.url)
        assert (outcome.status, len(outcome.answer)) == (200, 1_000)
        assert outcome.latency_ms < 600


def test_no_answer_within_the_deadline_is_unreachable() -> None:
    with receiver(lambda number, headers: Reply(hang=True)) as server:
        outcome = post(server.url)
        assert outcome.fault is Fault.UNREACHABLE
        assert "0.6 秒" in outcome.error
        assert outcome.latency_ms < 3000


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, {"X-Long": "y" * 2000}, drip_head=True),
        Reply(200, body=b"x" * 900, drip_body=True),
        Reply(200, {"Connection": "close"}, body=b"x" * 900, drip_body=True),
    ],
    ids=["head", "body", "body of a closed connection"],
)
def test_an_answer_that_drips_is_cut_at_the_deadline_and_its_code_counts(reply: Reply) -> None:
    with receiver(lambda number, headers: reply) as server:
        outcome = post(server.url)
        assert outcome.status == 200
        assert "没有读完" in outcome.error
        assert outcome.latency_ms < 3000


def test_the_deadline_holds_for_a_second_post_and_after_a_quick_one() -> None:
    def second_hangs(number: int, headers: object) -> Reply:
        return Reply(hang=number == 2)

    with receiver(second_hangs) as server:
        assert post(server.url, times=2).fault is Fault.UNREACHABLE
    with receiver(second_hangs) as server:
        assert post(server.url, times=3).status == 204


def test_a_closed_port_is_unreachable() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    outcome = post(f"http://127.0.0.1:{port}/secret-path")
    assert outcome.fault is Fault.UNREACHABLE
    assert "secret-path" not in outcome.error


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/hook",
        "http://[::1]:{port}/hook",
        "http://[::ffff:127.0.0.1]:{port}/hook",
        "http://2130706433:{port}/hook",
        "http://0.0.0.0:{port}/hook",
        "http://localhost:{port}/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/hook",
    ],
)
def test_a_private_receiver_needs_the_list(url: str) -> None:
    with receiver() as server:
        port = server.url.split(":")[2].split("/")[0]
        outcome = post(url.format(port=port), NOBODY)
        assert outcome.fault in {Fault.FORBIDDEN_ADDRESS, Fault.UNREACHABLE}
        assert server.received == []


def test_a_name_that_changes_its_mind_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first answer is listed, the second is not: only what was checked is connected to."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolve(host: str, *rest: Any, **more: Any) -> Any:
        if host != "receiver.test":
            return real(host, *rest, **more)
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "10.255.255.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with receiver() as server:
        url = server.url.replace("127.0.0.1", "receiver.test")
        assert post(url).status == 204
        assert asked == ["receiver.test"]
        assert post(url).fault is Fault.FORBIDDEN_ADDRESS
        assert len(server.received) == 1


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "nonsense", "http://", "http://a:b:c/"])
def test_what_is_no_address_is_not_tried(url: str) -> None:
    assert post(url).fault in {Fault.BAD_ADDRESS, Fault.FORBIDDEN_ADDRESS}


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("nonsense", "http"),
        ("ftp://example.org/", "http"),
        ("https:///path", "http"),
        ("https://[::1/", "网址"),
        ("https://example.org:99999/", "网址"),
        ("https://user:pass@example.org/", "用户名"),
        ("https://example.org/#part", "片段"),
        ("https://10.0.0.1/", "内网"),
        ("http://8.8.8.8/", "https"),
        ("https://example.org/" + "x" * 2000, "1400"),
    ],
)
def test_a_bad_address_is_refused_when_it_is_entered(url: str, word: str) -> None:
    with pytest.raises(InputError, match=word):
        check_address(url, LOOPBACK)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8090/", "https://8.8.8.8/hook", "http://robot.local/hook"]
)
def test_a_good_address_is_taken(url: str) -> None:
    check_address(url, LOOPBACK)
