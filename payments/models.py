"""What is to be paid and what was: milestones, payments, and where each milestone stood."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Fact, Percent, Yuan, plausible_days, words
from kernel.database import Base
from kernel.dated import DatedVersion, period_check
from kernel.keys import new_key


class MilestoneKind(StrEnum):
    """首付款 / 进度款 / 尾款 / 分期 (a regular instalment: monthly labour, rent)."""

    FIRST = "first"
    PROGRESS = "progress"
    FINAL = "final"
    INSTALMENT = "instalment"


class Trigger(StrEnum):
    """What makes a milestone payable."""

    SIGNING = "signing"
    PLAN_APPROVED = "plan_approved"
    ROUND_CONFIRMED = "round_confirmed"
    ACCEPTANCE = "acceptance"
    INVOICE = "invoice"
    DATE = "date"


class Milestone(Fact, Base):
    """支付节点 as agreed: a share of the total or an amount, its trigger, and its due date.

    ``triggered_on`` and ``due_on`` are written when the cause happens, never while scanning;
    ``due_on_given`` is the due date the ledger itself states, which wins.
    """

    __tablename__ = "milestone"
    __table_args__ = (
        UniqueConstraint("contract_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("(share IS NULL) <> (amount_given IS NULL)", name="share_or_amount"),
        CheckConstraint("share BETWEEN 0 AND 100000000", name="share"),
        CheckConstraint("amount_given >= 0", name="amount_given"),
        CheckConstraint("days_allowed BETWEEN 0 AND 3660", name="days_allowed"),
        *plausible_days("due_on_given", "triggered_on", "due_on"),
        CheckConstraint(
            "(trigger_kind = 'round_confirmed') = (trigger_round IS NOT NULL)", name="trigger_round"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[MilestoneKind] = mapped_column(words(MilestoneKind, "kind"))
    share: Mapped[Decimal | None] = mapped_column(Percent)
    amount_given: Mapped[Decimal | None] = mapped_column(Yuan)
    trigger_kind: Mapped[Trigger] = mapped_column(words(Trigger, "trigger_kind"))
    trigger_round: Mapped[int | None]
    days_allowed: Mapped[int | None]
    due_on_given: Mapped[date | None]
    triggered_on: Mapped[date | None]
    due_on: Mapped[date | None]


BY_ACT = "系统登记，事项"
"""What the source of a payment begins with that was entered and approved in steps."""


class Payment(Fact, Base):
    """支付: append-only. A correction is a reversal (negative, same date) and a new payment.

    ``source_key`` is the row in its source, for payments without a voucher.
    """

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint(
            "(reverses_id IS NULL AND amount > 0) OR (reverses_id IS NOT NULL AND amount < 0)",
            name="amount",
        ),
        *plausible_days("paid_on"),
        Index(
            "ix_payment_voucher",
            "contract_id",
            "voucher",
            unique=True,
            sqlite_where=text("voucher <> '' AND reverses_id IS NULL AND NOT reversed"),
            postgresql_where=text("voucher <> '' AND reverses_id IS NULL AND NOT reversed"),
        ),
        Index("ix_payment_contract", "contract_id", "paid_on"),
        Index("ix_payment_day", "paid_on", "id"),
        Index("ix_payment_milestone", "milestone_id", "paid_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    milestone_id: Mapped[UUID | None] = mapped_column(ForeignKey("milestone.id"))
    paid_on: Mapped[date]
    amount: Mapped[Decimal] = mapped_column(Yuan)
    reason: Mapped[str] = mapped_column(String(200), default="")
    payee: Mapped[str] = mapped_column(String(200), default="")
    voucher: Mapped[str] = mapped_column(String(80), default="")
    resolution: Mapped[str] = mapped_column(String(200), default="")
    source_key: Mapped[str] = mapped_column(String(240), default="")
    reverses_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment.id"), unique=True)
    reversed: Mapped[bool] = mapped_column(default=False)


class Settlement(DatedVersion, Base):
    """Where a milestone stood over a period: its amount, what was paid of it, its due date.

    Derived from the milestone's terms, its trigger and its payments in the transaction that
    changes any of them; the late-payment rule reads only this table. ``unpaid_due_on`` is the due
    date while the version is open and something is unpaid: a column of its own, so that the
    database's statistics know how few are late (three conditions multiplied say far too many).
    """

    __tablename__ = "settlement"
    __table_args__ = (
        period_check(),
        Index(
            "ix_settlement_unpaid",
            "unpaid_due_on",
            sqlite_where=text("unpaid_due_on IS NOT NULL"),
            postgresql_where=text("unpaid_due_on IS NOT NULL"),
        ),
        Index(
            "ix_settlement_past",
            "valid_to",
            sqlite_where=text("valid_to IS NOT NULL"),
            postgresql_where=text("valid_to IS NOT NULL"),
        ),
        Index("ix_settlement_contract", "contract_id"),
    )

    milestone_id: Mapped[UUID] = mapped_column(ForeignKey("milestone.id"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True, sort_order=10)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    due_on: Mapped[date | None]
    amount: Mapped[Decimal | None] = mapped_column(Yuan)
    paid: Mapped[Decimal] = mapped_column(Yuan)
    unpaid: Mapped[Decimal | None] = mapped_column(Yuan)
    unpaid_due_on: Mapped[date | None] = mapped_column(
        Computed("CASE WHEN valid_to IS NULL AND unpaid > 0 THEN due_on END", persisted=True)
    )
