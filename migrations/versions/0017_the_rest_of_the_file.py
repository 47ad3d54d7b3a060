"""Supervision, penalties, acceptance, disclosure and checks.

Revision 0017, after 0016.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_DAY = "BETWEEN '1990-01-01' AND '2200-12-31'"
_SUPERVISION = {
    "plan": ("VARCHAR(200) NOT NULL DEFAULT ''", ""),
    "result": ("VARCHAR(1000) NOT NULL DEFAULT ''", ""),
    "answer_due_on": ("DATE", _DAY),
    "answered_on": ("DATE", _DAY),
    "document_number": ("VARCHAR(200) NOT NULL DEFAULT ''", ""),
}
"""Columns of ``supervision_record``: added in place, without rebuilding the table."""
_MENDING = "mending_asked text 1000, mend_by day, mended_on day, document_number text 200"
_CHECKLISTS = {
    "clause_check": (
        "service_content", "contract_price", "requirements", "service_period", "service_place",
        "payment_terms", "rights_and_duties", "breach",
    ),
    "subcontracting_check": (
        "own_people", "own_equipment", "own_reports", "paid_to_vendor", "people_as_promised",
        "quality_measures",
    ),
    "management_check": ("vendor_rules", "leading_group", "ledger_kept", "accepts_supervision"),
    "negative_check": ("own_duties", "weak_management", "disguised_employment", "debt_risk"),
}  # fmt: skip
_REGULATIONS = (
    "purchase work_plan finance special_funds spending_approval supervision assessment acceptance "
    "vendor_admission files other"
)
_DOCUMENTS = (
    "inspection_opinion request approval finance_report project_plan budget_release cost_shares "
    "catalogue resolution other"
)
_MEASURES = (
    "casualties deaths accidents hazards_found major_hazards enterprises_penalised "
    "persons_penalised fines"
)
_CONTENTS = "intention tender award contract budget_and_service acceptance evaluation"
_CAUSES = "equipment money technique time enterprise duty other"
_MADE = (
    "penalty", "penalty_hazard", "listed_hazard", "unresolved_cause", "acceptance",
    "service_report", "disclosure", *_CHECKLISTS, "performance_monitoring", "regulation",
    "yearly_plan", "approval_document", "outcome_fact",
)  # fmt: skip


def upgrade() -> None:
    """Expand the schema."""
    for name, (kind, rule) in _SUPERVISION.items():
        check = f" CONSTRAINT ck_supervision_record_{name} CHECK ({name} {rule})" if rule else ""
        op.execute(f"ALTER TABLE supervision_record ADD COLUMN {name} {kind}{check}")
    columns = ["contract_id", "checked_on", "id"]
    op.create_index("ix_supervision_record_contract", "supervision_record", columns)
    _penalties()
    _unsolved()
    _acceptances()
    _disclosures()
    _checks()
    _library()
    _programme_papers()


def downgrade() -> None:
    """Contract the schema to what it was."""
    for table in reversed(_MADE):
        op.drop_table(table)
    op.drop_index("ix_supervision_record_contract", table_name="supervision_record")
    for name in reversed(_SUPERVISION):
        op.execute(f"ALTER TABLE supervision_record DROP COLUMN {name}")


def _penalties() -> None:
    shape = (
        "contract_id key! contract, decision_number text 80, decided_on day!, "
        "authority text 200, enterprise_id key enterprise, cases count 1, "
        "enterprises count 0, persons count 0, amount money, grounds text 1000"
    )
    _fact("penalty", shape, ["contract_id decided_on id", "enterprise_id"])
    op.create_table(
        "penalty_hazard",
        *_column("penalty_hazard", "penalty_id", "key! penalty"),
        *_column("penalty_hazard", "hazard_id", "key! hazard"),
        *_column("penalty_hazard", "contract_id", "key! contract"),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        *_recorded(),
        sa.PrimaryKeyConstraint("penalty_id", "hazard_id", name=op.f("pk_penalty_hazard")),
    )
    for name in ("hazard", "contract"):
        op.create_index(f"ix_penalty_hazard_{name}", "penalty_hazard", [f"{name}_id"])


def _unsolved() -> None:
    shape = (
        "contract_id key! contract, listing_number text 80, hazard_id key hazard, "
        "described text 1000, supervisor_level word! county city province nation, "
        "listed_by text 200, listed_on day!, lift_by day, lifted_on day, "
        "lift_document text 200"
    )
    indexes = ["contract_id listed_on id", "hazard_id"]
    _fact("listed_hazard", shape, indexes, "contract_id listing_number")
    shape = (
        "contract_id key! contract, hazard_id key hazard, noted_on day!, problems count 1, "
        f"cause_kind word! {_CAUSES}, cause text 1000, measure text 1000, settle_by day, "
        "settled_on day, document_number text 200"
    )
    _fact("unresolved_cause", shape, ["contract_id noted_on id", "hazard_id"])


def _acceptances() -> None:
    shape = (
        "contract_id key! contract, number count! 1, kind word! stage final, stage text 120, "
        "planned_on day!, plan text 1000, held_on day, team_size count 1, "
        "team_units text 500, served_took_part flag, served_opinion text 1000, "
        f"conclusion word passed conditional failed, signed_on day, {_MENDING}"
    )
    _fact("acceptance", shape, ["contract_id planned_on id"], "contract_id number")
    shape = (
        "contract_id key! contract, kind word! technical assessment, number count! 1, "
        "title text 200, submitted_on day!, decided_on day, "
        f"conclusion word passed conditional failed, {_MENDING}"
    )
    _fact("service_report", shape, ["contract_id submitted_on id"], "contract_id kind number")


def _disclosures() -> None:
    shape = (
        f"contract_id key! contract, content_kind word! {_CONTENTS}, medium text 200, "
        "published_on day!, title text 200, web_address text 500, document_number text 200"
    )
    _fact("disclosure", shape, ["contract_id published_on id"])
    op.create_index("ix_disclosure_content", "disclosure", ["contract_id", "content_kind"])


def _checks() -> None:
    of = "contract_id key! contract, organisation_id key! organisation, document_number text 200"
    outcome = "conclusion word! none agreed suspected found, asked_for text 1000, settled_on day"
    for table, items in _CHECKLISTS.items():
        listed = [f"{item} flag, {item}_evidence text 300" for item in items]
        came_of_it = [outcome] if table == "subcontracting_check" else []
        shape = ", ".join([of, "checked_on day!", *listed, *came_of_it])
        unique = "contract_id organisation_id checked_on"
        _fact(table, shape, ["contract_id checked_on id"], unique)
    shape = (
        f"{of}, period_to day!, monitored_on day!, budget money, executed money, "
        "outputs_planned count 0, outputs_done count 0, "
        "outlook word! certain possible impossible, deviation text 1000, measures text 1000"
    )
    indexes = ["contract_id monitored_on id"]
    _fact("performance_monitoring", shape, indexes, "contract_id period_to")


def _library() -> None:
    shape = (
        f"organisation_id key! organisation, kind word! {_REGULATIONS}, title text 200, "
        "document_number text 200, issued_on day!, in_force_from day, in_force_to day, "
        "summary text 1000"
    )
    _fact("regulation", shape, ["organisation_id issued_on id"])
    shape = (
        "organisation_id key! organisation, lead_id key! organisation, plan_year year!, "
        "number count! 1, title text 200, document_number text 200, sectors text 200, "
        "budget money, filed_on day!, returned_on day, approved_on day"
    )
    indexes = ["organisation_id filed_on id", "lead_id plan_year"]
    _fact("yearly_plan", shape, indexes, "organisation_id plan_year number")


def _programme_papers() -> None:
    shape = (
        f"programme_id key! programme, kind word! {_DOCUMENTS}, title text 200, "
        f"issuer text 200, issued_on day!, amount money, amount_city money, {_MENDING}, "
        "mending_done text 1000"
    )
    _fact("approval_document", shape, ["programme_id issued_on id"])
    shape = (
        f"programme_id key! programme, measure word! {_MEASURES}, sectors text 200, "
        "period_from day!, period_to day!, value count 0, baseline count 0, reduction share, "
        "amount money, reported_on day, document_number text 200"
    )
    _fact("outcome_fact", shape, ["programme_id period_to id"])


def _fact(table: str, shape: str, indexes: Sequence[str], unique: str = "") -> None:
    """A table of facts: ``shape`` tells each column, after its name, as ``_column`` reads it."""
    kept: list[Any] = [
        item for told in shape.split(", ") for item in _column(table, *told.split(maxsplit=1))
    ]
    if unique:
        name = op.f(f"uq_{table}_{unique.replace(' ', '_')}")
        kept.append(sa.UniqueConstraint(*unique.split(), name=name))
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        *kept,
        *_recorded(),
        sa.Column("assumed", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    for columns in indexes:
        first = columns.split()[0].removesuffix("_id")
        op.create_index(f"ix_{table}_{first}", table, columns.split())


def _column(table: str, name: str, told: str) -> list[Any]:
    """A column and what holds of it, as ``kind! details`` tells: ``!`` when it must be given."""
    kind, *details = told.split()
    given, kind = kind.endswith("!") or kind == "text", kind.rstrip("!")
    rules = {
        "day": _DAY,
        "year": "BETWEEN 1990 AND 2200",
        "count": f">= {details[0]}" if details else "",
        "money": ">= 0",
        "share": "BETWEEN 0 AND 100000000",
    }
    types: dict[str, Any] = {
        "key": sa.Uuid(), "day": sa.Date(), "year": sa.Integer(), "count": sa.Integer(),
        "money": sa.BigInteger(), "share": sa.BigInteger(), "flag": sa.Boolean(),
    }  # fmt: skip
    if kind == "text":
        types["text"] = sa.String(int(details[0]))
    if kind == "word":
        words = {"native_enum": False, "create_constraint": True, "length": 32}
        types["word"] = sa.Enum(*details, name=op.f(f"ck_{table}_{name}"), **words)
    made: list[Any] = [sa.Column(name, types[kind], nullable=not given)]
    if kind in rules:
        rule = f"{name} {rules[kind]}"
        made.append(sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")))
    if kind == "key":
        refers = op.f(f"fk_{table}_{name}")
        made.append(sa.ForeignKeyConstraint([name], [f"{details[0]}.id"], name=refers))
    return made


def _recorded() -> list[Any]:
    return [
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False),
    ]
