"""An act of a purchaser on its way through 经办, 审核 and 负责人, and how many steps it takes.

Users live a floor above, so their ids are kept without a foreign key, with the name they had then.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contracts.models import Contract, Organisation
from kernel.columns import JsonValue, Recorded, UtcInstant, Yuan, plausible_days, words
from kernel.database import Base
from kernel.keys import new_key


class ActKind(StrEnum):
    """What is asked for: 审定方案, 确认轮次, 登记付款, 冲正付款."""

    PLAN_DECISION = "plan_decision"
    ROUND_CONFIRMATION = "round_confirmation"
    PAYMENT = "payment"
    PAYMENT_REVERSAL = "payment_reversal"


class ActState(StrEnum):
    """待审核 / 待批准 / 已完成 / 已退回 / 已撤回."""

    TO_CHECK = "to_check"
    TO_APPROVE = "to_approve"
    DONE = "done"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class Steps(StrEnum):
    """Who takes part: 经办+审核+负责人, 经办+负责人, or 经办 alone (the steps are switched off)."""

    CLERK_CHECKER_HEAD = "clerk_checker_head"
    CLERK_HEAD = "clerk_head"
    CLERK = "clerk"


MONEY_KINDS = (ActKind.PAYMENT, ActKind.PAYMENT_REVERSAL)
SERVICE_KINDS = (ActKind.PLAN_DECISION, ActKind.ROUND_CONFIRMATION)
OPEN_STATES = (ActState.TO_CHECK, ActState.TO_APPROVE)
_OPEN_ON_SUBJECT = text(
    "state IN ('to_check', 'to_approve') AND kind <> 'payment' AND subject_id IS NOT NULL"
)


class Act(Base):
    """事项: what somebody entered, how far it has come, and who took which step.

    ``organisation_id`` is whose steps it takes: the purchaser, for money the payer. ``subject_id``
    is the plan, the round, the milestone or the payment reversed, ``about`` its name for people;
    ``result_id`` is the row that the last step wrote. ``facts`` are what was entered, ``steps``
    what the setting asked for then.
    """

    __tablename__ = "act"
    __table_args__ = (
        CheckConstraint(
            "checked_by_id <> entered_by_id AND approved_by_id <> entered_by_id "
            "AND approved_by_id <> checked_by_id",
            name="one_step_each",
        ),
        CheckConstraint("(state = 'done') = (result_id IS NOT NULL)", name="result"),
        CheckConstraint(
            "(state IN ('returned', 'withdrawn')) = (closed_at IS NOT NULL)", name="closed"
        ),
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_act_contract", "contract_id", "id"),
        Index("ix_act_organisation", "organisation_id", "state", "id"),
        Index("ix_act_request", "entered_by_id", "request_key", unique=True),
        Index(
            "ix_act_open_subject",
            "kind",
            "subject_id",
            unique=True,
            sqlite_where=_OPEN_ON_SUBJECT,
            postgresql_where=_OPEN_ON_SUBJECT,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    kind: Mapped[ActKind] = mapped_column(words(ActKind, "kind"))
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    subject_id: Mapped[UUID | None]
    about: Mapped[str] = mapped_column(String(200))
    facts: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    amount: Mapped[Decimal | None] = mapped_column(Yuan)
    steps: Mapped[Steps] = mapped_column(words(Steps, "steps"))
    state: Mapped[ActState] = mapped_column(words(ActState, "state"))
    entered_by_id: Mapped[UUID]
    entered_by: Mapped[str] = mapped_column(String(120))
    entered_at: Mapped[datetime] = mapped_column(UtcInstant)
    request_key: Mapped[str] = mapped_column(String(80))
    checked_by_id: Mapped[UUID | None]
    checked_by: Mapped[str] = mapped_column(String(120), default="")
    checked_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    approved_by_id: Mapped[UUID | None]
    approved_by: Mapped[str] = mapped_column(String(120), default="")
    approved_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    closed_by_id: Mapped[UUID | None]
    closed_by: Mapped[str] = mapped_column(String(120), default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    closed_reason: Mapped[str] = mapped_column(String(500), default="")
    result_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)

    contract: Mapped[Contract] = relationship()
    organisation: Mapped[Organisation] = relationship()

    @property
    def is_open(self) -> bool:
        """Whether a step is still to be taken."""
        return self.state in OPEN_STATES


class StepSetting(Recorded, Base):
    """步骤设置: from which amount (yuan) an organisation's acts of a kind take which steps.

    Without an organisation it holds for the whole service. Rows are ended, never changed; the day
    they begin to count is ``valid_from``. Why they were set or ended is kept in the row and in the
    trail.
    """

    __tablename__ = "step_setting"
    __table_args__ = (
        CheckConstraint("from_amount >= 0", name="from_amount"),
        CheckConstraint("(ended_at IS NULL) = (ended_by = '')", name="ended"),
        *plausible_days("valid_from"),
        Index("ix_step_setting_organisation", "organisation_id", "kind"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[ActKind] = mapped_column(words(ActKind, "kind"))
    from_amount: Mapped[Decimal] = mapped_column(Yuan)
    steps: Mapped[Steps] = mapped_column(words(Steps, "steps"))
    valid_from: Mapped[date]
    reason: Mapped[str] = mapped_column(String(500), default="")
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    ended_by: Mapped[str] = mapped_column(String(120), default="")
    version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation | None] = relationship()
