"""Tokens as people keep them: made, listed, revoked."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select, true, update
from sqlalchemy.orm import Session

from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.errors import ConflictError, InputError, MonitorError, NotFoundError
from kernel.keys import new_key
from kernel.paging import AnySelect, Page, fetch_page
from people.events import AccountDisabled
from people.models import User
from people.tokens.models import ApiToken, ApiTokenUse
from people.tokens.schemas import NewToken, TokenMade, TokenOut, TokenState, TokensWanted
from people.tokens.secrets import fresh_token

MOST_LIVE = 20
"""So many tokens may a person have that are neither revoked nor expired."""


class TokenCannotManageTokens(MonitorError):
    """A program with a token tried to make or revoke one: a stolen token would renew itself."""

    status = HTTPStatus.FORBIDDEN
    code = "session_needed"
    title = "需要本人登录"


def make_token(
    session: Session, actor: Actor, holder: Actor, now: datetime, new: NewToken
) -> TokenMade:
    """Make a token of ``holder`` (a user as an actor); the answer alone has its text.

    Raises ``TokenCannotManageTokens``; ``InputError`` for a scope that the holder lacks now or a
    name in use; ``ConflictError`` when the holder has ``MOST_LIVE`` tokens already.
    """
    user_id = _managed_by(actor, holder)
    lacking = [scope.label for scope in new.scopes if not holder.may(scope)]
    if lacking:
        raise InputError("scopes", f"现有角色没有这些权限：{'、'.join(lacking)}")
    # One at a time for a user, so that two tabs cannot together pass the limit.
    session.execute(select(User.id).where(User.id == user_id).with_for_update())
    _refuse_too_many(session, user_id, new.name, now)
    fresh = fresh_token()
    token = ApiToken(
        id=new_key(),
        user_id=user_id,
        prefix=fresh.prefix,
        secret_hash=fresh.secret_hash,
        name=new.name,
        scopes=sorted({scope.value for scope in new.scopes}),
        expires_at=now + timedelta(days=new.valid_days),
        revoked_at=None,
        recorded_at=now,
        recorded_by=actor.name,
    )
    session.add(token)
    session.flush()
    told = _told(token, None, now)
    return TokenMade(**told.model_dump(), token=fresh.text)


def list_tokens(
    session: Session, actor: Actor, now: datetime, wanted: TokensWanted
) -> Page[TokenOut]:
    """A user's tokens, newest first: the actor's own, or another's with ``USERS_READ``."""
    user_id = wanted.user or actor.user_id
    statement = _selected().where(
        ApiToken.user_id == user_id, _seen_by(actor, Permission.USERS_READ)
    )
    if wanted.state is not None:
        statement = statement.where(_in_state(wanted.state, now))
    return fetch_page(
        session,
        statement,
        [ApiToken.id],
        wanted,
        lambda row: _told(row[0], row[1], now),
        newest_first=True,
    )


def token_of(session: Session, actor: Actor, now: datetime, token_id: UUID) -> TokenOut:
    """One token; raises ``NotFoundError`` also for one that the actor may not know of."""
    row = session.execute(
        _selected().where(ApiToken.id == token_id, _seen_by(actor, Permission.USERS_READ))
    ).one_or_none()
    token, last_used_at = _there(row)
    return _told(token, last_used_at, now)


def revoke_token(session: Session, actor: Actor, now: datetime, token_id: UUID) -> TokenOut:
    """End a token at once: the actor's own, or another's with ``USERS_WRITE``. Twice is once.

    Raises ``TokenCannotManageTokens`` and ``NotFoundError``.
    """
    if actor.token_scopes is not None:
        raise TokenCannotManageTokens("撤销令牌须由本人登录后进行，不能用令牌撤销令牌。")
    row = session.execute(
        _selected().where(ApiToken.id == token_id, _seen_by(actor, Permission.USERS_WRITE))
    ).one_or_none()
    token, last_used_at = _there(row)
    session.execute(
        update(ApiToken)
        .where(ApiToken.id == token.id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )
    session.refresh(token)
    return _told(token, last_used_at, now)


def end_tokens_of_disabled(session: Session, event: AccountDisabled) -> None:
    """Revoke a user's tokens when the account is disabled, whatever becomes of it later."""
    session.execute(
        update(ApiToken)
        .where(ApiToken.user_id == event.user_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=event.at)
        .execution_options(synchronize_session=False)
    )


def token_named(session: Session, prefix: str) -> UUID:
    """The id of the token that begins with ``prefix``, as an operator names it.

    Raises ``NotFoundError``.
    """
    found = session.scalar(select(ApiToken.id).where(ApiToken.prefix == prefix))
    if found is None:
        raise NotFoundError(f"没有以 {prefix[:20]} 开头的令牌")
    return found


def scopes_open_to(actor: Actor) -> list[Permission]:
    """What a token of the actor may be limited to: all that the actor may do now."""
    return [permission for permission in Permission if actor.may(permission)]


def _managed_by(actor: Actor, holder: Actor) -> UUID:
    """Whose token is made: one's own in a session, or another's by the operator at the machine."""
    if actor.token_scopes is not None:
        raise TokenCannotManageTokens("新建令牌须由本人登录后进行，不能用令牌新建令牌。")
    if holder.user_id is None or not (actor.everything or actor.user_id == holder.user_id):
        raise TokenCannotManageTokens("只能为自己的账号新建令牌。")
    return holder.user_id


def _refuse_too_many(session: Session, user_id: UUID, name: str, now: datetime) -> None:
    mine = ApiToken.user_id == user_id
    taken = select(ApiToken.id).where(mine, ApiToken.name == name, ApiToken.revoked_at.is_(None))
    if session.scalar(taken) is not None:
        raise InputError("name", f"已有名为“{name}”的令牌；请换一个名称，或先撤销原来的")
    live = session.scalar(
        select(func.count()).select_from(ApiToken).where(mine, _in_state(TokenState.LIVE, now))
    )
    if live is not None and live >= MOST_LIVE:
        raise ConflictError(f"每人最多 {MOST_LIVE} 个有效令牌；请先撤销不用的")


def _selected() -> AnySelect:
    return select(ApiToken, ApiTokenUse.last_used_at).outerjoin(
        ApiTokenUse, ApiTokenUse.token_id == ApiToken.id
    )


def _seen_by(actor: Actor, of_others: Permission) -> ColumnElement[bool]:
    return true() if actor.may(of_others) else ApiToken.user_id == actor.user_id


def _in_state(state: TokenState, now: datetime) -> ColumnElement[bool]:
    if state is TokenState.REVOKED:
        return ApiToken.revoked_at.is_not(None)
    is_over = ApiToken.expires_at <= now
    return ApiToken.revoked_at.is_(None) & (is_over if state is TokenState.EXPIRED else ~is_over)


def _there(row: Row[*tuple[Any, ...]] | None) -> tuple[ApiToken, datetime | None]:
    if row is None:
        raise NotFoundError("没有这个令牌，或不在查看范围内")
    return row[0], row[1]


def _told(token: ApiToken, last_used_at: datetime | None, now: datetime) -> TokenOut:
    if token.revoked_at is not None:
        state = TokenState.REVOKED
    else:
        state = TokenState.LIVE if token.expires_at > now else TokenState.EXPIRED
    scopes = [scope for scope in Permission if scope.value in token.scopes]
    return TokenOut.of(token, state=state, scopes=scopes, last_used_at=last_used_at)
