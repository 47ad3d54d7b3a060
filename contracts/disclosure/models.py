"""公开: what was published of a purchase, in which medium, on which day, at which address."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Fact, plausible_days, words
from kernel.database import Base
from kernel.keys import new_key


class DisclosedContent(StrEnum):
    """What of a purchase is published, in the order in which it comes about."""

    INTENTION = "intention"
    TENDER = "tender"
    AWARD = "award"
    CONTRACT = "contract"
    BUDGET_AND_SERVICE = "budget_and_service"
    ACCEPTANCE = "acceptance"
    EVALUATION = "evaluation"


class Disclosure(Fact, Base):
    """One publication. Two media for one content are two rows."""

    __tablename__ = "disclosure"
    __table_args__ = (
        *plausible_days("published_on"),
        Index("ix_disclosure_contract", "contract_id", "published_on", "id"),
        Index("ix_disclosure_content", "contract_id", "content_kind"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    content_kind: Mapped[DisclosedContent] = mapped_column(words(DisclosedContent, "content_kind"))
    medium: Mapped[str] = mapped_column(String(200))
    published_on: Mapped[date]
    title: Mapped[str] = mapped_column(String(200), default="")
    web_address: Mapped[str] = mapped_column(String(500), default="")
    document_number: Mapped[str] = mapped_column(String(200), default="")
