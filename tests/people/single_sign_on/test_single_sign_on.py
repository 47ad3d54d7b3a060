"""Signing in by a real provider: the good way, and every bad answer refused without a word of it."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from sqlalchemy import select

from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from people.models import Membership, User
from people.sign_in.models import SignInSession
from people.single_sign_on.models import SsoIdentity, SsoMembership
from people.single_sign_on.provider import Provider
from tests.clocks import StoppedClock
from tests.web import stranger

IN = {"groups": ["安监科"]}


def test_a_member_of_a_group_signs_in(bureau: Any) -> None:
    answer = bureau.sign_on(**IN)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in?next=")
    assert answer.headers["Cache-Control"] == "no-store"
    assert bureau.is_signed_in()
    with bureau.database.reading(LOCAL_OPERATOR) as session:
        user = session.scalars(select(User)).one()
        assert (user.login, user.name) == ("zhang.san", "张三")
        held = session.scalars(select(Membership)).one()
        assert (held.role, held.organisation_id) == (Role.OVERSIGHT, bureau.organisation.id)
        assert session.scalars(select(SsoMembership.membership_id)).one() == held.id
        assert session.scalars(select(SsoIdentity.subject)).one() == "u-1001"
    # The attempt's cookie is gone, the session's is out of reach of scripts.
    cookies = answer.headers.getlist("Set-Cookie")
    assert any(c.startswith("monitor_sign_on=;") for c in cookies)
    assert all("HttpOnly" in c and "SameSite=Lax" in c for c in cookies if "session" not in c)


def test_without_a_provider_there_is_no_button(database: Database, tmp_path: Path) -> None:
    client = stranger(database, tmp_path)
    assert "统一身份认证" not in client.get("/sign-in").get_data(as_text=True)
    for address in ("/sign-in/sso", "/sign-in/sso/callback?code=x&state=y"):
        assert client.get(address).status_code == 404


def test_the_page_that_was_wanted_comes_after(bureau: Any) -> None:
    bureau.turn(**IN)
    answer = bureau.client.get(bureau.return_from(bureau.leave(next_page="/contracts?q=1")))
    onwards = bureau.client.get(answer.headers["Location"])
    assert onwards.headers["Location"] == "/contracts?q=1"


@pytest.mark.parametrize("bad", ["//evil.example", "https://evil.example/", "/\\evil.example"])
def test_no_sign_on_leads_elsewhere(bureau: Any, bad: str) -> None:
    bureau.turn(**IN)
    answer = bureau.client.get(bureau.return_from(bureau.leave(next_page=bad)))
    assert bureau.client.get(answer.headers["Location"]).headers["Location"] == "/"


def test_the_request_asks_as_the_standard_says(bureau: Any) -> None:
    asked = {name: value[0] for name, value in parse_qs(urlsplit(bureau.leave()).query).items()}
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://127.0.0.1:8000/sign-in/sso/callback"
    assert asked["scope"].split() == ["openid", "profile"]
    again = {name: value[0] for name, value in parse_qs(urlsplit(bureau.leave()).query).items()}
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[name]) >= 43
        assert asked[name] != again[name]


def test_the_cookie_of_the_attempt_tells_nothing(bureau: Any) -> None:
    address = bureau.leave()
    kept = bureau.client.get_cookie("monitor_sign_on").value
    state = parse_qs(urlsplit(address).query)["state"][0]
    assert state not in kept
    assert bureau.settings.oidc_client_secret not in kept


@pytest.mark.parametrize(
    "knobs",
    [
        {"claims": {"nonce": "another"}},
        {"without": ["nonce"]},
        {"claims": {"iss": "https://another.example"}},
        {"without": ["iss"]},
        {"claims": {"aud": "another"}},
        {"claims": {"aud": ["another"]}},
        {"claims": {"aud": ["monitor", "another"]}},  # and no azp
        {"claims": {"aud": ["monitor", "another"], "azp": "another"}},
        {"without": ["aud"]},
        {"claims": {"exp": "-300"}},
        {"without": ["exp"]},
        {"claims": {"exp": None}},
        {"claims": {"iat": "+900"}},
        {"claims": {"nbf": "+900"}},
        {"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
        {"without": ["sub"]},
        {"claims": {"sub": ""}},
        {"claims": {"sub": 7}},
        {"claims": {"sub": "x" * 256}},
        {"claims": {"sub": "a\u0000b"}},
        {"sign": "none"},
        {"sign": "secret"},
        {"sign": "stranger"},
        {"sign": "own-kid"},
        {"sign": "changed"},
        {"token": "empty"},
        {"token": "number"},
        {"token": "garbage"},
        {"token": "html"},
        {"token": "list"},
        {"jwks": "broken"},
    ],
)
def test_a_bad_token_signs_nobody_in(bureau: Any, knobs: dict[str, Any]) -> None:
    page = bureau.said(bureau.sign_on(**(IN | knobs)))
    assert "没有通过核验" in page
    assert not bureau.is_signed_in()
    assert bureau.count(User) == 0
    assert bureau.count(SignInSession) == 0
    assert [entry["fault"] for entry in bureau.noted()] == ["bad_answer"]
    for hidden in ("u-1001", "secret", "nonce", "127.0.0.1"):
        assert hidden not in str(bureau.noted()).replace("invalid_claim", "")
        assert hidden not in page.partition("没有通过核验")[2][:60]


@pytest.mark.parametrize("kind", ["redirect", "huge", "fails", "hang", "drip"])
def test_a_token_endpoint_that_misbehaves_is_left(bureau: Any, kind: str) -> None:
    bureau.limit_seconds(0.5 if kind in {"hang", "drip"} else 5)
    page = bureau.said(bureau.sign_on(**(IN | {"token": kind})))
    assert "暂时没有响应" in page or "没有同意" in page
    assert "secret" not in page
    assert not bureau.is_signed_in()
    assert bureau.count(User) == 0


def test_waiting_sign_ons_do_not_hold_every_thread(bureau: Any) -> None:
    bureau.limit_seconds(5)
    bureau.turn(**(IN | {"token": "hang"}))
    sso = bureau.client.application.extensions["single_sign_on"]
    sso.provider._turns = threading.BoundedSemaphore(1)
    sso.provider._turns.acquire()
    page = bureau.client.get("/sign-in/sso")
    assert "暂时没有响应" in bureau.said(page)


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://another.example"},
        {"token_endpoint": "https://another.example/token"},
        {"jwks_uri": "http://127.0.0.1:1/jwks"},
        {"authorization_endpoint": "https://another.example/authorize"},
        {"authorization_endpoint": None},
        {"code_challenge_methods_supported": ["plain"]},
    ],
)
def test_a_description_that_leads_elsewhere_is_refused(bureau: Any, change: dict[str, Any]) -> None:
    bureau.turn(discovery=change)
    page = bureau.said(bureau.client.get("/sign-in/sso"))
    assert "没有通过核验" in page
    assert bureau.asked() == ["discovery"]


def test_a_provider_that_is_down_is_said_to_be(bureau: Any) -> None:
    bureau.turn(discovery={})
    sso = bureau.client.application.extensions["single_sign_on"]
    gone = replace(sso.provider.settings, issuer="http://127.0.0.1:9")
    bureau.client.application.extensions["single_sign_on"] = replace(sso, provider=Provider(gone))
    assert "暂时没有响应" in bureau.said(bureau.client.get("/sign-in/sso"))


@pytest.mark.parametrize(
    "change", [{"state": "another"}, {"state": ""}, {"iss": "https://another.example"}]
)
def test_another_state_is_refused_before_anything_is_asked(
    bureau: Any, change: dict[str, str]
) -> None:
    page = bureau.said(bureau.sign_on(**(IN | {"authorize": change})))
    assert "不是从本浏览器发起" in page
    assert "token" not in bureau.asked()
    assert not bureau.is_signed_in()
    assert bureau.noted() == []  # anybody can bring it about


def test_another_browsers_attempt_is_refused(bureau: Any) -> None:
    bureau.turn(**IN)
    back = bureau.return_from(bureau.leave())
    victim = bureau.browser()
    answer = victim.get(back)
    assert "不是从本浏览器发起" in victim.get(answer.headers["Location"]).get_data(as_text=True)
    assert victim.get("/api/v1/tokens").status_code == 401
    # Nor with an attempt of its own that is another one.
    bureau.leave(victim)
    answer = victim.get(back)
    assert "不是从本浏览器发起" in victim.get(answer.headers["Location"]).get_data(as_text=True)


def test_a_forged_or_old_attempt_is_refused(bureau: Any) -> None:
    bureau.turn(**IN)
    back = bureau.return_from(bureau.leave())
    kept = bureau.client.get_cookie("monitor_sign_on").value
    bureau.client.set_cookie("monitor_sign_on", kept[:-4] + "AAAA")
    assert "不是从本浏览器发起" in bureau.said(bureau.client.get(back))
    bureau.client.set_cookie("monitor_sign_on", kept)
    parts = bureau.client.application.extensions["monitor_web"]
    late = StoppedClock(datetime.now(UTC) + timedelta(minutes=11), parts.clock.today)
    bureau.client.application.extensions["monitor_web"] = replace(parts, clock=late)
    assert "已超时" in bureau.said(bureau.client.get(back))
    assert bureau.count(User) == 0


def test_a_code_works_once(bureau: Any) -> None:
    bureau.turn(**IN)
    back = bureau.return_from(bureau.leave())
    kept = bureau.client.get_cookie("monitor_sign_on").value
    assert bureau.client.get(back).status_code == 303
    thief = bureau.browser()
    thief.set_cookie("monitor_sign_on", kept)
    answer = thief.get(back)
    assert "没有同意" in thief.get(answer.headers["Location"]).get_data(as_text=True)
    assert thief.get("/api/v1/tokens").status_code == 401


@pytest.mark.parametrize(
    "change", [{"error": "access_denied", "code": ""}, {"code": ""}, {"code": "x" * 5000}]
)
def test_a_refusal_there_is_one_sentence_here(bureau: Any, change: dict[str, str]) -> None:
    page = bureau.said(bureau.sign_on(**(IN | {"authorize": change})))
    assert "没有同意" in page
    assert "access_denied" not in page


def test_keys_may_be_exchanged(bureau: Any) -> None:
    assert bureau.sign_on(**IN).status_code == 303
    assert bureau.is_signed_in()
    requests.post(f"{bureau.issuer}/rotate", timeout=10).raise_for_status()
    bureau.client = bureau.browser()
    bureau.sign_on(**IN)
    assert bureau.is_signed_in()
    assert "jwks" in bureau.asked()
    bureau.client = bureau.browser()
    bureau.sign_on(**IN)
    assert "jwks" not in bureau.asked()  # kept


def test_too_many_vain_returns_from_an_address_are_turned_away(bureau: Any) -> None:
    bureau.turn(**IN)
    for _ in range(100):
        bureau.client.get("/sign-in/sso/callback?code=x&state=y")
    back = bureau.return_from(bureau.leave())
    assert "失败次数过多" in bureau.said(bureau.client.get(back))
    assert bureau.noted() == []


def test_a_client_without_a_secret_has_pkce_alone(bureau: Any) -> None:
    sso = bureau.client.application.extensions["single_sign_on"]
    public = replace(sso.provider.settings, client_secret="")
    bureau.client.application.extensions["single_sign_on"] = replace(sso, provider=Provider(public))
    bureau.sign_on(**(IN | {"public": True}))
    assert bureau.is_signed_in()


def test_a_wrong_secret_signs_nobody_in(bureau: Any) -> None:
    sso = bureau.client.application.extensions["single_sign_on"]
    wrong = replace(sso.provider.settings, client_secret="wrong")  # noqa: S106, RUF100
    bureau.client.application.extensions["single_sign_on"] = replace(sso, provider=Provider(wrong))
    assert "没有同意" in bureau.said(bureau.sign_on(**IN))
    assert not bureau.is_signed_in()
