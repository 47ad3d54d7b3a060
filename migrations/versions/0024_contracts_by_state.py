"""Contracts in a rare state, found without asking a million of them.

Revision 0024, after 0023.
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_contract_service_start": ("contract", ["service_start"]),
    "ix_contract_step_state": ("contract_step", ["state", "since"]),
    "ix_plan_standing_state": ("plan_standing", ["state", "valid_to"]),
}


def upgrade() -> None:
    """Expand the schema."""
    if op.get_bind().dialect.name == "postgresql":
        for name, (table, columns) in _INDEXES.items():
            op.create_index(name, table, columns)


def downgrade() -> None:
    """Contract the schema to what it was."""
    if op.get_bind().dialect.name == "postgresql":
        for name, (table, _) in reversed(_INDEXES.items()):
            op.drop_index(name, table)
