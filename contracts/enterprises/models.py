"""企业: who is inspected. Shared reference data; which contract reaches whom is the contract's."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Fact, Recorded, UtcInstant, plausible_days
from kernel.database import Base
from kernel.keys import new_key


def _own_id(context: Any) -> UUID:
    own: UUID = context.get_current_parameters(isolate_multiinsert_groups=False)["id"]
    return own


class Enterprise(Fact, Base):
    """企业. ``name_key`` is its name as ``contracts.enterprises.names`` normalises it.

    ``merged_into_id`` is what a person decided; ``root_id``, which follows from it, is the
    enterprise that this one counts as: its own id as long as nobody merged it. Rows of other tables
    keep the id that they were written with, so that a merge can be taken back.
    ``credit_code`` is 统一社会信用代码 (GB 32100-2015), ``division_code`` GB/T 2260.
    """

    __tablename__ = "enterprise"
    __table_args__ = (
        CheckConstraint("merged_into_id <> id", name="merged_into"),
        Index("ix_enterprise_name", "name", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(200), index=True)
    credit_code: Mapped[str | None] = mapped_column(String(18), unique=True)
    division_code: Mapped[str | None] = mapped_column(String(12))
    sector: Mapped[str] = mapped_column(String(100), default="")
    located_at: Mapped[str] = mapped_column(String(300), default="")
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("enterprise.id"), index=True)
    root_id: Mapped[UUID] = mapped_column(
        ForeignKey("enterprise.id"), index=True, default=_own_id, sort_order=20
    )


class ContractEnterprise(Recorded, Base):
    """受检企业名单: the enterprises that a contract is to reach, from a day to before another.

    ``listed_from`` NULL: since the contract began. One taken off the list keeps its row.
    """

    __tablename__ = "contract_enterprise"
    __table_args__ = (
        *plausible_days("listed_from", "listed_to"),
        Index(
            "ix_contract_enterprise_listed",
            "contract_id",
            "enterprise_id",
            unique=True,
            sqlite_where=text("listed_to IS NULL"),
            postgresql_where=text("listed_to IS NULL"),
        ),
        Index("ix_contract_enterprise_contract", "contract_id", "id"),
        Index("ix_contract_enterprise_enterprise", "enterprise_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("enterprise.id"))
    listed_from: Mapped[date | None]
    listed_to: Mapped[date | None]


class RoundEnterprise(Recorded, Base):
    """轮次检查的企业: an enterprise that a round visited, how often (家次), and on which day.

    ``visited_on`` NULL: the source gives the enterprise but no day. An enterprise visited on
    several days has a row for each. One that was corrected away keeps its row, ``superseded_at``.
    """

    __tablename__ = "round_enterprise"
    __table_args__ = (
        CheckConstraint("visits >= 1", name="visits"),
        *plausible_days("visited_on"),
        Index("ix_round_enterprise_round", "round_id", "enterprise_id"),
        Index("ix_round_enterprise_contract", "contract_id", "enterprise_id"),
        Index("ix_round_enterprise_enterprise", "enterprise_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    round_id: Mapped[UUID] = mapped_column(ForeignKey("service_round.id"))
    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("enterprise.id"))
    visited_on: Mapped[date | None]
    visits: Mapped[int] = mapped_column(default=1)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcInstant)
