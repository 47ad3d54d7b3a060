"""Channels' secrets encrypted.

Revision 0012, after 0011.
"""

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand the schema."""


def downgrade() -> None:
    """Contract the schema to what it was."""
