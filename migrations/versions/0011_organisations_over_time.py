"""Names and parents of organisations as dated versions.

Revision 0011, after 0010. What is there gets one version, from the first day that a ledger can hold:
since when it has been so, nobody wrote down.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_KINDS = ("government", "department", "finance", "committee", "institution")


def upgrade() -> None:
    """Expand the schema."""
    op.create_table(
        "organisation_version",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("short_name", sa.String(60), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*_KINDS, name="kind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_organisation_version_period")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["organisation.id"], name=op.f(f"fk_organisation_version_{column}")
            )
            for column in ("organisation_id", "parent_id")
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "valid_from", name=op.f("pk_organisation_version")
        ),
    )
    op.create_index(
        "ix_organisation_version_open",
        "organisation_version",
        ["organisation_id"],
        unique=True,
        sqlite_where=sa.text("valid_to IS NULL"),
        postgresql_where=sa.text("valid_to IS NULL"),
    )
    op.create_index("ix_organisation_version_parent", "organisation_version", ["parent_id"])
    op.execute(
        "INSERT INTO organisation_version (organisation_id, valid_from, valid_to, name, short_name, "
        "kind, parent_id, recorded_at, recorded_by) SELECT id, '1990-01-01', NULL, name, "
        "short_name, kind, parent_id, recorded_at, recorded_by FROM organisation"
    )


def downgrade() -> None:
    """Contract the schema to what it was."""
    op.drop_table("organisation_version")
