"""Channels' secrets encrypted: room for a former one, and what of an address may be shown.

Revision 0012, after 0011. A migration knows no keys: ``monitor db upgrade`` seals what is there
right after it, and until then a value without the mark of a sealed one is read as it is.
"""

from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_CHANNEL = sa.table("channel", sa.column("url"), sa.column("address"))


def upgrade() -> None:
    """Expand the schema."""
    op.add_column(
        "channel",
        sa.Column("address", sa.String(300), server_default=sa.text("''"), nullable=False),
    )
    op.add_column("channel", sa.Column("former_secret", sa.String(400), nullable=True))
    op.add_column("channel", sa.Column("former_until", sa.DateTime(timezone=True), nullable=True))
    connection = op.get_bind()
    for url in connection.scalars(sa.select(_CHANNEL.c.url).distinct()).all():
        connection.execute(
            sa.update(_CHANNEL).where(_CHANNEL.c.url == url).values(address=_shown(url))
        )


def downgrade() -> None:
    """Contract the schema to what it was."""
    for name in ("former_until", "former_secret", "address"):
        op.drop_column("channel", name)


def _shown(url: str) -> str:
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    more = "/…" if parts.path.strip("/") or parts.query else "/"
    return f"{parts.scheme}://{parts.hostname or ''}{port}{more}"[:300]
