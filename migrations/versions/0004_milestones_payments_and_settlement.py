"""milestones payments and settlement.

Revision 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand the schema."""
    op.create_table(
        "milestone",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "first",
                "progress",
                "final",
                "instalment",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("share", sa.BigInteger(), nullable=True),
        sa.Column("amount_given", sa.BigInteger(), nullable=True),
        sa.Column(
            "trigger_kind",
            sa.Enum(
                "signing",
                "plan_approved",
                "round_confirmed",
                "acceptance",
                "invoice",
                "date",
                name="trigger_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("trigger_round", sa.Integer(), nullable=True),
        sa.Column("days_allowed", sa.Integer(), nullable=True),
        sa.Column("due_on_given", sa.Date(), nullable=True),
        sa.Column("triggered_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column(
            "assumed", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "due_on_given BETWEEN '1990-01-01' AND '2200-12-31'",
            name=op.f("ck_milestone_due_on_given"),
        ),
        sa.CheckConstraint(
            "triggered_on BETWEEN '1990-01-01' AND '2200-12-31'",
            name=op.f("ck_milestone_triggered_on"),
        ),
        sa.CheckConstraint(
            "due_on BETWEEN '1990-01-01' AND '2200-12-31'", name=op.f("ck_milestone_due_on")
        ),
        sa.CheckConstraint(
            "(trigger_kind = 'round_confirmed') = (trigger_round IS NOT NULL)",
            name=op.f("ck_milestone_trigger_round"),
        ),
        sa.CheckConstraint(
            "(share IS NULL) <> (amount_given IS NULL)", name=op.f("ck_milestone_share_or_amount")
        ),
        sa.CheckConstraint("amount_given >= 0", name=op.f("ck_milestone_amount_given")),
        sa.CheckConstraint(
            "days_allowed BETWEEN 0 AND 3660", name=op.f("ck_milestone_days_allowed")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_milestone_number")),
        sa.CheckConstraint("share BETWEEN 0 AND 100000000", name=op.f("ck_milestone_share")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_milestone_contract_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
        sa.UniqueConstraint("contract_id", "number", name=op.f("uq_milestone_contract_id_number")),
    )
    op.create_table(
        "payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("milestone_id", sa.Uuid(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("payee", sa.String(length=200), nullable=False),
        sa.Column("voucher", sa.String(length=80), nullable=False),
        sa.Column("resolution", sa.String(length=200), nullable=False),
        sa.Column("source_key", sa.String(length=240), nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("reversed", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column(
            "assumed", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "paid_on BETWEEN '1990-01-01' AND '2200-12-31'", name=op.f("ck_payment_paid_on")
        ),
        sa.CheckConstraint(
            "(reverses_id IS NULL AND amount > 0) OR (reverses_id IS NOT NULL AND amount < 0)",
            name=op.f("ck_payment_amount"),
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_payment_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestone.id"], name=op.f("fk_payment_milestone_id")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["payment.id"], name=op.f("fk_payment_reverses_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_payment_reverses_id")),
    )
    op.create_index("ix_payment_contract", "payment", ["contract_id", "paid_on"], unique=False)
    op.create_index("ix_payment_day", "payment", ["paid_on", "id"], unique=False)
    op.create_index("ix_payment_milestone", "payment", ["milestone_id", "paid_on"], unique=False)
    op.create_index(
        "ix_payment_voucher",
        "payment",
        ["contract_id", "voucher"],
        unique=True,
        sqlite_where=sa.text("voucher <> '' AND reverses_id IS NULL AND NOT reversed"),
        postgresql_where=sa.text("voucher <> '' AND reverses_id IS NULL AND NOT reversed"),
    )
    op.create_table(
        "settlement",
        sa.Column("milestone_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("unpaid", sa.BigInteger(), nullable=True),
        sa.Column(
            "unpaid_due_on",
            sa.Date(),
            sa.Computed(
                "CASE WHEN valid_to IS NULL AND unpaid > 0 THEN due_on END", persisted=True
            ),
            nullable=True,
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_settlement_period")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_settlement_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestone.id"], name=op.f("fk_settlement_milestone_id")
        ),
        sa.PrimaryKeyConstraint("milestone_id", "valid_from", name=op.f("pk_settlement")),
    )
    op.create_index("ix_settlement_contract", "settlement", ["contract_id"], unique=False)
    op.create_index(
        "ix_settlement_past",
        "settlement",
        ["valid_to"],
        unique=False,
        sqlite_where=sa.text("valid_to IS NOT NULL"),
        postgresql_where=sa.text("valid_to IS NOT NULL"),
    )
    op.create_index(
        "ix_settlement_unpaid",
        "settlement",
        ["unpaid_due_on"],
        unique=False,
        sqlite_where=sa.text("unpaid_due_on IS NOT NULL"),
        postgresql_where=sa.text("unpaid_due_on IS NOT NULL"),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index(
        "ix_settlement_unpaid",
        table_name="settlement",
        sqlite_where=sa.text("unpaid_due_on IS NOT NULL"),
        postgresql_where=sa.text("unpaid_due_on IS NOT NULL"),
    )
    op.drop_index(
        "ix_settlement_past",
        table_name="settlement",
        sqlite_where=sa.text("valid_to IS NOT NULL"),
        postgresql_where=sa.text("valid_to IS NOT NULL"),
    )
    op.drop_index("ix_settlement_contract", table_name="settlement")
    op.drop_table("settlement")
    op.drop_index(
        "ix_payment_voucher",
        table_name="payment",
        sqlite_where=sa.text("voucher <> '' AND reverses_id IS NULL AND NOT reversed"),
        postgresql_where=sa.text("voucher <> '' AND reverses_id IS NULL AND NOT reversed"),
    )
    op.drop_index("ix_payment_milestone", table_name="payment")
    op.drop_index("ix_payment_day", table_name="payment")
    op.drop_index("ix_payment_contract", table_name="payment")
    op.drop_table("payment")
    op.drop_table("milestone")
