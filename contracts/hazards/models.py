"""隐患: each one with its loop, and the dated counts where a report gives no more than those."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Fact, Recorded, plausible_days, words
from kernel.database import Base
from kernel.keys import new_key

NO_DEADLINE, RECTIFIED = "2200-12-30", "2200-12-31"
"""Where a hazard without a deadline stands in a list by deadline, and a rectified one: last."""


class HazardLevel(StrEnum):
    """一般隐患 / 重大隐患."""

    GENERAL = "general"
    MAJOR = "major"


class HazardStep(StrEnum):
    """What happened to a hazard: 排查, 交办, 延期, 整改, 复查, 销号, 退回整改."""

    FOUND = "found"
    ASSIGNED = "assigned"
    EXTENDED = "extended"
    RECTIFIED = "rectified"
    RECHECKED = "rechecked"
    VERIFIED = "verified"
    REOPENED = "reopened"


class Hazard(Fact, Base):
    """隐患: one finding, with the dates that hold now.

    What held before a hazard was extended or reopened is in that ``HazardEvent``; together they
    answer for any past day (``contracts.hazards.standing``). Dates out of order are facts of old
    ledgers, so no constraint forbids them.

    ``natural_key`` (``contracts.hazards.natural_keys``) is what tells a row of a ledger that is
    imported again. ``assured_…`` are the 五落实 of a major one: 责任, 资金, 时间, 措施, 预案.
    ``on_the_spot`` (现场解决) NULL: the source does not say.
    ``deadline_key`` is the deadline of what is not rectified, else a day past all, for lists of
    what is due first.
    """

    __tablename__ = "hazard"
    __table_args__ = (
        UniqueConstraint("contract_id", "natural_key"),
        *plausible_days(
            "found_on", "assigned_on", "deadline", "rectified_on", "rechecked_on", "verified_on"
        ),
        Index("ix_hazard_contract", "contract_id", "found_on", "id"),
        Index("ix_hazard_found", "found_on", "id"),
        Index(
            "ix_hazard_enterprise",
            "enterprise_id",
            "found_on",
            "id",
            sqlite_where=text("enterprise_id IS NOT NULL"),
            postgresql_where=text("enterprise_id IS NOT NULL"),
        ),
        Index(
            "ix_hazard_round",
            "round_id",
            "id",
            sqlite_where=text("round_id IS NOT NULL"),
            postgresql_where=text("round_id IS NOT NULL"),
        ),
        Index(
            "ix_hazard_open",
            "deadline_key",
            "id",
            sqlite_where=text("verified_on IS NULL"),
            postgresql_where=text("verified_on IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    round_id: Mapped[UUID | None] = mapped_column(ForeignKey("service_round.id"))
    enterprise_id: Mapped[UUID | None] = mapped_column(ForeignKey("enterprise.id"))
    natural_key: Mapped[str] = mapped_column(String(80))
    number: Mapped[str] = mapped_column(String(60), default="")
    level: Mapped[HazardLevel] = mapped_column(words(HazardLevel, "level"))
    spot: Mapped[str] = mapped_column(String(300), default="")
    description: Mapped[str] = mapped_column(String(1000))
    category: Mapped[str] = mapped_column(String(100), default="")
    found_on: Mapped[date]
    found_by: Mapped[str] = mapped_column(String(120), default="")
    on_the_spot: Mapped[bool | None]
    assigned_on: Mapped[date | None]
    deadline: Mapped[date | None]
    responsible: Mapped[str] = mapped_column(String(120), default="")
    measures: Mapped[str] = mapped_column(String(1000), default="")
    assured_duty: Mapped[str] = mapped_column(String(300), default="")
    assured_funds: Mapped[str] = mapped_column(String(300), default="")
    assured_time: Mapped[str] = mapped_column(String(300), default="")
    assured_measures: Mapped[str] = mapped_column(String(300), default="")
    assured_plan: Mapped[str] = mapped_column(String(300), default="")
    rectified_on: Mapped[date | None]
    rechecked_on: Mapped[date | None]
    rechecked_by: Mapped[str] = mapped_column(String(120), default="")
    verified_on: Mapped[date | None]
    verified_by: Mapped[str] = mapped_column(String(120), default="")
    verify_result: Mapped[str] = mapped_column(String(300), default="")
    deadline_key: Mapped[date] = mapped_column(
        Computed(
            f"CASE WHEN rectified_on IS NULL THEN coalesce(deadline, '{NO_DEADLINE}') "
            f"ELSE '{RECTIFIED}' END",
            persisted=True,
        )
    )


class HazardEvent(Recorded, Base):
    """隐患办理经过: one row a step taken, appended and never changed.

    ``deadline`` is the new one of 交办, 延期 and 退回整改; ``approved_by`` and ``document`` (文号)
    say who let it be extended. 延期 and 退回整改 end what held of the hazard: ``held_from`` is since
    when that held, ``held_…`` what it was; it held up to the day before ``day``.
    """

    __tablename__ = "hazard_event"
    __table_args__ = (
        *plausible_days("day", "deadline"),
        Index("ix_hazard_event_hazard", "hazard_id", "day", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    hazard_id: Mapped[UUID] = mapped_column(ForeignKey("hazard.id"))
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"), index=True)
    kind: Mapped[HazardStep] = mapped_column(words(HazardStep, "kind"))
    day: Mapped[date]
    who: Mapped[str] = mapped_column(String(120), default="")
    remark: Mapped[str] = mapped_column(String(1000), default="")
    document: Mapped[str] = mapped_column(String(200), default="")
    approved_by: Mapped[str] = mapped_column(String(120), default="")
    deadline: Mapped[date | None]
    held_from: Mapped[date | None]
    held_deadline: Mapped[date | None]
    held_assigned_on: Mapped[date | None]
    held_rectified_on: Mapped[date | None]
    held_rechecked_on: Mapped[date | None]
    held_verified_on: Mapped[date | None]


class HazardCount(Fact, Base):
    """隐患统计: what a report gives in numbers as of a day, counted from the beginning.

    Of a round, or without one of the whole contract; ``level`` NULL: general and major together.
    A number that the report does not give is NULL. Reports are appended: the last one recorded for
    the latest ``counted_on`` up to a day tells what was known on that day.
    """

    __tablename__ = "hazard_count"
    __table_args__ = (
        CheckConstraint("hazards_found >= 0", name="hazards_found"),
        CheckConstraint("rectified >= 0", name="rectified"),
        CheckConstraint("on_the_spot >= 0", name="on_the_spot"),
        *plausible_days("counted_on"),
        Index("ix_hazard_count_contract", "contract_id", "round_id", "counted_on", "id"),
        Index("ix_hazard_count_round", "round_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    round_id: Mapped[UUID | None] = mapped_column(ForeignKey("service_round.id"))
    counted_on: Mapped[date]
    level: Mapped[HazardLevel | None] = mapped_column(words(HazardLevel, "level"))
    hazards_found: Mapped[int | None]
    rectified: Mapped[int | None]
    on_the_spot: Mapped[int | None]
