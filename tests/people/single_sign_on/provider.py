"""A real OpenID provider for the tests: run as a program, it prints its address and serves.

It signs everybody in at once as the person of its knobs (``POST /knobs``), and answers wrongly in
the ways that the knobs ask for.
"""

import base64
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable
from typing import Any

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import Flask, Response, redirect, request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

CLIENT_ID, CLIENT_SECRET = "monitor", "local-provider-secret"
GENTLE: dict[str, Any] = {
    "subject": "u-1001",
    "login": "zhang.san",
    "name": "张三",
    "groups": [],
    "claims": {},
    "without": [],
    "sign": "good",
    "token": "good",
    "authorize": {},
    "discovery": {},
    "jwks": "good",
    "public": False,
}

app = Flask(__name__)
knobs: dict[str, Any] = dict(GENTLE)
codes: dict[str, dict[str, str]] = {}
asked: list[str] = []
keys: list[RSAKey] = []
stranger = RSAKey.generate_key(2048, auto_kid=True)
forever = threading.Event()


def new_key() -> None:
    keys.insert(0, RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True))


def issuer() -> str:
    return request.host_url.rstrip("/")


@app.post("/knobs")
def turn() -> dict[str, Any]:
    knobs.clear()
    knobs.update(GENTLE | request.get_json())
    asked.clear()
    return {}


@app.post("/rotate")
def rotate() -> dict[str, Any]:
    keys.clear()
    new_key()
    return {}


@app.get("/asked")
def told() -> list[str]:
    return asked


@app.get("/.well-known/openid-configuration")
def discovery() -> dict[str, Any]:
    asked.append("discovery")
    described: dict[str, Any] = {
        "issuer": issuer(),
        "authorization_endpoint": f"{issuer()}/authorize",
        "token_endpoint": f"{issuer()}/token",
        "jwks_uri": f"{issuer()}/jwks",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
    }
    return described | dict(knobs["discovery"])


@app.get("/jwks")
def jwks() -> Any:
    asked.append("jwks")
    if knobs["jwks"] == "broken":
        return {"keys": "none"}
    return KeySet(list(keys)).as_dict()


@app.get("/authorize")
def authorize() -> Any:
    given = request.args
    wanted = {"response_type": "code", "client_id": CLIENT_ID, "code_challenge_method": "S256"}
    if any(given.get(name) != value for name, value in wanted.items()):
        return Response("bad request", 400)
    if "openid" not in given["scope"].split() or not given.get("state"):
        return Response("bad request", 400)
    code = secrets.token_urlsafe(24)
    codes[code] = {
        "challenge": given["code_challenge"],
        "nonce": given["nonce"],
        "redirect_uri": given["redirect_uri"],
    }
    answer = {"code": code, "state": given["state"]} | knobs["authorize"]
    query = "&".join(f"{name}={value}" for name, value in answer.items() if value)
    return redirect(f"{given['redirect_uri']}?{query}")


@app.post("/token")
def token() -> Any:
    asked.append("token")
    answers: dict[str, Callable[[], Any]] = {
        "hang": lambda: forever.wait(20) or Response("late", 200),
        "drip": lambda: Response(_dripping(), 200, content_type="application/json"),
        "redirect": lambda: redirect("http://127.0.0.1:9/token"),
        "huge": lambda: Response("[" + "0," * 400_000 + "0]", content_type="application/json"),
        "html": lambda: Response("<h1>张三 secret</h1>", 200),
        "list": lambda: Response("[1]", content_type="application/json"),
        "fails": lambda: Response("secret trace", 500),
        "empty": lambda: {"access_token": "a", "token_type": "Bearer"},
        "number": lambda: {"access_token": "a", "token_type": "Bearer", "id_token": 5},
        "garbage": lambda: {"access_token": "a", "token_type": "Bearer", "id_token": "a.b.c"},
    }
    if knobs["token"] in answers:
        return answers[knobs["token"]]()
    if knobs["public"]:
        is_known = request.form.get("client_id") == CLIENT_ID and not request.authorization
    else:
        is_known = request.headers.get("Authorization") == f"Basic {_basic()}"
    if not is_known:
        return {"error": "invalid_client"}, 401
    known = codes.pop(request.form["code"], None)  # a code works once
    if (
        known is None
        or request.form["grant_type"] != "authorization_code"
        or request.form["redirect_uri"] != known["redirect_uri"]
        or create_s256_code_challenge(request.form["code_verifier"]) != known["challenge"]
    ):
        return {"error": "invalid_grant", "error_description": "张三 secret"}, 400
    return {"access_token": "opaque", "token_type": "Bearer", "id_token": _signed(known["nonce"])}


def _basic() -> str:
    return base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()


def _dripping() -> Any:
    while not forever.wait(0.05):
        yield b" "


def _signed(nonce: str) -> str:
    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": issuer(),
        "sub": knobs["subject"],
        "aud": CLIENT_ID,
        "exp": now + 300,
        "iat": now,
        "nonce": nonce,
        "preferred_username": knobs["login"],
        "name": knobs["name"],
        "groups": knobs["groups"],
    } | knobs["claims"]
    claims = {name: value for name, value in claims.items() if name not in knobs["without"]}
    for name in ("exp", "iat", "nbf"):
        if isinstance(claims.get(name), str):
            claims[name] = now + int(claims[name])
    header = {"alg": "RS256", "kid": keys[0].kid}
    if knobs["sign"] == "none":
        parts = ({"alg": "none", "typ": "JWT"}, claims)
        return ".".join(_part(json.dumps(part).encode()) for part in parts) + "."
    if knobs["sign"] == "secret":
        # An HMAC with what everybody knows, the public key: a library that mixes the two accepts it.
        parts = ({"alg": "HS256", "kid": str(keys[0].kid)}, claims)
        body = ".".join(_part(json.dumps(part).encode()) for part in parts)
        public = keys[0].as_pem(private=False)
        return f"{body}.{_part(hmac.digest(public, body.encode(), 'sha256'))}"
    if knobs["sign"] == "stranger":
        return jwt.encode(header, claims, stranger)
    if knobs["sign"] == "own-kid":
        return jwt.encode({**header, "kid": stranger.kid}, claims, stranger)
    text = jwt.encode(header, claims, keys[0])
    if knobs["sign"] == "changed":
        head, _, tail = text.split(".")
        return ".".join((head, _part(json.dumps(claims | {"sub": "u-0"}).encode()), tail))
    return text


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


if __name__ == "__main__":
    new_key()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)  # noqa: T201 — its one word
    server.serve_forever()
