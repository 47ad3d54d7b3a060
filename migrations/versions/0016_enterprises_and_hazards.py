"""Enterprises, itemised and counted hazards.

Revision 0016, after 0015.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_LEVELS = ("general", "major")
_STEPS = ("found", "assigned", "extended", "rectified", "rechecked", "verified", "reopened")
_ASSURED = ("duty", "funds", "time", "measures", "plan")


def upgrade() -> None:
    """Expand the schema."""
    _enterprises()
    _reached()
    _hazards()
    _events()
    _counts()


def _words(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def _id(name: str, *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), nullable=optional)


def _text(name: str, length: int) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), nullable=False)


def _day(name: str, *, optional: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.Date(), nullable=optional)


def _recorded() -> list[sa.Column[Any]]:
    return [
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False),
    ]


def _fact() -> list[sa.Column[Any]]:
    return [
        *_recorded(),
        sa.Column("assumed", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        _text("source", 200),
        _text("note", 1000),
        sa.Column("version", sa.Integer(), nullable=False),
    ]


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _plausible(table: str, *columns: str) -> list[sa.CheckConstraint]:
    span = "BETWEEN '1990-01-01' AND '2200-12-31'"
    return [_check(table, column, f"{column} {span}") for column in columns]


def _index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(
        name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition
    )


def _enterprises() -> None:
    op.create_table(
        "enterprise",
        _id("id"),
        _text("name", 200),
        _text("name_key", 200),
        sa.Column("credit_code", sa.String(18), nullable=True),
        sa.Column("division_code", sa.String(12), nullable=True),
        _text("sector", 100),
        _text("located_at", 300),
        _id("merged_into_id", optional=True),
        _id("root_id"),
        *_fact(),
        _check("enterprise", "merged_into", "merged_into_id <> id"),
        _refers("enterprise", "merged_into_id", "enterprise"),
        _refers("enterprise", "root_id", "enterprise"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise")),
        sa.UniqueConstraint("credit_code", name=op.f("uq_enterprise_credit_code")),
    )
    op.create_index("ix_enterprise_name", "enterprise", ["name", "id"])
    for column in ("name_key", "merged_into_id", "root_id"):
        op.create_index(op.f(f"ix_enterprise_{column}"), "enterprise", [column])


def _reached() -> None:
    listed, visited = "contract_enterprise", "round_enterprise"
    op.create_table(
        listed,
        _id("id"),
        _id("contract_id"),
        _id("enterprise_id"),
        _day("listed_from"),
        _day("listed_to"),
        *_recorded(),
        *_plausible(listed, "listed_from", "listed_to"),
        _refers(listed, "contract_id", "contract"),
        _refers(listed, "enterprise_id", "enterprise"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{listed}")),
    )
    _index(
        "ix_contract_enterprise_listed",
        listed,
        ["contract_id", "enterprise_id"],
        "listed_to IS NULL",
        unique=True,
    )
    op.create_index("ix_contract_enterprise_contract", listed, ["contract_id", "id"])
    op.create_index("ix_contract_enterprise_enterprise", listed, ["enterprise_id"])
    op.create_table(
        visited,
        _id("id"),
        _id("contract_id"),
        _id("round_id"),
        _id("enterprise_id"),
        _day("visited_on"),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        *_recorded(),
        _check(visited, "visits", "visits >= 1"),
        *_plausible(visited, "visited_on"),
        _refers(visited, "contract_id", "contract"),
        _refers(visited, "round_id", "service_round"),
        _refers(visited, "enterprise_id", "enterprise"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{visited}")),
    )
    op.create_index("ix_round_enterprise_round", visited, ["round_id", "enterprise_id"])
    op.create_index("ix_round_enterprise_contract", visited, ["contract_id", "enterprise_id"])
    op.create_index("ix_round_enterprise_enterprise", visited, ["enterprise_id"])


def _hazards() -> None:
    days = ("assigned_on", "deadline", "rectified_on", "rechecked_on", "verified_on")
    op.create_table(
        "hazard",
        _id("id"),
        _id("contract_id"),
        _id("round_id", optional=True),
        _id("enterprise_id", optional=True),
        _text("natural_key", 80),
        _text("number", 60),
        sa.Column("level", _words("level", _LEVELS), nullable=False),
        _text("spot", 300),
        _text("description", 1000),
        _text("category", 100),
        _day("found_on", optional=False),
        _text("found_by", 120),
        sa.Column("on_the_spot", sa.Boolean(), nullable=True),
        _day("assigned_on"),
        _day("deadline"),
        _text("responsible", 120),
        _text("measures", 1000),
        *(_text(f"assured_{what}", 300) for what in _ASSURED),
        _day("rectified_on"),
        _day("rechecked_on"),
        _text("rechecked_by", 120),
        _day("verified_on"),
        _text("verified_by", 120),
        _text("verify_result", 300),
        sa.Column(
            "deadline_key",
            sa.Date(),
            sa.Computed(
                "CASE WHEN rectified_on IS NULL THEN coalesce(deadline, '2200-12-30') "
                "ELSE '2200-12-31' END",
                persisted=True,
            ),
            nullable=False,
        ),
        *_fact(),
        *_plausible("hazard", "found_on", *days),
        _refers("hazard", "contract_id", "contract"),
        _refers("hazard", "round_id", "service_round"),
        _refers("hazard", "enterprise_id", "enterprise"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hazard")),
        sa.UniqueConstraint(
            "contract_id", "natural_key", name=op.f("uq_hazard_contract_id_natural_key")
        ),
    )
    op.create_index("ix_hazard_contract", "hazard", ["contract_id", "found_on", "id"])
    op.create_index("ix_hazard_found", "hazard", ["found_on", "id"])
    _index(
        "ix_hazard_enterprise",
        "hazard",
        ["enterprise_id", "found_on", "id"],
        "enterprise_id IS NOT NULL",
    )
    _index("ix_hazard_round", "hazard", ["round_id", "id"], "round_id IS NOT NULL")
    _index("ix_hazard_open", "hazard", ["deadline_key", "id"], "verified_on IS NULL")


def _events() -> None:
    table = "hazard_event"
    held = ("from", "deadline", "assigned_on", "rectified_on", "rechecked_on", "verified_on")
    op.create_table(
        table,
        _id("id"),
        _id("hazard_id"),
        _id("contract_id"),
        sa.Column("kind", _words("kind", _STEPS), nullable=False),
        _day("day", optional=False),
        _text("who", 120),
        _text("remark", 1000),
        _text("document", 200),
        _text("approved_by", 120),
        _day("deadline"),
        *(_day(f"held_{what}") for what in held),
        *_recorded(),
        *_plausible(table, "day", "deadline"),
        _refers(table, "hazard_id", "hazard"),
        _refers(table, "contract_id", "contract"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index("ix_hazard_event_hazard", table, ["hazard_id", "day", "id"])
    op.create_index(op.f("ix_hazard_event_contract_id"), table, ["contract_id"])


def _counts() -> None:
    table, numbers = "hazard_count", ("hazards_found", "rectified", "on_the_spot")
    op.create_table(
        table,
        _id("id"),
        _id("contract_id"),
        _id("round_id", optional=True),
        _day("counted_on", optional=False),
        sa.Column("level", _words("level", _LEVELS), nullable=True),
        *(sa.Column(number, sa.Integer(), nullable=True) for number in numbers),
        *_fact(),
        *(_check(table, number, f"{number} >= 0") for number in numbers),
        *_plausible(table, "counted_on"),
        _refers(table, "contract_id", "contract"),
        _refers(table, "round_id", "service_round"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(
        "ix_hazard_count_contract", table, ["contract_id", "round_id", "counted_on", "id"]
    )
    op.create_index("ix_hazard_count_round", table, ["round_id"])


def downgrade() -> None:
    """Contract the schema to what it was."""
    for table in (
        "hazard_count",
        "hazard_event",
        "hazard",
        "round_enterprise",
        "contract_enterprise",
        "enterprise",
    ):
        op.drop_table(table)
