"""Planned rounds of a plan, and what a round brings.

Revision 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_KINDS = (
    "hazard_inspection", "special_inspection", "general_inspection", "technical_guidance",
    "recheck", "resumption_review", "accident_support", "drill", "training", "publicity",
)  # fmt: skip
_DAY = "BETWEEN '1990-01-01' AND '2200-12-31'"
_ADDED = {
    "implementation_plan": {
        "headcount": ("INTEGER", ">= 0"),
        "title": ("VARCHAR(200)", ""),
        "document_number": ("VARCHAR(120)", ""),
        "method": ("VARCHAR(1000)", ""),
        "deliverables": ("VARCHAR(1000)", ""),
        "return_reason": ("VARCHAR(500)", ""),
    },
    "service_round": {
        "enterprises_trained": ("INTEGER", ">= 0"),
        "officials_trained": ("INTEGER", ">= 0"),
        "planned_number": ("INTEGER", ">= 1"),
        "reported_on": ("DATE", _DAY),
        "zero_hazards_on": ("DATE", _DAY),
        "title": ("VARCHAR(200)", ""),
        "content": ("VARCHAR(1000)", ""),
        "report_number": ("VARCHAR(120)", ""),
    },
}
"""Columns added in place: rebuilding a table would break what refers to it."""


def upgrade() -> None:
    """Expand the schema."""
    for table, columns in _ADDED.items():
        for name, (kind, rule) in columns.items():
            given = f" CONSTRAINT ck_{table}_{name} CHECK ({name} {rule})" if rule else ""
            empty = " NOT NULL DEFAULT ''" if kind.startswith("VARCHAR") else ""
            op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}{empty}{given}")
    _create_planned_rounds()
    _create_returns()
    _create_equipment()


def downgrade() -> None:
    """Contract the schema to what it was."""
    for table in ("round_equipment", "round_return", "planned_round"):
        op.drop_table(table)
    for table, columns in _ADDED.items():
        for name in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")


def _create_planned_rounds() -> None:
    table = "planned_round"
    op.create_table(
        table,
        *_keys("contract_id", "plan_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*_KINDS, name="kind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("window_from", sa.Date(), nullable=True),
        sa.Column("window_to", sa.Date(), nullable=True),
        sa.Column("enterprises", sa.Integer(), nullable=True),
        sa.Column("headcount", sa.Integer(), nullable=True),
        sa.Column("deliverables", sa.String(500), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        *_recorded(),
        _check(table, "number", "number >= 1"),
        _check(table, "enterprises", "enterprises >= 0"),
        _check(table, "headcount", "headcount >= 0"),
        *(_check(table, day, f"{day} {_DAY}") for day in ("window_from", "window_to")),
        _refers(table, "contract_id", "contract"),
        _refers(table, "plan_id", "implementation_plan"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    _current(table, "plan_id", "number")


def _create_returns() -> None:
    table = "round_return"
    op.create_table(
        table,
        *_keys("contract_id", "round_id"),
        sa.Column("returned_on", sa.Date(), nullable=False),
        sa.Column("return_reason", sa.String(500), nullable=False),
        sa.Column("resubmitted_on", sa.Date(), nullable=True),
        sa.Column("answered", sa.String(500), nullable=False),
        *_recorded(),
        sa.Column(
            "assumed", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(_check(table, day, f"{day} {_DAY}") for day in ("returned_on", "resubmitted_on")),
        _refers(table, "contract_id", "contract"),
        _refers(table, "round_id", "service_round"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_round", table, ["round_id", "returned_on", "id"])
    op.create_index(f"ix_{table}_contract", table, ["contract_id"])


def _create_equipment() -> None:
    table = "round_equipment"
    op.create_table(
        table,
        *_keys("contract_id", "round_id"),
        sa.Column("equipment", sa.String(60), nullable=False),
        sa.Column("sets", sa.Integer(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        *_recorded(),
        _check(table, "sets", "sets >= 0"),
        _refers(table, "contract_id", "contract"),
        _refers(table, "round_id", "service_round"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    _current(table, "round_id", "equipment")


def _keys(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", *names)]


def _current(table: str, *columns: str) -> None:
    standing = sa.text("superseded_at IS NULL")
    op.create_index(
        f"ix_{table}_current",
        table,
        list(columns),
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_index(f"ix_{table}_contract", table, ["contract_id"])


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def _recorded() -> list[sa.Column[object]]:
    return [
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False),
    ]
