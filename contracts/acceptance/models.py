"""验收 of a stage or of the whole, and of the reports a service has to end with."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Fact, plausible_days, words
from kernel.database import Base
from kernel.keys import new_key


class AcceptanceKind(StrEnum):
    """阶段验收 of a part of the service, 最终验收 of all of it."""

    STAGE = "stage"
    FINAL = "final"


class Conclusion(StrEnum):
    """合格 / 整改后合格 (accepted once the named points are mended) / 不合格."""

    PASSED = "passed"
    CONDITIONAL = "conditional"
    FAILED = "failed"


class ReportKind(StrEnum):
    """《安全技术服务报告》 of the vendor, 服务工作评估报告 of the purchaser (Hami report, duties)."""

    TECHNICAL = "technical"
    ASSESSMENT = "assessment"


class Acceptance(Fact, Base):
    """验收 of one stage: how it was planned, who took part, what came out, what was to be mended.

    ``planned_on`` is the day of the plan 验收方案; ``team_units`` names the units of the team's
    members, no person. ``served_took_part``: those served were invited and gave an opinion
    (实施条例 45); NULL where nobody says.
    """

    __tablename__ = "acceptance"
    __table_args__ = (
        UniqueConstraint("contract_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("team_size >= 1", name="team_size"),
        *plausible_days("planned_on", "held_on", "signed_on", "mend_by", "mended_on"),
        Index("ix_acceptance_contract", "contract_id", "planned_on", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    number: Mapped[int]
    kind: Mapped[AcceptanceKind] = mapped_column(words(AcceptanceKind, "kind"))
    stage: Mapped[str] = mapped_column(String(120), default="")
    planned_on: Mapped[date]
    plan: Mapped[str] = mapped_column(String(1000), default="")
    held_on: Mapped[date | None]
    team_size: Mapped[int | None]
    team_units: Mapped[str] = mapped_column(String(500), default="")
    served_took_part: Mapped[bool | None]
    served_opinion: Mapped[str] = mapped_column(String(1000), default="")
    conclusion: Mapped[Conclusion | None] = mapped_column(words(Conclusion, "conclusion"))
    signed_on: Mapped[date | None]
    document_number: Mapped[str] = mapped_column(String(200), default="")
    mending_asked: Mapped[str] = mapped_column(String(1000), default="")
    mend_by: Mapped[date | None]
    mended_on: Mapped[date | None]


class ServiceReport(Fact, Base):
    """A report that has to reach the lead bureau before the service period ends, and its acceptance.

    Each version handed in is a row of its own (``number``).
    """

    __tablename__ = "service_report"
    __table_args__ = (
        UniqueConstraint("contract_id", "kind", "number"),
        CheckConstraint("number >= 1", name="number"),
        *plausible_days("submitted_on", "decided_on", "mend_by", "mended_on"),
        Index("ix_service_report_contract", "contract_id", "submitted_on", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    kind: Mapped[ReportKind] = mapped_column(words(ReportKind, "kind"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200), default="")
    document_number: Mapped[str] = mapped_column(String(200), default="")
    submitted_on: Mapped[date]
    decided_on: Mapped[date | None]
    conclusion: Mapped[Conclusion | None] = mapped_column(words(Conclusion, "conclusion"))
    mending_asked: Mapped[str] = mapped_column(String(1000), default="")
    mend_by: Mapped[date | None]
    mended_on: Mapped[date | None]
