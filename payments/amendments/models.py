"""What a milestone asks for from a day on, where an amendment of the contract changed it."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Recorded, Yuan, plausible_days
from kernel.database import Base
from kernel.keys import new_key


class MilestoneAmount(Recorded, Base):
    """付款节点金额调整: the milestone asks for ``amount`` from ``valid_from`` on, by an amendment.

    Of two amendments from one day the later number's counts. What was agreed at first stays in
    ``Milestone``, so that any past day can still be told.
    """

    __tablename__ = "milestone_amount"
    __table_args__ = (
        UniqueConstraint("milestone_id", "amendment_id"),
        CheckConstraint("amount >= 0", name="amount"),
        *plausible_days("valid_from"),
        Index("ix_milestone_amount_contract", "contract_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    milestone_id: Mapped[UUID] = mapped_column(ForeignKey("milestone.id"))
    amendment_id: Mapped[UUID] = mapped_column(ForeignKey("contract_amendment.id"))
    valid_from: Mapped[date]
    amount: Mapped[Decimal] = mapped_column(Yuan)
