"""Contracts in the order of their totals, without sorting a million of them.

Revision 0023, after 0022.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_NAME = "ix_contract_total_amount"


def upgrade() -> None:
    """Expand the schema."""
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            _NAME,
            "contract_total",
            [sa.text("coalesce(amount, -1)"), "contract_id"],
            postgresql_where=sa.text("superseded_at IS NULL"),
        )


def downgrade() -> None:
    """Contract the schema to what it was."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index(_NAME, "contract_total")
