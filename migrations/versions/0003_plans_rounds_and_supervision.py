"""plans rounds and supervision.

Revision 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand the schema."""
    op.create_table(
        "implementation_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column(
            "assumed", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "submitted_on BETWEEN '1990-01-01' AND '2200-12-31'",
            name=op.f("ck_implementation_plan_submitted_on"),
        ),
        sa.CheckConstraint(
            "returned_on BETWEEN '1990-01-01' AND '2200-12-31'",
            name=op.f("ck_implementation_plan_returned_on"),
        ),
        sa.CheckConstraint(
            "approved_on BETWEEN '1990-01-01' AND '2200-12-31'",
            name=op.f("ck_implementation_plan_approved_on"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_implementation_plan_number")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_implementation_plan_contract_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_implementation_plan")),
        sa.UniqueConstraint(
            "contract_id", "number", name=op.f("uq_implementation_plan_contract_id_number")
        ),
    )
    op.create_table(
        "plan_standing",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "missing",
                "submitted",
                "returned",
                "approved",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column(
            "wanting_since",
            sa.Date(),
            sa.Computed(
                "CASE WHEN valid_to IS NULL AND state <> 'approved' THEN due_on END",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_plan_standing_period")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_plan_standing_contract_id")
        ),
        sa.PrimaryKeyConstraint("contract_id", "valid_from", name=op.f("pk_plan_standing")),
    )
    op.create_index(
        "ix_plan_standing_past",
        "plan_standing",
        ["valid_to"],
        unique=False,
        sqlite_where=sa.text("valid_to IS NOT NULL"),
        postgresql_where=sa.text("valid_to IS NOT NULL"),
    )
    op.create_index(
        "ix_plan_standing_wanting",
        "plan_standing",
        ["wanting_since"],
        unique=False,
        sqlite_where=sa.text("wanting_since IS NOT NULL"),
        postgresql_where=sa.text("wanting_since IS NOT NULL"),
    )
    op.create_table(
        "service_round",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rounds_covered", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "hazard_inspection",
                "special_inspection",
                "general_inspection",
                "technical_guidance",
                "recheck",
                "resumption_review",
                "accident_support",
                "drill",
                "training",
                "publicity",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("enterprises", sa.Integer(), nullable=True),
        sa.Column("expert_visits", sa.Integer(), nullable=True),
        sa.Column("vehicle_trips", sa.Integer(), nullable=True),
        sa.Column("equipment_sets", sa.Integer(), nullable=True),
        sa.Column("notices", sa.Integer(), nullable=True),
        sa.Column("suggestions", sa.Integer(), nullable=True),
        sa.Column("hazards_found", sa.Integer(), nullable=True),
        sa.Column("hazards_general", sa.Integer(), nullable=True),
        sa.Column("hazards_major", sa.Integer(), nullable=True),
        sa.Column("rectified", sa.Integer(), nullable=True),
        sa.Column("rectified_general", sa.Integer(), nullable=True),
        sa.Column("rectified_major", sa.Integer(), nullable=True),
        sa.Column("people_trained", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column(
            "assumed", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "started_on BETWEEN '1990-01-01' AND '2200-12-31'",
            name=op.f("ck_service_round_started_on"),
        ),
        sa.CheckConstraint(
            "ended_on BETWEEN '1990-01-01' AND '2200-12-31'", name=op.f("ck_service_round_ended_on")
        ),
        sa.CheckConstraint(
            "confirmed_on BETWEEN '1990-01-01' AND '2200-12-31'",
            name=op.f("ck_service_round_confirmed_on"),
        ),
        sa.CheckConstraint("enterprises >= 0", name=op.f("ck_service_round_enterprises")),
        sa.CheckConstraint("equipment_sets >= 0", name=op.f("ck_service_round_equipment_sets")),
        sa.CheckConstraint("expert_visits >= 0", name=op.f("ck_service_round_expert_visits")),
        sa.CheckConstraint("hazards_found >= 0", name=op.f("ck_service_round_hazards_found")),
        sa.CheckConstraint("hazards_general >= 0", name=op.f("ck_service_round_hazards_general")),
        sa.CheckConstraint("hazards_major >= 0", name=op.f("ck_service_round_hazards_major")),
        sa.CheckConstraint("notices >= 0", name=op.f("ck_service_round_notices")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_service_round_number")),
        sa.CheckConstraint("people_trained >= 0", name=op.f("ck_service_round_people_trained")),
        sa.CheckConstraint("rectified >= 0", name=op.f("ck_service_round_rectified")),
        sa.CheckConstraint(
            "rectified_general >= 0", name=op.f("ck_service_round_rectified_general")
        ),
        sa.CheckConstraint("rectified_major >= 0", name=op.f("ck_service_round_rectified_major")),
        sa.CheckConstraint("rounds_covered >= 1", name=op.f("ck_service_round_rounds_covered")),
        sa.CheckConstraint("suggestions >= 0", name=op.f("ck_service_round_suggestions")),
        sa.CheckConstraint("vehicle_trips >= 0", name=op.f("ck_service_round_vehicle_trips")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_service_round_contract_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_round")),
        sa.UniqueConstraint(
            "contract_id", "number", name=op.f("uq_service_round_contract_id_number")
        ),
    )
    op.create_table(
        "supervision_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("method", sa.String(length=60), nullable=False),
        sa.Column("looked_at", sa.String(length=1000), nullable=False),
        sa.Column("found", sa.String(length=1000), nullable=False),
        sa.Column("asked_for", sa.String(length=1000), nullable=False),
        sa.Column("answered", sa.String(length=1000), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column(
            "assumed", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "checked_on BETWEEN '1990-01-01' AND '2200-12-31'",
            name=op.f("ck_supervision_record_checked_on"),
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_supervision_record_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_supervision_record_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_record")),
        sa.UniqueConstraint(
            "contract_id",
            "organisation_id",
            "checked_on",
            "method",
            name=op.f("uq_supervision_record_contract_id_organisation_id_checked_on_method"),
        ),
    )
    op.create_index(
        op.f("ix_supervision_record_organisation_id"),
        "supervision_record",
        ["organisation_id"],
        unique=False,
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index(op.f("ix_supervision_record_organisation_id"), table_name="supervision_record")
    op.drop_table("supervision_record")
    op.drop_table("service_round")
    op.drop_index(
        "ix_plan_standing_wanting",
        table_name="plan_standing",
        sqlite_where=sa.text("wanting_since IS NOT NULL"),
        postgresql_where=sa.text("wanting_since IS NOT NULL"),
    )
    op.drop_index(
        "ix_plan_standing_past",
        table_name="plan_standing",
        sqlite_where=sa.text("valid_to IS NOT NULL"),
        postgresql_where=sa.text("valid_to IS NOT NULL"),
    )
    op.drop_table("plan_standing")
    op.drop_table("implementation_plan")
