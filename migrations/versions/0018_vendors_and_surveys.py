"""Qualifications, evaluations, promised resources and surveys.

Revision 0018, after 0017.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_STAGES = ("quarter", "midyear", "year", "final")
_GRADES = ("excellent", "good", "fair", "poor")
_RESOURCES = ("people", "equipment", "area", "site")
_ANSWERS = ("very_satisfied", "satisfied", "fairly_satisfied", "dissatisfied", "very_dissatisfied")
_VENDOR_WORDS = {
    "size": ("large", "medium", "small", "micro"),
    "public_unit": ("class_one", "class_two"),
}
_INDEXES = (
    ("vendor_former_name", "name"), ("vendor_merge", "kept_id"),
    ("vendor_evaluation", "organisation_id"), ("vendor_admission", "organisation_id"),
    ("survey", "contract_id"), ("survey", "programme_id"),
)  # fmt: skip


def upgrade() -> None:
    """Expand the schema."""
    for column, words in _VENDOR_WORDS.items():
        allowed = ", ".join(f"'{word}'" for word in words)
        # Batch mode would drop the table, which contracts refer to; both databases take this.
        op.execute(
            f"ALTER TABLE vendor ADD COLUMN {column} VARCHAR(32) "
            f"CONSTRAINT ck_vendor_{column} CHECK ({column} IN ({allowed}))"
        )
    op.add_column(
        "vendor",
        sa.Column("registered_place", sa.String(200), server_default=sa.text("''"), nullable=False),
    )
    _names()
    _qualifications()
    _evaluations()
    _admissions()
    _resources()
    _surveys()
    for table, column in _INDEXES:
        op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_index("ix_resource_presence_contract", "resource_presence", ["contract_id", "id"])
    op.create_index(
        "ix_vendor_merge_standing",
        "vendor_merge",
        ["duplicate_id"],
        unique=True,
        sqlite_where=sa.text("undone_on IS NULL"),
        postgresql_where=sa.text("undone_on IS NULL"),
    )


def downgrade() -> None:
    """Contract the schema to what it was."""
    for table in (
        "survey_question", "survey", "resource_presence", "contract_resource", "vendor_admission",
        "evaluation_condition", "vendor_evaluation", "qualification_requirement",
        "vendor_qualification", "vendor_merge", "vendor_former_name",
    ):  # fmt: skip
        op.drop_table(table)
    for column in ("registered_place", *reversed(_VENDOR_WORDS)):
        op.drop_column("vendor", column)


def _table(
    name: str,
    *parts: sa.schema.SchemaItem,
    keys: dict[str, str],
    unique: tuple[str, ...] = (),
    days: tuple[str, ...] = (),
    is_fact: bool = True,
) -> None:
    """A table with its key, what it refers to (column: table), and when and by whom it was written."""
    rules: list[Any] = [
        sa.CheckConstraint(
            f"{day} BETWEEN '1990-01-01' AND '2200-12-31'", name=op.f(f"ck_{name}_{day}")
        )
        for day in days
    ]
    rules += [
        sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{name}_{column}"))
        for column, table in keys.items()
    ]
    if unique:
        rules.append(sa.UniqueConstraint(*unique, name=op.f(f"uq_{name}_{'_'.join(unique)}")))
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        *parts,
        *_recorded(is_fact=is_fact),
        *rules,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def _recorded(*, is_fact: bool) -> list[sa.Column[Any]]:
    written: list[sa.Column[Any]] = [
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False),
    ]
    if not is_fact:
        return written
    return [
        *written,
        sa.Column("assumed", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    ]


def _text(name: str, length: int) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), nullable=False)


def _texts(**lengths: int) -> list[sa.Column[Any]]:
    return [_text(name, length) for name, length in lengths.items()]


def _key(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _day(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.Date(), nullable=nullable)


def _words(name: str, words: tuple[str, ...], *, nullable: bool = False) -> sa.Column[Any]:
    kind = sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)
    return sa.Column(name, kind, nullable=nullable)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _names() -> None:
    _table(
        "vendor_former_name",
        _key("vendor_id"),
        _text("name", 200),
        _day("until_on", nullable=False),
        keys={"vendor_id": "vendor"},
        unique=("vendor_id", "name", "until_on"),
        days=("until_on",),
        is_fact=False,
    )
    _table(
        "vendor_merge",
        *map(_key, ("duplicate_id", "kept_id")),
        _day("merged_on", nullable=False),
        _day("undone_on"),
        _text("cause", 500),
        _check("vendor_merge", "two_entries", "duplicate_id <> kept_id"),
        keys={"duplicate_id": "vendor", "kept_id": "vendor"},
        days=("merged_on", "undone_on"),
    )


def _qualifications() -> None:
    _table(
        "vendor_qualification",
        _key("vendor_id"),
        *_texts(kind=60, number=80, rank=20, sectors=200, issued_by=200),
        *map(_day, ("issued_on", "expires_on")),
        sa.Column("is_permanent", sa.Boolean(), nullable=False),
        _day("revoked_on"),
        keys={"vendor_id": "vendor"},
        unique=("vendor_id", "kind", "number"),
        days=("issued_on", "expires_on", "revoked_on"),
    )
    _table(
        "qualification_requirement",
        _key("organisation_id"),
        *_texts(sector=60, kind=60, rank=20),
        _day("valid_from", nullable=False),
        _day("valid_to"),
        keys={"organisation_id": "organisation"},
        unique=("organisation_id", "sector", "kind", "valid_from"),
        days=("valid_from", "valid_to"),
    )


def _evaluations() -> None:
    _table(
        "vendor_evaluation",
        _key("contract_id"),
        _key("organisation_id"),
        _words("stage", _STAGES),
        _text("period", 40),
        _day("evaluated_on", nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=True),
        _words("grade", _GRADES, nullable=True),
        keys={"contract_id": "contract", "organisation_id": "organisation"},
        unique=("contract_id", "organisation_id", "stage", "evaluated_on"),
        days=("evaluated_on",),
    )
    _table(
        "evaluation_condition",
        _key("contract_id"),
        sa.Column("milestone_number", sa.Integer(), nullable=False),
        _words("stage", _STAGES),
        _words("least_grade", _GRADES),
        _text("clause", 200),
        _day("agreed_on"),
        _check("evaluation_condition", "milestone_number", "milestone_number >= 1"),
        keys={"contract_id": "contract"},
        unique=("contract_id", "milestone_number", "stage"),
        days=("agreed_on",),
    )


def _admissions() -> None:
    _table(
        "vendor_admission",
        _key("vendor_id"),
        _key("organisation_id"),
        _text("sector", 60),
        _day("admitted_on", nullable=False),
        _day("until_on"),
        _key("evaluation_id", nullable=True),
        _text("basis", 200),
        _day("ended_on"),
        _text("ended_reason", 500),
        keys={
            "vendor_id": "vendor",
            "organisation_id": "organisation",
            "evaluation_id": "vendor_evaluation",
        },
        unique=("vendor_id", "organisation_id", "sector", "admitted_on"),
        days=("admitted_on", "until_on", "ended_on"),
    )


def _resources() -> None:
    _table(
        "contract_resource",
        _key("contract_id"),
        _words("kind", _RESOURCES),
        _text("item", 100),
        sa.Column("promised", sa.Integer(), nullable=True),
        *_texts(unit=20, basis=200),
        _day("agreed_on"),
        _check("contract_resource", "promised", "promised >= 0"),
        keys={"contract_id": "contract"},
        unique=("contract_id", "kind", "item", "basis"),
        days=("agreed_on",),
    )
    _table(
        "resource_presence",
        _key("contract_id"),
        _key("resource_id"),
        _day("seen_on", nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        *_texts(site=200, counted_by=120),
        _check("resource_presence", "present", "present >= 0"),
        keys={"contract_id": "contract", "resource_id": "contract_resource"},
        unique=("resource_id", "seen_on", "site"),
        days=("seen_on",),
    )


def _surveys() -> None:
    _table(
        "survey",
        *(_key(name, nullable=True) for name in ("contract_id", "programme_id")),
        *_texts(title=200, respondents=100),
        _day("held_on"),
        *(sa.Column(count, sa.Integer(), nullable=True) for count in ("sent", "returned")),
        sa.Column("stated_rate", sa.BigInteger(), nullable=True),
        _check("survey", "of_what", "(contract_id IS NULL) <> (programme_id IS NULL)"),
        *(_check("survey", count, f"{count} >= 0") for count in ("sent", "returned")),
        keys={"contract_id": "contract", "programme_id": "programme"},
        days=("held_on",),
    )
    _table(
        "survey_question",
        _key("survey_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        _text("wording", 300),
        *(sa.Column(answer, sa.Integer(), nullable=True) for answer in _ANSWERS),
        sa.Column("stated_rate", sa.BigInteger(), nullable=True),
        _check("survey_question", "number", "number >= 1"),
        *(_check("survey_question", answer, f"{answer} >= 0") for answer in _ANSWERS),
        keys={"survey_id": "survey"},
        unique=("survey_id", "number"),
        is_fact=False,
    )
