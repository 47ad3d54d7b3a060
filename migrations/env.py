"""Alembic environment: runs on the connection that ``migrations.schema`` hands over."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from kernel.columns import Percent, UtcInstant, Yuan
from migrations.tables import METADATA

PLAIN = {UtcInstant: "sa.DateTime(timezone=True)", Yuan: "sa.BigInteger()"}
PLAIN[Percent] = PLAIN[Yuan]


def _render_plain(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Write a migration with the database's own types, so that it outlives ours."""
    if kind == "type":
        if isinstance(item, sa.Enum):
            values = ", ".join(repr(value) for value in item.enums)
            return (
                f"sa.Enum({values}, name={item.name!r}, native_enum=False, "
                f"create_constraint=True, length={item.length})"
            )
        if isinstance(item, sa.JSON):
            return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
        return PLAIN.get(type(item), False)
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    compare_type=True,
    compare_server_default=True,
    render_item=_render_plain,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
