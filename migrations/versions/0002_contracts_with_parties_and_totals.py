"""contracts with parties and totals.

Revision 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand the schema."""
    op.create_table(
        "contract",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("purchaser_id", sa.Uuid(), nullable=False),
        sa.Column("vendor_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("sectors", sa.String(length=200), nullable=False),
        sa.Column("content", sa.String(length=2000), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("service_start", sa.Date(), nullable=True),
        sa.Column("service_end", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column(
            "assumed", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "signed_on BETWEEN '1990-01-01' AND '2200-12-31'", name=op.f("ck_contract_signed_on")
        ),
        sa.CheckConstraint(
            "service_start BETWEEN '1990-01-01' AND '2200-12-31'",
            name=op.f("ck_contract_service_start"),
        ),
        sa.CheckConstraint(
            "service_end BETWEEN '1990-01-01' AND '2200-12-31'",
            name=op.f("ck_contract_service_end"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_contract_programme_id")
        ),
        sa.ForeignKeyConstraint(
            ["purchaser_id"], ["organisation.id"], name=op.f("fk_contract_purchaser_id")
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor.id"], name=op.f("fk_contract_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sa.UniqueConstraint("purchaser_id", "number", name=op.f("uq_contract_purchaser_id_number")),
    )
    op.create_index(op.f("ix_contract_programme_id"), "contract", ["programme_id"], unique=False)
    op.create_index(op.f("ix_contract_vendor_id"), "contract", ["vendor_id"], unique=False)
    op.create_table(
        "contract_party",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "purchaser",
                "payer",
                "lead",
                "vendor",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("vendor_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.CheckConstraint(
            "(role = 'vendor') = (vendor_id IS NOT NULL) AND (role = 'vendor') = (organisation_id IS NULL)",
            name=op.f("ck_contract_party_who"),
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_contract_party_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_contract_party_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendor.id"], name=op.f("fk_contract_party_vendor_id")
        ),
        sa.PrimaryKeyConstraint("contract_id", "role", name=op.f("pk_contract_party")),
    )
    op.create_index(
        "ix_contract_party_organisation",
        "contract_party",
        ["organisation_id", "contract_id"],
        unique=False,
    )
    op.create_index(
        "ix_contract_party_vendor", "contract_party", ["vendor_id", "contract_id"], unique=False
    )
    op.create_table(
        "contract_total",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_contract_total_amount")),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_contract_total_period")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_contract_total_contract_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_total")),
    )
    op.create_index(
        "ix_contract_total_current",
        "contract_total",
        ["contract_id", "valid_from"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "finding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=True),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("value", sa.String(length=400), nullable=False),
        sa.Column("message", sa.String(length=1000), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_finding_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_finding_programme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    op.create_index(op.f("ix_finding_contract_id"), "finding", ["contract_id"], unique=False)
    op.create_index(
        "ix_finding_open",
        "finding",
        ["code", "subject"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(op.f("ix_finding_programme_id"), "finding", ["programme_id"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_index(op.f("ix_finding_programme_id"), table_name="finding")
    op.drop_index(
        "ix_finding_open",
        table_name="finding",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_finding_contract_id"), table_name="finding")
    op.drop_table("finding")
    op.drop_index(
        "ix_contract_total_current",
        table_name="contract_total",
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_table("contract_total")
    op.drop_index("ix_contract_party_vendor", table_name="contract_party")
    op.drop_index("ix_contract_party_organisation", table_name="contract_party")
    op.drop_table("contract_party")
    op.drop_index(op.f("ix_contract_vendor_id"), table_name="contract")
    op.drop_index(op.f("ix_contract_programme_id"), table_name="contract")
    op.drop_table("contract")
