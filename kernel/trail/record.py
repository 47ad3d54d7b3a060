"""Write an entry by hand for what no row shows: a sign-in, a lock-out, a reading of the trail."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert, literal, literal_column, select
from sqlalchemy.orm import Session

from kernel.trail.models import AuditEntry, TrailContext
from kernel.trail.secret_columns import NOT_NOTED, is_secret

_CONTEXT = ("actor", "user_id", "client", "request_id", "reason")
_NOW = {
    "postgresql": "clock_timestamp()",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', 'now')",
}


def record(
    session: Session,
    action: str,
    object_kind: str,
    object_id: str | UUID,
    facts: Mapping[str, Any],
    reason: str = "",
    *,
    contract_id: UUID | None = None,
    organisation_id: UUID | None = None,
) -> None:
    """Write one entry into the session's transaction, which must be a writing one.

    Who, from where and in which request are those of the session; an empty ``reason`` takes the
    session's. ``action`` is a word such as ``sign_in``; ``facts`` is what JSON can hold, and what
    is named as a secret in it is not noted.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    told = {name: _told(name, is_sqlite=is_sqlite) for name in _CONTEXT}
    if reason:
        told["reason"] = literal(reason[:1000])
    noted = {
        name: NOT_NOTED if is_secret(object_kind, name) else value for name, value in facts.items()
    }
    # Without RETURNING: who may write an entry need not be one who may read it.
    statement = insert(AuditEntry).inline().values(
        recorded_at=literal_column(_NOW["sqlite" if is_sqlite else "postgresql"]),
        action=action,
        object_kind=object_kind,
        object_id=str(object_id)[:200],
        contract_id=contract_id,
        organisation_id=organisation_id,
        after=noted,
        **told,
    )  # fmt: skip
    session.execute(statement)


def _told(name: str, *, is_sqlite: bool) -> ColumnElement[Any]:
    if is_sqlite:
        column: Any = getattr(TrailContext, name)
        return select(column).scalar_subquery()
    return func.coalesce(func.current_setting(f"monitor.{name}", literal_column("true")), "")
