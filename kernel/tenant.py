"""What the database is told of a transaction: whose it is, what it may see, and what causes it.

PostgreSQL keeps it in settings that end with the transaction: row-level policies read
``monitor.reach``, ``monitor.own``, ``monitor.led``, ``monitor.trail`` and ``monitor.many``, the trail's triggers the
rest. SQLite has no such settings and one writer at a time: its triggers read the one row of
``trail_context``, which is empty outside a transaction of this service, so that a change by
another program is known as such.
"""

from sqlalchemy import event, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.access.roles import Role
from kernel.cause import Cause

_SETTINGS = (
    "actor", "user_id", "client", "request_id", "reason", "reach", "own", "led", "trail",
)  # fmt: skip
_TELL_POSTGRESQL = text(
    "SELECT " + ", ".join(f"set_config('monitor.{name}', :{name}, true)" for name in _SETTINGS)
)
_TELL_SQLITE = text(
    "UPDATE trail_context SET actor = :actor, user_id = :user_id, client = :client, "
    "request_id = :request_id, reason = :reason"
)
_FORGET_SQLITE = text(
    "UPDATE trail_context SET actor = '', user_id = '', client = '', request_id = '', reason = ''"
)


def bind_tenant(session: Session, actor: Actor, cause: Cause, *, writes: bool) -> None:
    """Tell the database at the start of each of the session's transactions."""
    told = _told(actor, cause)
    if session.get_bind().dialect.name == "postgresql":

        def tell(_session: Session, _transaction: object, connection: Connection) -> None:
            connection.execute(_TELL_POSTGRESQL, told)

        event.listen(session, "after_begin", tell)
    elif writes:

        def tell_sqlite(_session: Session, _transaction: object, connection: Connection) -> None:
            connection.execute(_TELL_SQLITE, told)

        event.listen(session, "after_begin", tell_sqlite)
        event.listen(session, "before_commit", _forget)


def expect_many(session: Session) -> None:
    """Say that this transaction's next statements read more rows than a page, to add them up.

    It changes no answer, only the way in which PostgreSQL's row policies find it.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT set_config('monitor.many', 'on', true)"))


def _forget(session: Session) -> None:
    if session.in_nested_transaction():
        return  # a savepoint is kept; the transaction, and whose it is, goes on
    session.flush()
    session.connection().execute(_FORGET_SQLITE)


def _told(actor: Actor, cause: Cause) -> dict[str, str]:
    reach = actor.reach()
    return {
        "actor": actor.name,
        "user_id": str(actor.user_id or ""),
        "client": cause.client,
        "request_id": cause.request_id,
        "reason": cause.reason,
        "reach": "all" if reach.everything else "",
        "own": ",".join(sorted(map(str, reach.own))),
        "led": ",".join(sorted(map(str, reach.led))),
        "trail": _trail(actor),
    }


def _trail(actor: Actor) -> str:
    """Which entries of the trail: all, those of the contracts and organisations reached, or none."""
    if not (actor.may(Permission.TRAIL_READ) or actor.may(Permission.TRAIL_EXPORT)):
        return ""
    return "all" if actor.everything or actor.holds(Role.AUDIT_ADMIN) else "reached"
