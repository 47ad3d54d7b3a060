"""The life of a contract: states, dates, shares, consortium, amendments.

Revision 0014, after 0013. A contract may have several parties of one capacity: those that are there
are the first of theirs. A contract without shares is borne whole by its purchaser and programme.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_METHODS = (
    "open_tender", "invited_tender", "negotiation", "consultation", "inquiry", "single_source",
    "framework", "other",
)  # fmt: skip
_STATES = (
    "draft", "awarded", "signed", "in_service", "suspended", "completed", "terminated",
)  # fmt: skip
_LEVELS = ("central", "province", "city", "district", "other")
_DAY = "BETWEEN '1990-01-01' AND '2200-12-31'"
_WHOLE = "BETWEEN 0 AND 100000000"


def _one_of(values: tuple[str, ...]) -> str:
    return "IN ({})".format(", ".join(f"'{value}'" for value in values))


_ADDED = {
    "drafted_on": ("DATE", _DAY),
    "awarded_on": ("DATE", _DAY),
    "procurement_method": ("VARCHAR(32)", _one_of(_METHODS)),
    "filed_on": ("DATE", _DAY),
    "filing_number": ("VARCHAR(80) NOT NULL DEFAULT ''", ""),
    "sme_at_signing": ("BOOLEAN", ""),
    "performance_bond": ("BIGINT", ">= 0"),
    "late_interest_rate": ("BIGINT", _WHOLE),
    "late_interest_per": ("VARCHAR(32)", _one_of(("day", "year"))),
    "acceptance_days": ("INTEGER", "BETWEEN 0 AND 3660"),
}
"""Columns of ``contract``: added in place, since rebuilding the table would break what refers to it."""


def upgrade() -> None:
    """Expand the schema."""
    for name, (kind, rule) in _ADDED.items():
        check = f" CONSTRAINT ck_contract_{name} CHECK ({name} {rule})" if rule else ""
        op.execute(f"ALTER TABLE contract ADD COLUMN {name} {kind}{check}")
    _widen_parties()
    _create_steps()
    _create_shares()
    _create_amendments()
    _create_milestone_amounts()


def downgrade() -> None:
    """Contract the schema to what it was; of several parties of a capacity the first stays."""
    for table in ("milestone_amount", "contract_amendment", "contract_share", "contract_step"):
        op.drop_table(table)
    _narrow_parties()
    for name in reversed(_ADDED):
        op.execute(f"ALTER TABLE contract DROP COLUMN {name}")


def _widen_parties() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_parties(wide=True)
        return
    op.execute(
        "ALTER TABLE contract_party "
        "ADD COLUMN position INTEGER NOT NULL DEFAULT 1 "
        "CONSTRAINT ck_contract_party_position CHECK (position >= 1), "
        "ADD COLUMN work_share BIGINT "
        f"CONSTRAINT ck_contract_party_work_share CHECK (work_share {_WHOLE}), "
        "DROP CONSTRAINT pk_contract_party, "
        "ADD CONSTRAINT pk_contract_party PRIMARY KEY (contract_id, role, position)"
    )


def _narrow_parties() -> None:
    op.execute("DELETE FROM contract_party WHERE position > 1")
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_parties(wide=False)
        return
    op.execute(
        "ALTER TABLE contract_party DROP CONSTRAINT pk_contract_party, "
        "DROP COLUMN position, DROP COLUMN work_share, "
        "ADD CONSTRAINT pk_contract_party PRIMARY KEY (contract_id, role)"
    )


def _rebuild_parties(*, wide: bool) -> None:
    """SQLite cannot change a primary key in place; no table refers to this one."""
    kept = "contract_id, role, organisation_id, vendor_id, recorded_at, recorded_by"
    for index in ("ix_contract_party_organisation", "ix_contract_party_vendor"):
        op.drop_index(index, table_name="contract_party")
    op.execute("ALTER TABLE contract_party RENAME TO contract_party_before")
    position = [sa.Column("position", sa.Integer(), server_default="1", nullable=False)]
    work_share = [sa.Column("work_share", sa.BigInteger(), nullable=True)]
    checks = [
        sa.CheckConstraint("position >= 1", name=op.f("ck_contract_party_position")),
        sa.CheckConstraint(f"work_share {_WHOLE}", name=op.f("ck_contract_party_work_share")),
    ]
    op.create_table(
        "contract_party",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("role", _words("role", ("purchaser", "payer", "lead", "vendor")), nullable=False),
        *(position if wide else []),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("vendor_id", sa.Uuid(), nullable=True),
        *(work_share if wide else []),
        *_recorded(),
        sa.CheckConstraint(
            "(role = 'vendor') = (vendor_id IS NOT NULL) "
            "AND (role = 'vendor') = (organisation_id IS NULL)",
            name=op.f("ck_contract_party_who"),
        ),
        *(checks if wide else []),
        _refers("contract_party", "contract_id", "contract"),
        _refers("contract_party", "organisation_id", "organisation"),
        _refers("contract_party", "vendor_id", "vendor"),
        sa.PrimaryKeyConstraint(
            "contract_id", "role", *(["position"] if wide else []), name=op.f("pk_contract_party")
        ),
    )
    op.execute(f"INSERT INTO contract_party ({kept}) SELECT {kept} FROM contract_party_before")
    op.drop_table("contract_party_before")
    for name in ("organisation", "vendor"):
        columns = [f"{name}_id", "contract_id"]
        op.create_index(f"ix_contract_party_{name}", "contract_party", columns, unique=False)


def _create_steps() -> None:
    op.create_table(
        "contract_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("state", _words("state", _STATES), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("document", sa.String(200), nullable=False),
        sa.Column("why", sa.String(1000), nullable=False),
        *_fact(),
        sa.CheckConstraint(f"since {_DAY}", name=op.f("ck_contract_step_since")),
        _refers("contract_step", "contract_id", "contract"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_step")),
    )
    op.create_index("ix_contract_step_contract", "contract_step", ["contract_id", "since", "id"])


def _create_shares() -> None:
    op.create_table(
        "contract_share",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("purchaser_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("share", sa.BigInteger(), nullable=False),
        sa.Column("money_level", _words("money_level", _LEVELS), nullable=True),
        sa.Column("functional_code", sa.String(20), nullable=False),
        sa.Column("economic_code", sa.String(20), nullable=False),
        sa.Column("budget_document", sa.String(200), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        *_fact(),
        sa.CheckConstraint(f"share {_WHOLE}", name=op.f("ck_contract_share_share")),
        _refers("contract_share", "contract_id", "contract"),
        _refers("contract_share", "purchaser_id", "organisation"),
        _refers("contract_share", "programme_id", "programme"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_share")),
    )
    op.create_index(
        "ix_contract_share_current",
        "contract_share",
        ["contract_id", "position"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    for column in ("purchaser_id", "programme_id"):
        op.create_index(op.f(f"ix_contract_share_{column}"), "contract_share", [column])


def _create_amendments() -> None:
    table = "contract_amendment"
    days = ("signed_on", "effective_on", "service_end", "service_end_before")
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(200), nullable=False),
        sa.Column("amount_change", sa.BigInteger(), nullable=True),
        sa.Column("service_end", sa.Date(), nullable=True),
        sa.Column("service_end_before", sa.Date(), nullable=True),
        sa.Column("other_changes", sa.String(2000), nullable=False),
        sa.Column("why", sa.String(1000), nullable=False),
        *_fact(),
        sa.CheckConstraint("number >= 1", name=op.f("ck_contract_amendment_number")),
        sa.CheckConstraint(
            "amount_change IS NOT NULL OR service_end IS NOT NULL OR other_changes <> ''",
            name=op.f("ck_contract_amendment_changes"),
        ),
        *(sa.CheckConstraint(f"{day} {_DAY}", name=op.f(f"ck_{table}_{day}")) for day in days),
        _refers(table, "contract_id", "contract"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_amendment")),
        sa.UniqueConstraint(
            "contract_id", "number", name=op.f("uq_contract_amendment_contract_id_number")
        ),
    )


def _create_milestone_amounts() -> None:
    table = "milestone_amount"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("milestone_id", sa.Uuid(), nullable=False),
        sa.Column("amendment_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        *_recorded(),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_milestone_amount_amount")),
        sa.CheckConstraint(f"valid_from {_DAY}", name=op.f("ck_milestone_amount_valid_from")),
        _refers(table, "contract_id", "contract"),
        _refers(table, "milestone_id", "milestone"),
        _refers(table, "amendment_id", "contract_amendment"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_amount")),
        sa.UniqueConstraint(
            "milestone_id",
            "amendment_id",
            name=op.f("uq_milestone_amount_milestone_id_amendment_id"),
        ),
    )
    op.create_index("ix_milestone_amount_contract", table, ["contract_id"])


def _words(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def _recorded() -> list[sa.Column[object]]:
    return [
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False),
    ]


def _fact() -> list[sa.Column[object]]:
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    return [
        *_recorded(),
        sa.Column("assumed", json, nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    ]
