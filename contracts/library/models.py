"""What organisations keep: 制度, 年度服务方案, approval and budget documents, outcomes."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Fact, Percent, Yuan, plausible_days, words
from kernel.database import Base
from kernel.keys import new_key


class RegulationKind(StrEnum):
    """What a rule is about (Hami report, B104, B201, B204, B205, B208)."""

    PURCHASE = "purchase"
    WORK_PLAN = "work_plan"
    FINANCE = "finance"
    SPECIAL_FUNDS = "special_funds"
    SPENDING_APPROVAL = "spending_approval"
    SUPERVISION = "supervision"
    ASSESSMENT = "assessment"
    ACCEPTANCE = "acceptance"
    VENDOR_ADMISSION = "vendor_admission"
    FILES = "files"
    OTHER = "other"


class DocumentKind(StrEnum):
    """Papers by which a purchase came about (Hami H368–384, A101, A102; Zibo, background)."""

    INSPECTION_OPINION = "inspection_opinion"
    REQUEST = "request"
    APPROVAL = "approval"
    FINANCE_REPORT = "finance_report"
    PROJECT_PLAN = "project_plan"
    BUDGET_RELEASE = "budget_release"
    COST_SHARES = "cost_shares"
    CATALOGUE = "catalogue"
    RESOLUTION = "resolution"
    OTHER = "other"


class OutcomeMeasure(StrEnum):
    """What a programme did for the people and firms of a place, beyond single contracts."""

    CASUALTIES = "casualties"
    DEATHS = "deaths"
    ACCIDENTS = "accidents"
    HAZARDS_FOUND = "hazards_found"
    MAJOR_HAZARDS = "major_hazards"
    ENTERPRISES_PENALISED = "enterprises_penalised"
    PERSONS_PENALISED = "persons_penalised"
    FINES = "fines"


class Regulation(Fact, Base):
    """制度: a rule or procedure of an organisation, with the days between which it is in force."""

    __tablename__ = "regulation"
    __table_args__ = (
        *plausible_days("issued_on", "in_force_from", "in_force_to"),
        Index("ix_regulation_organisation", "organisation_id", "issued_on", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[RegulationKind] = mapped_column(words(RegulationKind, "kind"))
    title: Mapped[str] = mapped_column(String(200))
    document_number: Mapped[str] = mapped_column(String(200), default="")
    issued_on: Mapped[date]
    in_force_from: Mapped[date | None]
    in_force_to: Mapped[date | None]
    summary: Mapped[str] = mapped_column(String(1000), default="")


class YearlyPlan(Fact, Base):
    """年度服务方案: what a department means to buy in ``plan_year``, filed with the lead bureau.

    Due on 30 September of the year before (Hami report, duties of purchasers). Each version filed
    is a row of its own (``number``).
    """

    __tablename__ = "yearly_plan"
    __table_args__ = (
        UniqueConstraint("organisation_id", "plan_year", "number"),
        CheckConstraint("plan_year BETWEEN 1990 AND 2200", name="plan_year"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("budget >= 0", name="budget"),
        *plausible_days("filed_on", "returned_on", "approved_on"),
        Index("ix_yearly_plan_organisation", "organisation_id", "filed_on", "id"),
        Index("ix_yearly_plan_lead", "lead_id", "plan_year"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    plan_year: Mapped[int]
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200), default="")
    document_number: Mapped[str] = mapped_column(String(200), default="")
    sectors: Mapped[str] = mapped_column(String(200), default="")
    budget: Mapped[Decimal | None] = mapped_column(Yuan)
    filed_on: Mapped[date]
    returned_on: Mapped[date | None]
    approved_on: Mapped[date | None]


class ApprovalDocument(Fact, Base):
    """A paper of a programme: 请示, 批复, 指标文 with its amount, 审查意见 with what is to be mended.

    ``amount`` is yuan; ``amount_city`` is what the city pays of it, the districts pay the rest
    (Zibo report, cost shares).
    """

    __tablename__ = "approval_document"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("amount_city >= 0", name="amount_city"),
        *plausible_days("issued_on", "mend_by", "mended_on"),
        Index("ix_approval_document_programme", "programme_id", "issued_on", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"))
    kind: Mapped[DocumentKind] = mapped_column(words(DocumentKind, "kind"))
    title: Mapped[str] = mapped_column(String(200))
    document_number: Mapped[str] = mapped_column(String(200), default="")
    issuer: Mapped[str] = mapped_column(String(200), default="")
    issued_on: Mapped[date]
    amount: Mapped[Decimal | None] = mapped_column(Yuan)
    amount_city: Mapped[Decimal | None] = mapped_column(Yuan)
    mending_asked: Mapped[str] = mapped_column(String(1000), default="")
    mend_by: Mapped[date | None]
    mended_on: Mapped[date | None]
    mending_done: Mapped[str] = mapped_column(String(1000), default="")


class OutcomeFact(Fact, Base):
    """成效: what a measure came to over a period, what it was before, and how far it fell.

    ``value`` and ``baseline`` are counts, ``amount`` is yuan (fines). ``reduction`` is the percent
    that the source itself prints (Zibo: casualties down 50 %), kept beside what the counts give.
    """

    __tablename__ = "outcome_fact"
    __table_args__ = (
        CheckConstraint("value >= 0", name="value"),
        CheckConstraint("baseline >= 0", name="baseline"),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("reduction BETWEEN 0 AND 100000000", name="reduction"),
        *plausible_days("period_from", "period_to", "reported_on"),
        Index("ix_outcome_fact_programme", "programme_id", "period_to", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"))
    measure: Mapped[OutcomeMeasure] = mapped_column(words(OutcomeMeasure, "measure"))
    sectors: Mapped[str] = mapped_column(String(200), default="")
    period_from: Mapped[date]
    period_to: Mapped[date]
    value: Mapped[int | None]
    baseline: Mapped[int | None]
    reduction: Mapped[Decimal | None] = mapped_column(Percent)
    amount: Mapped[Decimal | None] = mapped_column(Yuan)
    reported_on: Mapped[date | None]
    document_number: Mapped[str] = mapped_column(String(200), default="")
