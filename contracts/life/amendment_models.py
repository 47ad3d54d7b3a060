"""补充合同 as recorded: what it changed, from which day on, and what stood there before."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Fact, Yuan, plausible_days
from kernel.database import Base
from kernel.keys import new_key


class ContractAmendment(Fact, Base):
    """补充合同: one row an agreement, numbered from 1 within its contract.

    ``amount_change`` is what it adds to the total (negative: takes off), NULL where it changes no
    amount. ``service_end`` is the new last day of service and ``service_end_before`` the one it
    replaced, NULL where it changes no term (or where none was known). ``other_changes`` says what
    else changed. All hold from ``effective_on`` on.
    """

    __tablename__ = "contract_amendment"
    __table_args__ = (
        UniqueConstraint("contract_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint(
            "amount_change IS NOT NULL OR service_end IS NOT NULL OR other_changes <> ''",
            name="changes",
        ),
        *plausible_days("signed_on", "effective_on", "service_end", "service_end_before"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    number: Mapped[int]
    signed_on: Mapped[date]
    effective_on: Mapped[date]
    document: Mapped[str] = mapped_column(String(200), default="")
    amount_change: Mapped[Decimal | None] = mapped_column(Yuan)
    service_end: Mapped[date | None]
    service_end_before: Mapped[date | None]
    other_changes: Mapped[str] = mapped_column(String(2000), default="")
    why: Mapped[str] = mapped_column(String(1000), default="")
