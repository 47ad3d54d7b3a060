"""API of one's own tokens: listed by anyone signed in, made and revoked in a session only."""

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from kernel.paging import Page
from kernel.web.described import ACT_ERRORS, LIST_ERRORS, RECORD_ERRORS, RecordPath
from kernel.web.permissions import SIGNED_IN, requires
from kernel.web.replies import reply
from kernel.web.session import current_actor, current_clock, current_session, write_session
from people.tokens import tokens
from people.tokens.schemas import NewToken, TokenMade, TokenOut, TokensWanted

api = APIBlueprint(
    "tokens_api",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="tokens", description="接口令牌")],
    abp_responses=LIST_ERRORS,
)


@api.get("/tokens", summary="令牌列表", responses={200: Page[TokenOut]})
@requires(SIGNED_IN)
def index(query: TokensWanted) -> Response:
    """本人的令牌，最近创建的在前；令牌本身不显示。"""
    now = current_clock().now()
    return reply(tokens.list_tokens(current_session(), current_actor(), now, query))


@api.get("/tokens/<id>", summary="令牌", responses={200: TokenOut, **RECORD_ERRORS})
@requires(SIGNED_IN)
def show(path: RecordPath) -> Response:
    """一个令牌的范围、期限与最近使用。"""
    now = current_clock().now()
    return reply(tokens.token_of(current_session(), current_actor(), now, path.id))


@api.post("/tokens", summary="新建令牌", responses={201: TokenMade, 409: ACT_ERRORS[409]})
@requires(SIGNED_IN)
def make(body: NewToken) -> Response:
    """须由本人登录后进行；`token` 只在这次回答中给出。"""
    actor = current_actor()
    with write_session(reason="新建接口令牌") as session:
        made = tokens.make_token(session, actor, actor, current_clock().now(), body)
    response = reply(made)
    response.status_code = 201
    response.headers["Cache-Control"] = "no-store"
    response.headers["Location"] = f"/api/v1/tokens/{made.id}"
    return response


@api.delete("/tokens/<id>", summary="撤销令牌", responses={200: TokenOut, **RECORD_ERRORS})
@requires(SIGNED_IN)
def revoke(path: RecordPath) -> Response:
    """立即失效；再次撤销没有变化。"""
    with write_session(reason="撤销接口令牌") as session:
        ended = tokens.revoke_token(session, current_actor(), current_clock().now(), path.id)
    return reply(ended)
