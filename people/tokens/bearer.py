"""Who a request with ``Authorization: Bearer`` speaks for (RFC 6750)."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from kernel.access.actor import SIGN_IN, Actor
from kernel.access.permissions import Permission
from kernel.database import Database
from kernel.errors import MonitorError
from kernel.logs import get_logger
from kernel.sql import is_busy, upsert
from people.actors import actor_of
from people.tokens.guesses import Guesses
from people.tokens.models import ApiToken, ApiTokenUse
from people.tokens.secrets import hash_of, is_well_formed

NOTED_EVERY = timedelta(minutes=1)
"""The last use is written no more often than this."""
_logger = get_logger("tokens")
_BEARER = re.compile(r"bearer(?: +(.*))?", re.IGNORECASE | re.DOTALL)


class InvalidToken(MonitorError):
    """The token is unknown, expired or revoked, or its person's account is closed: not said which."""

    status = HTTPStatus.UNAUTHORIZED
    code = "invalid_token"
    title = "接口令牌无效"


class TooManyGuesses(MonitorError):
    """So many wrong tokens came from this address that no other is looked up for a minute."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many_guesses"
    title = "尝试过多"


def bearer_text(header: str | None) -> str | None:
    """The token of an ``Authorization`` header, perhaps empty; None for another scheme or none."""
    found = _BEARER.fullmatch(header.strip()) if header else None
    return None if found is None else (found[1] or "").strip()


def actor_of_token(database: Database, text: str, now: datetime, today: date) -> Actor | None:
    """The person of the token, limited to its scopes; None when the token is not good now.

    What the person may do is asked at each use: a role that ended ends here too.
    """
    if not is_well_formed(text):
        return None
    with database.reading(SIGN_IN) as session:
        found = _good_token(session, hash_of(text), now)
        if found is None:
            return None
        token, last_used_at = found
        # A scope that a later release no longer knows gives nothing.
        scopes = [scope for scope in Permission if scope.value in token.scopes]
        actor = actor_of(session, token.user_id, today, token_scopes=scopes)
    if actor is not None and (last_used_at is None or now - last_used_at >= NOTED_EVERY):
        _note_use(database, token.id, now)
    return actor


@dataclass(frozen=True, slots=True)
class BearerTokens:
    """The tokens of a database, with a bound on guesses from each address."""

    database: Database
    guesses: Guesses = field(default_factory=Guesses)

    def actor(self, text: str, client: str, now: datetime, today: date) -> Actor:
        """Who the token speaks for; ``client`` is the address it came from.

        Raises ``InvalidToken``, or ``TooManyGuesses`` where too many wrong ones came before.
        """
        secret_hash = hash_of(text)
        if not self.guesses.may_ask(client, secret_hash, now):
            raise TooManyGuesses("来自这个地址的无效令牌过多，请一分钟后再试。")
        actor = actor_of_token(self.database, text, now, today)
        if actor is None:
            self.guesses.was_wrong(client, secret_hash, now)
            raise InvalidToken("接口令牌无效、已过期或已撤销。")
        self.guesses.was_good(secret_hash)
        return actor


def _good_token(
    session: Session, secret_hash: str, now: datetime
) -> tuple[ApiToken, datetime | None] | None:
    row = session.execute(
        select(ApiToken, ApiTokenUse.last_used_at)
        .outerjoin(ApiTokenUse, ApiTokenUse.token_id == ApiToken.id)
        .where(
            ApiToken.secret_hash == secret_hash,
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at > now,
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def _note_use(database: Database, token_id: UUID, now: datetime) -> None:
    try:
        _write_use(database, token_id, now)
    except OperationalError as error:
        if not is_busy(error):
            raise
        # A long import holds SQLite's one writer: the answer is given all the same.
        _logger.info("last use not written", token=str(token_id))


def _write_use(database: Database, token_id: UUID, now: datetime) -> None:
    with database.writing(SIGN_IN) as session:
        table = ApiTokenUse.metadata.tables[ApiTokenUse.__tablename__]
        statement = upsert(session, table).values(token_id=token_id, last_used_at=now)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["token_id"],
                set_={"last_used_at": statement.excluded.last_used_at},
                where=ApiTokenUse.last_used_at < now,
            )
        )
