"""Acts in steps (经办, 审核, 负责人) and how many steps an amount needs.

Revision 0010, after 0009.
"""

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand the schema."""


def downgrade() -> None:
    """Contract the schema to what it was."""
