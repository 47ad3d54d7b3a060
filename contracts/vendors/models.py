"""What is kept of vendors beyond their names: qualifications, admission, evaluation, resources."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Fact, Points, Recorded, plausible_days, words
from kernel.database import Base
from kernel.keys import new_key


class EvaluationStage(StrEnum):
    """履约评价的阶段: each quarter, the middle and the end of a year, the end of the service."""

    QUARTER = "quarter"
    MIDYEAR = "midyear"
    YEAR = "year"
    FINAL = "final"


class Grade(StrEnum):
    """优/良/中/差, from 90, 80, 60 points and below (domain, section 4)."""

    EXCELLENT = "excellent"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


class ResourceKind(StrEnum):
    """What a contract promises to have ready: people, equipment, an area, a site."""

    PEOPLE = "people"
    EQUIPMENT = "equipment"
    AREA = "area"
    SITE = "site"


class VendorFormerName(Recorded, Base):
    """曾用名: what a vendor was called until a day."""

    __tablename__ = "vendor_former_name"
    __table_args__ = (
        UniqueConstraint("vendor_id", "name", "until_on"),
        *plausible_days("until_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    vendor_id: Mapped[UUID] = mapped_column(ForeignKey("vendor.id"))
    name: Mapped[str] = mapped_column(String(200), index=True)
    until_on: Mapped[date]


class VendorMerge(Fact, Base):
    """Two entries found to be one vendor: contracts keep their entry, pages show them together.

    Nothing is moved, so that it can be taken back: ``undone_on`` is the day it was.
    """

    __tablename__ = "vendor_merge"
    __table_args__ = (
        CheckConstraint("duplicate_id <> kept_id", name="two_entries"),
        Index(
            "ix_vendor_merge_standing",
            "duplicate_id",
            unique=True,
            sqlite_where=text("undone_on IS NULL"),
            postgresql_where=text("undone_on IS NULL"),
        ),
        *plausible_days("merged_on", "undone_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    duplicate_id: Mapped[UUID] = mapped_column(ForeignKey("vendor.id"))
    kept_id: Mapped[UUID] = mapped_column(ForeignKey("vendor.id"), index=True)
    merged_on: Mapped[date]
    undone_on: Mapped[date | None]
    cause: Mapped[str] = mapped_column(String(500))


class Qualification(Fact, Base):
    """资质: what a vendor holds, for which sectors (none: not limited to sectors), until when.

    ``expires_on`` NULL is unknown, unless ``is_permanent`` says that it has no end.
    """

    __tablename__ = "vendor_qualification"
    __table_args__ = (
        UniqueConstraint("vendor_id", "kind", "number"),
        *plausible_days("issued_on", "expires_on", "revoked_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    vendor_id: Mapped[UUID] = mapped_column(ForeignKey("vendor.id"))
    kind: Mapped[str] = mapped_column(String(60))
    number: Mapped[str] = mapped_column(String(80))
    rank: Mapped[str] = mapped_column(String(20), default="")
    sectors: Mapped[str] = mapped_column(String(200), default="")
    issued_by: Mapped[str] = mapped_column(String(200), default="")
    issued_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    is_permanent: Mapped[bool] = mapped_column(default=False)
    revoked_on: Mapped[date | None]


class QualificationRequirement(Fact, Base):
    """资质要求: what a lead asks of vendors in a sector, from a day until another (not included).

    It binds the contracts that this organisation, or one below it, buys or leads (Hami report,
    problem 3).
    """

    __tablename__ = "qualification_requirement"
    __table_args__ = (
        UniqueConstraint("organisation_id", "sector", "kind", "valid_from"),
        *plausible_days("valid_from", "valid_to"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    sector: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(60))
    rank: Mapped[str] = mapped_column(String(20), default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class VendorEvaluation(Fact, Base):
    """履约评价 of a stage: points of 100, or a grade where the source gives no points."""

    __tablename__ = "vendor_evaluation"
    __table_args__ = (
        UniqueConstraint("contract_id", "organisation_id", "stage", "evaluated_on"),
        *plausible_days("evaluated_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    stage: Mapped[EvaluationStage] = mapped_column(words(EvaluationStage, "stage"))
    period: Mapped[str] = mapped_column(String(40), default="")
    evaluated_on: Mapped[date]
    score: Mapped[Decimal | None] = mapped_column(Points)
    grade: Mapped[Grade | None] = mapped_column(words(Grade, "grade"))


class EvaluationCondition(Fact, Base):
    """A payment milestone that waits for a grade, where the contract says so (``clause``)."""

    __tablename__ = "evaluation_condition"
    __table_args__ = (
        UniqueConstraint("contract_id", "milestone_number", "stage"),
        CheckConstraint("milestone_number >= 1", name="milestone_number"),
        *plausible_days("agreed_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    milestone_number: Mapped[int]
    stage: Mapped[EvaluationStage] = mapped_column(words(EvaluationStage, "stage"))
    least_grade: Mapped[Grade] = mapped_column(words(Grade, "least_grade"))
    clause: Mapped[str] = mapped_column(String(200), default="")
    agreed_on: Mapped[date | None]


class Admission(Fact, Base):
    """准入: a vendor is admitted to a sector by an organisation, from which evaluation.

    ``until_on`` is the last day; NULL: no end was set. ``ended_on`` and ``ended_reason``: 清退.
    """

    __tablename__ = "vendor_admission"
    __table_args__ = (
        UniqueConstraint("vendor_id", "organisation_id", "sector", "admitted_on"),
        *plausible_days("admitted_on", "until_on", "ended_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    vendor_id: Mapped[UUID] = mapped_column(ForeignKey("vendor.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    sector: Mapped[str] = mapped_column(String(60))
    admitted_on: Mapped[date]
    until_on: Mapped[date | None]
    evaluation_id: Mapped[UUID | None] = mapped_column(ForeignKey("vendor_evaluation.id"))
    basis: Mapped[str] = mapped_column(String(200), default="")
    ended_on: Mapped[date | None]
    ended_reason: Mapped[str] = mapped_column(String(500), default="")


class ContractResource(Fact, Base):
    """约定的人员、设备、场地: how many of what, and where that is promised (``basis``)."""

    __tablename__ = "contract_resource"
    __table_args__ = (
        UniqueConstraint("contract_id", "kind", "item", "basis"),
        CheckConstraint("promised >= 0", name="promised"),
        *plausible_days("agreed_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    kind: Mapped[ResourceKind] = mapped_column(words(ResourceKind, "kind"))
    item: Mapped[str] = mapped_column(String(100))
    promised: Mapped[int | None]
    unit: Mapped[str] = mapped_column(String(20), default="")
    basis: Mapped[str] = mapped_column(String(200), default="")
    agreed_on: Mapped[date | None]


class ResourcePresence(Fact, Base):
    """到位情况: how many of a promised resource were there on a day, and where."""

    __tablename__ = "resource_presence"
    __table_args__ = (
        UniqueConstraint("resource_id", "seen_on", "site"),
        Index("ix_resource_presence_contract", "contract_id", "id"),
        CheckConstraint("present >= 0", name="present"),
        *plausible_days("seen_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    resource_id: Mapped[UUID] = mapped_column(ForeignKey("contract_resource.id"))
    seen_on: Mapped[date]
    present: Mapped[int]
    site: Mapped[str] = mapped_column(String(200), default="")
    counted_by: Mapped[str] = mapped_column(String(120), default="")
