"""Documents, stored once, with versions.

Revision 0019, after 0018.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_KINDS = (
    "tender", "award_notice", "contract", "amendment", "plan", "report", "notice", "acceptance",
    "invoice", "voucher", "photo", "photo_before", "photo_after", "approval", "minutes", "rule",
    "qualification", "attendance", "survey", "other",
)  # fmt: skip
_OWNERS = ("contract", "organisation", "vendor", "programme")


def upgrade() -> None:
    """Expand the schema."""
    op.create_table(
        "stored_file",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("byte_count", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(120), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False),
        sa.CheckConstraint("byte_count > 0", name=op.f("ck_stored_file_byte_count")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_stored_file")),
    )
    _documents()
    op.create_index("ix_document_object", "document", ["object_kind", "object_id", "id"])
    for owner in _OWNERS:
        op.create_index(f"ix_document_{owner}", "document", [f"{owner}_id", "id"])
    op.create_index("ix_document_sha256", "document", ["sha256"])


def _documents() -> None:
    kinds = sa.Enum(*_KINDS, name="kind", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("object_kind", sa.String(40), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        *(sa.Column(f"{owner}_id", sa.Uuid(), nullable=True) for owner in _OWNERS),
        sa.Column("kind", kinds, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("number", sa.String(120), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_by", sa.String(120), nullable=False),
        sa.Column("withdrawn_reason", sa.String(500), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False),
        sa.Column("assumed", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *_rules(),
        *(
            sa.ForeignKeyConstraint(
                [f"{owner}_id"], [f"{owner}.id"], name=op.f(f"fk_document_{owner}_id")
            )
            for owner in _OWNERS
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["stored_file.sha256"], name=op.f("fk_document_sha256")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint(
            "series_id", "version_number", name=op.f("uq_document_series_id_version_number")
        ),
    )


def _rules() -> list[sa.CheckConstraint]:
    days = [
        sa.CheckConstraint(
            f"{day} BETWEEN '1990-01-01' AND '2200-12-31'", name=op.f(f"ck_document_{day}")
        )
        for day in ("dated_on", "withdrawn_on")
    ]
    return [
        sa.CheckConstraint("version_number >= 1", name=op.f("ck_document_version_number")),
        sa.CheckConstraint(
            "(withdrawn_on IS NULL) = (withdrawn_reason = '')", name=op.f("ck_document_withdrawn")
        ),
        *days,
    ]


def downgrade() -> None:
    """Contract the schema to what it was."""
    op.drop_table("document")
    op.drop_table("stored_file")
