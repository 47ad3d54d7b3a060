"""行政处罚 with the hazards behind them, 挂牌督办, and causes of what was not solved."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Fact, Recorded, UtcInstant, Yuan, plausible_days, words
from kernel.database import Base
from kernel.keys import new_key


class SupervisorLevel(StrEnum):
    """Which government lists a major hazard: 县（区）/ 市 / 省（自治区）/ 国家."""

    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"
    NATION = "nation"


class CauseKind(StrEnum):
    """Why a problem was not solved on the spot (Zibo report, advice 2: causes put in order)."""

    EQUIPMENT = "equipment"
    MONEY = "money"
    TECHNIQUE = "technique"
    TIME = "time"
    ENTERPRISE = "enterprise"
    DUTY = "duty"
    OTHER = "other"


class Penalty(Fact, Base):
    """行政处罚: one decision, or ``cases`` of them where the source gives only their sum.

    ``amount`` is the fine in yuan, ``enterprises`` and ``persons`` who was penalised. Each is NULL
    where the source does not say.
    """

    __tablename__ = "penalty"
    __table_args__ = (
        CheckConstraint("cases >= 1", name="cases"),
        CheckConstraint("enterprises >= 0", name="enterprises"),
        CheckConstraint("persons >= 0", name="persons"),
        CheckConstraint("amount >= 0", name="amount"),
        *plausible_days("decided_on"),
        Index("ix_penalty_contract", "contract_id", "decided_on", "id"),
        Index("ix_penalty_enterprise", "enterprise_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    decision_number: Mapped[str] = mapped_column(String(80), default="")
    decided_on: Mapped[date]
    authority: Mapped[str] = mapped_column(String(200), default="")
    enterprise_id: Mapped[UUID | None] = mapped_column(ForeignKey("enterprise.id"))
    cases: Mapped[int | None]
    enterprises: Mapped[int | None]
    persons: Mapped[int | None]
    amount: Mapped[Decimal | None] = mapped_column(Yuan)
    grounds: Mapped[str] = mapped_column(String(1000), default="")


class PenaltyHazard(Recorded, Base):
    """A hazard behind a penalty. One that was named wrongly gets ``removed_at``; it stays."""

    __tablename__ = "penalty_hazard"
    __table_args__ = (
        Index("ix_penalty_hazard_hazard", "hazard_id"),
        Index("ix_penalty_hazard_contract", "contract_id"),
    )

    penalty_id: Mapped[UUID] = mapped_column(ForeignKey("penalty.id"), primary_key=True)
    hazard_id: Mapped[UUID] = mapped_column(ForeignKey("hazard.id"), primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    removed_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class ListedHazard(Fact, Base):
    """挂牌督办 of a major hazard: under which number, until when, and since when it is lifted."""

    __tablename__ = "listed_hazard"
    __table_args__ = (
        UniqueConstraint("contract_id", "listing_number"),
        *plausible_days("listed_on", "lift_by", "lifted_on"),
        Index("ix_listed_hazard_contract", "contract_id", "listed_on", "id"),
        Index("ix_listed_hazard_hazard", "hazard_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    listing_number: Mapped[str] = mapped_column(String(80))
    hazard_id: Mapped[UUID | None] = mapped_column(ForeignKey("hazard.id"))
    described: Mapped[str] = mapped_column(String(1000), default="")
    supervisor_level: Mapped[SupervisorLevel] = mapped_column(
        words(SupervisorLevel, "supervisor_level")
    )
    listed_by: Mapped[str] = mapped_column(String(200), default="")
    listed_on: Mapped[date]
    lift_by: Mapped[date | None]
    lifted_on: Mapped[date | None]
    lift_document: Mapped[str] = mapped_column(String(200), default="")


class UnresolvedCause(Fact, Base):
    """Why ``problems`` problems could not be solved on the spot, and what is done about it."""

    __tablename__ = "unresolved_cause"
    __table_args__ = (
        CheckConstraint("problems >= 1", name="problems"),
        *plausible_days("noted_on", "settle_by", "settled_on"),
        Index("ix_unresolved_cause_contract", "contract_id", "noted_on", "id"),
        Index("ix_unresolved_cause_hazard", "hazard_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    hazard_id: Mapped[UUID | None] = mapped_column(ForeignKey("hazard.id"))
    noted_on: Mapped[date]
    problems: Mapped[int | None]
    cause_kind: Mapped[CauseKind] = mapped_column(words(CauseKind, "cause_kind"))
    cause: Mapped[str] = mapped_column(String(1000), default="")
    measure: Mapped[str] = mapped_column(String(1000), default="")
    settle_by: Mapped[date | None]
    settled_on: Mapped[date | None]
    document_number: Mapped[str] = mapped_column(String(200), default="")
