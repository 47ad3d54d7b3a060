"""Acts in steps (经办, 审核, 负责人) and how many steps an amount needs.

Revision 0010, after 0009.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_KINDS = ("plan_decision", "round_confirmation", "payment", "payment_reversal")
_STATES = ("to_check", "to_approve", "done", "returned", "withdrawn")
_STEPS = ("clerk_checker_head", "clerk_head", "clerk")
_OPEN_ON_SUBJECT = (
    "state IN ('to_check', 'to_approve') AND kind <> 'payment' AND subject_id IS NOT NULL"
)


def upgrade() -> None:
    """Expand the schema."""
    _acts()
    op.create_index("ix_act_contract", "act", ["contract_id", "id"])
    op.create_index("ix_act_organisation", "act", ["organisation_id", "state", "id"])
    op.create_index("ix_act_request", "act", ["entered_by_id", "request_key"], unique=True)
    op.create_index(
        "ix_act_open_subject",
        "act",
        ["kind", "subject_id"],
        unique=True,
        sqlite_where=sa.text(_OPEN_ON_SUBJECT),
        postgresql_where=sa.text(_OPEN_ON_SUBJECT),
    )
    _settings()
    op.create_index("ix_step_setting_organisation", "step_setting", ["organisation_id", "kind"])


def _words(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def _step(name: str) -> list[sa.Column[Any]]:
    return [
        sa.Column(f"{name}_by_id", sa.Uuid(), nullable=True),
        sa.Column(f"{name}_by", sa.String(120), nullable=False),
        sa.Column(f"{name}_at", sa.DateTime(timezone=True), nullable=True),
    ]


def _acts() -> None:
    json = sa.JSON().with_variant(JSONB(), "postgresql")
    op.create_table(
        "act",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", _words("kind", _KINDS), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("about", sa.String(200), nullable=False),
        sa.Column("facts", json, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("steps", _words("steps", _STEPS), nullable=False),
        sa.Column("state", _words("state", _STATES), nullable=False),
        sa.Column("entered_by_id", sa.Uuid(), nullable=False),
        sa.Column("entered_by", sa.String(120), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request_key", sa.String(80), nullable=False),
        *_step("checked"),
        *_step("approved"),
        *_step("closed"),
        sa.Column("closed_reason", sa.String(500), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "checked_by_id <> entered_by_id AND approved_by_id <> entered_by_id "
            "AND approved_by_id <> checked_by_id",
            name=op.f("ck_act_one_step_each"),
        ),
        sa.CheckConstraint(
            "(state = 'done') = (result_id IS NOT NULL)", name=op.f("ck_act_result")
        ),
        sa.CheckConstraint(
            "(state IN ('returned', 'withdrawn')) = (closed_at IS NOT NULL)",
            name=op.f("ck_act_closed"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_act_amount")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_act_contract_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_act_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act")),
    )


def _settings() -> None:
    op.create_table(
        "step_setting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("kind", _words("kind", _KINDS), nullable=False),
        sa.Column("from_amount", sa.BigInteger(), nullable=False),
        sa.Column("steps", _words("steps", _STEPS), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False),
        sa.CheckConstraint("from_amount >= 0", name=op.f("ck_step_setting_from_amount")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by = '')", name=op.f("ck_step_setting_ended")
        ),
        sa.CheckConstraint(
            "valid_from BETWEEN '1990-01-01' AND '2200-12-31'",
            name=op.f("ck_step_setting_valid_from"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_step_setting_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_setting")),
    )


def downgrade() -> None:
    """Contract the schema to what it was."""
    op.drop_table("step_setting")
    op.drop_table("act")
