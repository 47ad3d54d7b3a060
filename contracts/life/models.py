"""The dated states of a contract, and the shares by which purchasers and programmes bear it."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Fact, Percent, UtcInstant, on_postgresql, plausible_days, words
from kernel.database import Base
from kernel.keys import new_key


class ContractState(StrEnum):
    """草稿 / 待签 / 已签 / 服务中 / 已暂停 / 已完成 / 已终止."""

    DRAFT = "draft"
    AWARDED = "awarded"
    SIGNED = "signed"
    IN_SERVICE = "in_service"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    TERMINATED = "terminated"


class MoneyLevel(StrEnum):
    """资金来源: whose budget bears a share, 中央 / 自治区（省）/ 市级 / 区县 / 其他."""

    CENTRAL = "central"
    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    OTHER = "other"


class ContractStep(Fact, Base):
    """合同状态的一次变更: the state from ``since`` on, by which document, and why.

    Of several on one day the one recorded last holds. ``document`` is the paper's name and number.
    """

    __tablename__ = "contract_step"
    __table_args__ = (
        Index("ix_contract_step_contract", "contract_id", "since", "id"),
        on_postgresql(Index("ix_contract_step_state", "state", "since")),
        *plausible_days("since"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    state: Mapped[ContractState] = mapped_column(words(ContractState, "state"))
    since: Mapped[date]
    document: Mapped[str] = mapped_column(String(200), default="")
    why: Mapped[str] = mapped_column(String(1000), default="")


class ContractShare(Fact, Base):
    """分担份额: which purchaser's programme, from whose budget, bears how much of the contract.

    The shares of a contract add up to exactly 100 %; a contract without rows is borne whole by its
    purchaser and programme. Codes are 政府收支分类科目 as the budget document (指标文号) gives
    them. A corrected row stays, with ``superseded_at``.
    """

    __tablename__ = "contract_share"
    __table_args__ = (
        CheckConstraint("share BETWEEN 0 AND 100000000", name="share"),
        Index(
            "ix_contract_share_current",
            "contract_id",
            "position",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    position: Mapped[int]
    purchaser_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"), index=True)
    share: Mapped[Decimal] = mapped_column(Percent)
    money_level: Mapped[MoneyLevel | None] = mapped_column(words(MoneyLevel, "money_level"))
    functional_code: Mapped[str] = mapped_column(String(20), default="")
    economic_code: Mapped[str] = mapped_column(String(20), default="")
    budget_document: Mapped[str] = mapped_column(String(200), default="")
    superseded_at: Mapped[datetime | None] = mapped_column(UtcInstant)
