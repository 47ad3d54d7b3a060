"""The demonstration receiver checks signatures by itself and shows what came."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests

from alerts.channels import Target, open_sender
from alerts.receivers import ReceiverRules
from kernel.errors import InputError
from monitor.demo_receiver import KEPT, LARGEST_BODY, DemoReceiver
from tests.alert_ledger import KEYS, SECRET

BODY = '{"type":"alert.opened","data":{"alerts":[{"text":"【逾期付款】<b>民爆</b>合同"}]}}'
OTHER = "whsec_" + "QUFB" * 8


@pytest.fixture
def demo() -> Iterator[DemoReceiver]:
    with DemoReceiver(0, SECRET, lambda: datetime(2023, 12, 31, 8, tzinfo=UTC)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def send(demo: DemoReceiver, secret: str, body: str = BODY) -> int | None:
    sender = open_sender(
        Target("webhook", demo.url, (secret,)), KEYS, ReceiverRules(("127.0.0.0/8",), 5)
    )
    status = sender.send("msg_1", body, datetime.now(UTC)).status
    sender.close()
    return status


def test_an_empty_page_says_so(demo: DemoReceiver) -> None:
    page = requests.get(demo.url, timeout=5)
    assert "还没有收到消息" in page.text
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert requests.get(demo.url + "style.css", timeout=5).headers["Content-Type"] == (
        "text/css; charset=utf-8"
    )
    assert requests.get(demo.url + "nothing", timeout=5).status_code == 404


def test_a_good_signature_is_taken_and_shown(demo: DemoReceiver) -> None:
    assert send(demo, SECRET) == 204
    (message,) = requests.get(demo.url + "messages", timeout=5).json()
    assert message == {
        "received_at": "2023-12-31T08:00:00+00:00",
        "webhook_id": "msg_1",
        "valid": True,
        "type": "alert.opened",
        "texts": ["【逾期付款】<b>民爆</b>合同"],
    }
    page = requests.get(demo.url, timeout=5).text
    assert "【逾期付款】&lt;b&gt;民爆&lt;/b&gt;合同" in page
    assert "有效" in page


def test_a_wrong_signature_is_refused_and_shown_without_its_content(demo: DemoReceiver) -> None:
    assert send(demo, OTHER) == 401
    (message,) = requests.get(demo.url + "messages", timeout=5).json()
    assert (message["valid"], message["texts"]) == (False, [])
    assert "无效，已拒收" in requests.get(demo.url, timeout=5).text


@pytest.mark.parametrize("body", ["[]", '{"data":[]}', '{"data":{"alerts":{}}}', "not json"])
def test_an_odd_body_breaks_nothing(demo: DemoReceiver, body: str) -> None:
    assert send(demo, SECRET, body) in {204, 401}
    assert len(requests.get(demo.url + "messages", timeout=5).json()) == 1


def test_an_oversized_body_is_not_read(demo: DemoReceiver) -> None:
    headers = {"content-length": str(LARGEST_BODY + 1)}
    assert requests.post(demo.url, headers=headers, timeout=5).status_code == 413


def test_only_the_last_are_kept(demo: DemoReceiver) -> None:
    for number in range(KEPT + 5):
        demo.take(b"{}", {"webhook-id": str(number)})
    listed = demo.listed()
    assert len(listed) == KEPT
    assert listed[0].webhook_id == str(KEPT + 4)


def test_a_bad_secret_is_refused() -> None:
    with pytest.raises(InputError):
        DemoReceiver(0, "geheim", lambda: datetime.now(UTC))
