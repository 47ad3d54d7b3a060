"""What was promised and done: implementation plans, service rounds, supervision records."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Fact, Recorded, UtcInstant, on_postgresql, plausible_days, words
from kernel.database import Base
from kernel.dated import DatedVersion, period_check
from kernel.keys import new_key


def _text(longest: int) -> Mapped[str]:
    """A text that ledgers of before did not have: empty in their rows."""
    return mapped_column(String(longest), default="", server_default=text("''"), sort_order=40)


class PlanState(StrEnum):
    """方案 未报送 / 待审核 / 已退回 / 已审定."""

    MISSING = "missing"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"


class RoundKind(StrEnum):
    """服务轮次的种类 (domain: what a round is for)."""

    HAZARD_INSPECTION = "hazard_inspection"
    SPECIAL_INSPECTION = "special_inspection"
    GENERAL_INSPECTION = "general_inspection"
    TECHNICAL_GUIDANCE = "technical_guidance"
    RECHECK = "recheck"
    RESUMPTION_REVIEW = "resumption_review"
    ACCIDENT_SUPPORT = "accident_support"
    DRILL = "drill"
    TRAINING = "training"
    PUBLICITY = "publicity"


class ImplementationPlan(Fact, Base):
    """实施方案: one row a version handed in, with the dates of what happened to it."""

    __tablename__ = "implementation_plan"
    __table_args__ = (
        UniqueConstraint("contract_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("headcount >= 0", name="headcount"),
        *plausible_days("submitted_on", "returned_on", "approved_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    number: Mapped[int]
    submitted_on: Mapped[date]
    returned_on: Mapped[date | None]
    approved_on: Mapped[date | None]
    title: Mapped[str] = _text(200)
    document_number: Mapped[str] = _text(120)
    method: Mapped[str] = _text(1000)
    deliverables: Mapped[str] = _text(1000)
    headcount: Mapped[int | None]
    return_reason: Mapped[str] = _text(500)


class PlannedRound(Recorded, Base):
    """计划轮次: a round that a version of a plan promises, with the window to do it in.

    One that was taken out of a version before its decision keeps its row, ``superseded_at``.
    ``enterprises`` counts visits (家次), ``headcount`` persons.
    """

    __tablename__ = "planned_round"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("enterprises >= 0", name="enterprises"),
        CheckConstraint("headcount >= 0", name="headcount"),
        *plausible_days("window_from", "window_to"),
        Index(
            "ix_planned_round_current",
            "plan_id",
            "number",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
        Index("ix_planned_round_contract", "contract_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("implementation_plan.id"))
    number: Mapped[int]
    kind: Mapped[RoundKind] = mapped_column(words(RoundKind, "kind"))
    window_from: Mapped[date | None]
    window_to: Mapped[date | None]
    enterprises: Mapped[int | None]
    headcount: Mapped[int | None]
    deliverables: Mapped[str] = mapped_column(String(500), default="")
    superseded_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class PlanStanding(DatedVersion, Base):
    """Where a contract's plan stood over a period: written when a plan or the start changes.

    ``due_on`` is the day before service starts (Hami report, problem 2). Derived from
    ``ImplementationPlan`` and ``Contract.service_start``, so a correction rewrites it.
    ``wanting_since`` is the due date while the version is open and no plan is approved (a column
    of its own for the same reason as ``Settlement.unpaid_due_on``).
    """

    __tablename__ = "plan_standing"
    __table_args__ = (
        period_check(),
        on_postgresql(Index("ix_plan_standing_state", "state", "valid_to")),
        Index(
            "ix_plan_standing_wanting",
            "wanting_since",
            sqlite_where=text("wanting_since IS NOT NULL"),
            postgresql_where=text("wanting_since IS NOT NULL"),
        ),
        Index(
            "ix_plan_standing_past",
            "valid_to",
            sqlite_where=text("valid_to IS NOT NULL"),
            postgresql_where=text("valid_to IS NOT NULL"),
        ),
    )

    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True, sort_order=10)
    due_on: Mapped[date]
    state: Mapped[PlanState] = mapped_column(words(PlanState, "state"))
    wanting_since: Mapped[date | None] = mapped_column(
        Computed(
            "CASE WHEN valid_to IS NULL AND state <> 'approved' THEN due_on END", persisted=True
        )
    )


COUNTS = (
    "enterprises",
    "expert_visits",
    "vehicle_trips",
    "equipment_sets",
    "notices",
    "suggestions",
    "hazards_found",
    "hazards_general",
    "hazards_major",
    "rectified",
    "rectified_general",
    "rectified_major",
    "people_trained",
    "enterprises_trained",
    "officials_trained",
)
"""The counts a round carries; each is NULL where the source does not give it."""


class ServiceRound(Fact, Base):
    """服务轮次: one row a round, or ``rounds_covered`` rounds where only their sum is known.

    ``planned_number`` is the planned round that it answers, NULL: the one of its own number; a row
    for several answers as many from there on. ``zero_hazards_on`` is 零隐患确认: somebody said that
    nothing was found. Rectified above found is a finding, not a constraint: an old ledger may say
    so.
    """

    __tablename__ = "service_round"
    __table_args__ = (
        UniqueConstraint("contract_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("rounds_covered >= 1", name="rounds_covered"),
        CheckConstraint("planned_number >= 1", name="planned_number"),
        *(CheckConstraint(f"{count} >= 0", name=count) for count in COUNTS),
        *plausible_days("started_on", "ended_on", "confirmed_on", "reported_on", "zero_hazards_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    number: Mapped[int]
    rounds_covered: Mapped[int] = mapped_column(default=1)
    kind: Mapped[RoundKind] = mapped_column(words(RoundKind, "kind"))
    started_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    confirmed_on: Mapped[date | None]
    enterprises: Mapped[int | None]
    expert_visits: Mapped[int | None]
    vehicle_trips: Mapped[int | None]
    equipment_sets: Mapped[int | None]
    notices: Mapped[int | None]
    suggestions: Mapped[int | None]
    hazards_found: Mapped[int | None]
    hazards_general: Mapped[int | None]
    hazards_major: Mapped[int | None]
    rectified: Mapped[int | None]
    rectified_general: Mapped[int | None]
    rectified_major: Mapped[int | None]
    people_trained: Mapped[int | None]
    enterprises_trained: Mapped[int | None]
    officials_trained: Mapped[int | None]
    title: Mapped[str] = _text(200)
    content: Mapped[str] = _text(1000)
    planned_number: Mapped[int | None]
    report_number: Mapped[str] = _text(120)
    reported_on: Mapped[date | None]
    zero_hazards_on: Mapped[date | None]


class RoundReturn(Fact, Base):
    """退回轮次: the purchaser did not accept a round's report, and why; what the vendor did then.

    Open while ``resubmitted_on`` is NULL: the round cannot be confirmed before.
    """

    __tablename__ = "round_return"
    __table_args__ = (
        *plausible_days("returned_on", "resubmitted_on"),
        Index("ix_round_return_round", "round_id", "returned_on", "id"),
        Index("ix_round_return_contract", "contract_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    round_id: Mapped[UUID] = mapped_column(ForeignKey("service_round.id"))
    returned_on: Mapped[date]
    return_reason: Mapped[str] = mapped_column(String(500))
    resubmitted_on: Mapped[date | None]
    answered: Mapped[str] = mapped_column(String(500), default="")


class RoundEquipment(Recorded, Base):
    """轮次检查的设备: how many sets (台套) of one type; the types add up to the round's total.

    A type that was corrected away keeps its row, ``superseded_at``.
    """

    __tablename__ = "round_equipment"
    __table_args__ = (
        CheckConstraint("sets >= 0", name="sets"),
        Index(
            "ix_round_equipment_current",
            "round_id",
            "equipment",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
        Index("ix_round_equipment_contract", "contract_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    round_id: Mapped[UUID] = mapped_column(ForeignKey("service_round.id"))
    equipment: Mapped[str] = mapped_column(String(60))
    sets: Mapped[int]
    superseded_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class SupervisionRecord(Fact, Base):
    """督促检查记录: the purchaser or the lead checked the vendor or the execution.

    Evidence for 履约管理 criterion ① (Hami report, indicator B204). ``plan`` names the plan of
    checks it belongs to, ``result`` what the checker concluded; ``asked_for`` is answered by
    ``answer_due_on``.
    """

    __tablename__ = "supervision_record"
    __table_args__ = (
        UniqueConstraint("contract_id", "organisation_id", "checked_on", "method"),
        *plausible_days("checked_on", "answer_due_on", "answered_on"),
        Index("ix_supervision_record_contract", "contract_id", "checked_on", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    checked_on: Mapped[date]
    method: Mapped[str] = mapped_column(String(60), default="")
    looked_at: Mapped[str] = mapped_column(String(1000), default="")
    found: Mapped[str] = mapped_column(String(1000), default="")
    asked_for: Mapped[str] = mapped_column(String(1000), default="")
    answered: Mapped[str] = mapped_column(String(1000), default="")
    plan: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    result: Mapped[str] = mapped_column(String(1000), default="", server_default=text("''"))
    answer_due_on: Mapped[date | None]
    answered_on: Mapped[date | None]
    document_number: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
