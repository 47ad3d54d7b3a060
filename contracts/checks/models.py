"""Checklists of a contract: for each item yes, no or not looked at (NULL), and the evidence."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Fact, Yuan, plausible_days, words
from kernel.database import Base
from kernel.keys import new_key

CLAUSES = (
    "service_content",
    "contract_price",
    "requirements",
    "service_period",
    "service_place",
    "payment_terms",
    "rights_and_duties",
    "breach",
)
"""What a written contract has to hold: the eight items of B203 (Hami report)."""
HANDED_ON = (
    "own_people",
    "own_equipment",
    "own_reports",
    "paid_to_vendor",
    "people_as_promised",
    "quality_measures",
)
"""Signs that a vendor does the work itself, and what it does for quality (Hami report, B208)."""
MANAGEMENT = ("vendor_rules", "leading_group", "ledger_kept", "accepts_supervision")
"""What B205 looks for (Hami report)."""
NEGATIVES = ("own_duties", "weak_management", "disguised_employment", "debt_risk")
"""What must not be there: the four of B206 (Hami report)."""


class HandingOn(StrEnum):
    """未发现转包 / 合同约定的分包 / 疑似转包 / 转包."""

    NONE = "none"
    AGREED = "agreed"
    SUSPECTED = "suspected"
    FOUND = "found"


class Outlook(StrEnum):
    """Whether the year's goals will be reached: 确定能 / 有可能 / 完全不可能完成."""

    CERTAIN = "certain"
    POSSIBLE = "possible"
    IMPOSSIBLE = "impossible"


