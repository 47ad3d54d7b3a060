"""API tokens, and who a user is at the single sign-on provider.

Revision 0013, after 0012.
"""

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand the schema."""


def downgrade() -> None:
    """Contract the schema to what it was."""
