"""Passwords, sessions, tokens, throttling, security policy.

Revision 0009, after 0008.
"""

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand the schema."""


def downgrade() -> None:
    """Contract the schema to what it was."""