class ClauseCheck(Fact, Base):
    """合同条款清单: which of the eight clauses the written contract has, and where."""

    __tablename__ = "clause_check"
    __table_args__ = (
        UniqueConstraint("contract_id", "organisation_id", "checked_on"),
        *plausible_days("checked_on"),
        Index("ix_clause_check_contract", "contract_id", "checked_on", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    checked_on: Mapped[date]
    service_content: Mapped[bool | None]
    service_content_evidence: Mapped[str] = mapped_column(String(300), default="")
    contract_price: Mapped[bool | None]
    contract_price_evidence: Mapped[str] = mapped_column(String(300), default="")
    requirements: Mapped[bool | None]
    requirements_evidence: Mapped[str] = mapped_column(String(300), default="")
    service_period: Mapped[bool | None]
    service_period_evidence: Mapped[str] = mapped_column(String(300), default="")
    service_place: Mapped[bool | None]
    service_place_evidence: Mapped[str] = mapped_column(String(300), default="")
    payment_terms: Mapped[bool | None]
    payment_terms_evidence: Mapped[str] = mapped_column(String(300), default="")
    rights_and_duties: Mapped[bool | None]
    rights_and_duties_evidence: Mapped[str] = mapped_column(String(300), default="")
    breach: Mapped[bool | None]
    breach_evidence: Mapped[str] = mapped_column(String(300), default="")
    document_number: Mapped[str] = mapped_column(String(200), default="")


class SubcontractingCheck(Fact, Base):
    """转包核查: whether the vendor does the work itself, and what came of the check."""

    __tablename__ = "subcontracting_check"
    __table_args__ = (
        UniqueConstraint("contract_id", "organisation_id", "checked_on"),
        *plausible_days("checked_on", "settled_on"),
        Index("ix_subcontracting_check_contract", "contract_id", "checked_on", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    checked_on: Mapped[date]
    own_people: Mapped[bool | None]
    own_people_evidence: Mapped[str] = mapped_column(String(300), default="")
    own_equipment: Mapped[bool | None]
    own_equipment_evidence: Mapped[str] = mapped_column(String(300), default="")
    own_reports: Mapped[bool | None]
    own_reports_evidence: Mapped[str] = mapped_column(String(300), default="")
    paid_to_vendor: Mapped[bool | None]
    paid_to_vendor_evidence: Mapped[str] = mapped_column(String(300), default="")
    people_as_promised: Mapped[bool | None]
    people_as_promised_evidence: Mapped[str] = mapped_column(String(300), default="")
    quality_measures: Mapped[bool | None]
    quality_measures_evidence: Mapped[str] = mapped_column(String(300), default="")
    conclusion: Mapped[HandingOn] = mapped_column(words(HandingOn, "conclusion"))
    asked_for: Mapped[str] = mapped_column(String(1000), default="")
    settled_on: Mapped[date | None]
    document_number: Mapped[str] = mapped_column(String(200), default="")


class ManagementCheck(Fact, Base):
    """实施管理核查 (B205): rules, a leading group, a ledger, and a vendor that lets itself be checked."""

    __tablename__ = "management_check"
    __table_args__ = (
        UniqueConstraint("contract_id", "organisation_id", "checked_on"),
        *plausible_days("checked_on"),
        Index("ix_management_check_contract", "contract_id", "checked_on", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    checked_on: Mapped[date]
    vendor_rules: Mapped[bool | None]
    vendor_rules_evidence: Mapped[str] = mapped_column(String(300), default="")
    leading_group: Mapped[bool | None]
    leading_group_evidence: Mapped[str] = mapped_column(String(300), default="")
    ledger_kept: Mapped[bool | None]
    ledger_kept_evidence: Mapped[str] = mapped_column(String(300), default="")
    accepts_supervision: Mapped[bool | None]
    accepts_supervision_evidence: Mapped[str] = mapped_column(String(300), default="")
    document_number: Mapped[str] = mapped_column(String(200), default="")


class NegativeCheck(Fact, Base):
    """负面清单核查 (B206): for each of the four, whether it was found (True) or not (False)."""

    __tablename__ = "negative_check"
    __table_args__ = (
        UniqueConstraint("contract_id", "organisation_id", "checked_on"),
        *plausible_days("checked_on"),
        Index("ix_negative_check_contract", "contract_id", "checked_on", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    checked_on: Mapped[date]
    own_duties: Mapped[bool | None]
    own_duties_evidence: Mapped[str] = mapped_column(String(300), default="")
    weak_management: Mapped[bool | None]
    weak_management_evidence: Mapped[str] = mapped_column(String(300), default="")
    disguised_employment: Mapped[bool | None]
    disguised_employment_evidence: Mapped[str] = mapped_column(String(300), default="")
    debt_risk: Mapped[bool | None]
    debt_risk_evidence: Mapped[str] = mapped_column(String(300), default="")
    document_number: Mapped[str] = mapped_column(String(200), default="")


class PerformanceMonitoring(Fact, Base):
    """绩效执行监控表 as of ``period_to``, made around August (财预〔2019〕136号).

    ``budget`` is the year's money for the contract and ``executed`` what was paid by then, in yuan;
    ``outputs_planned`` and ``outputs_done`` are visits, rounds or whatever the goal counts.
    """

    __tablename__ = "performance_monitoring"
    __table_args__ = (
        UniqueConstraint("contract_id", "period_to"),
        CheckConstraint("budget >= 0", name="budget"),
        CheckConstraint("executed >= 0", name="executed"),
        CheckConstraint("outputs_planned >= 0", name="outputs_planned"),
        CheckConstraint("outputs_done >= 0", name="outputs_done"),
        *plausible_days("period_to", "monitored_on"),
        Index("ix_performance_monitoring_contract", "contract_id", "monitored_on", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    period_to: Mapped[date]
    monitored_on: Mapped[date]
    budget: Mapped[Decimal | None] = mapped_column(Yuan)
    executed: Mapped[Decimal | None] = mapped_column(Yuan)
    outputs_planned: Mapped[int | None]
    outputs_done: Mapped[int | None]
    outlook: Mapped[Outlook] = mapped_column(words(Outlook, "outlook"))
    deviation: Mapped[str] = mapped_column(String(1000), default="")
    measures: Mapped[str] = mapped_column(String(1000), default="")
    document_number: Mapped[str] = mapped_column(String(200), default="")
