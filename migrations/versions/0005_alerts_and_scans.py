"""alerts and scans.

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand the schema."""
    op.create_table(
        "scan_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("error", sa.String(length=1000), nullable=False),
        sa.Column(
            "counts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_run")),
    )
    op.create_index("ix_scan_run_as_of", "scan_run", ["as_of", "started_at"], unique=False)
    op.create_table(
        "alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "resolved",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column(
            "facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("resolved_on", sa.Date(), nullable=True),
        sa.Column(
            "end_reason",
            sa.Enum(
                "fulfilled",
                "lapsed",
                "corrected",
                name="end_reason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("seen_scan_id", sa.Uuid(), nullable=False),
        sa.Column(
            "change",
            sa.Enum(
                "opened",
                "raised",
                "lowered",
                "refreshed",
                "seen",
                "resolved",
                name="change",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("change_scan_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'resolved') = (resolved_on IS NOT NULL)", name=op.f("ck_alert_resolved_on")
        ),
        sa.CheckConstraint("severity BETWEEN 1 AND 4", name=op.f("ck_alert_severity")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_alert_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_alert_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint(
            "rule", "subject_id", "period", name=op.f("uq_alert_rule_subject_id_period")
        ),
    )
    op.create_index("ix_alert_change", "alert", ["change_scan_id"], unique=False)
    op.create_index("ix_alert_contract", "alert", ["contract_id"], unique=False)
    op.create_index(
        "ix_alert_open",
        "alert",
        ["rule", "severity"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(op.f("ix_alert_organisation_id"), "alert", ["organisation_id"], unique=False)
    op.create_table(
        "alert_episode",
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("resolved_on", sa.Date(), nullable=True),
        sa.Column(
            "end_reason",
            sa.Enum(
                "fulfilled",
                "lapsed",
                "corrected",
                name="end_reason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("worst_severity", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_episode_alert_id")),
        sa.PrimaryKeyConstraint("alert_id", "number", name=op.f("pk_alert_episode")),
    )
    op.create_table(
        "alert_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("scan_id", sa.Uuid(), nullable=False),
        sa.Column(
            "change",
            sa.Enum(
                "opened",
                "raised",
                "lowered",
                "refreshed",
                "seen",
                "resolved",
                name="change",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column(
            "facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_event_alert_id")),
        sa.ForeignKeyConstraint(["scan_id"], ["scan_run.id"], name=op.f("fk_alert_event_scan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_event")),
        sa.UniqueConstraint("alert_id", "scan_id", name=op.f("uq_alert_event_alert_id_scan_id")),
    )
    op.create_index("ix_alert_event_scan", "alert_event", ["scan_id"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_alert_event_scan", table_name="alert_event")
    op.drop_table("alert_event")
    op.drop_table("alert_episode")
    op.drop_index(op.f("ix_alert_organisation_id"), table_name="alert")
    op.drop_index(
        "ix_alert_open",
        table_name="alert",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index("ix_alert_contract", table_name="alert")
    op.drop_index("ix_alert_change", table_name="alert")
    op.drop_table("alert")
    op.drop_index("ix_scan_run_as_of", table_name="scan_run")
    op.drop_table("scan_run")
