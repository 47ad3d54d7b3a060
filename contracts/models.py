"""Who and what is watched: organisations, vendors, programmes, contracts and their parties."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from kernel.columns import (
    LATEST_DAY,
    Fact,
    Percent,
    Recorded,
    UtcInstant,
    Yuan,
    on_postgresql,
    plausible_days,
    words,
)
from kernel.database import Base
from kernel.dated import DatedVersion, period_check
from kernel.keys import new_key
from kernel.pinyin import pinyin_key


class OrganisationKind(StrEnum):
    """What an organisation is in the tree 自治区 → 市 → 部门/管委会."""

    GOVERNMENT = "government"
    DEPARTMENT = "department"
    FINANCE = "finance"
    COMMITTEE = "committee"
    INSTITUTION = "institution"


class PartyRole(StrEnum):
    """In what capacity somebody is a party to a contract; ownership is this table of parties."""

    PURCHASER = "purchaser"
    PAYER = "payer"
    LEAD = "lead"
    VENDOR = "vendor"


class VendorSize(StrEnum):
    """企业规模 大/中/小/微 (工信部联企业〔2011〕300号); the last three are 中小企业."""

    LARGE = "large"
    MEDIUM = "medium"
    SMALL = "small"
    MICRO = "micro"


class PublicUnit(StrEnum):
    """事业单位 公益一类/公益二类: the former cannot be 承接主体 (财政部令第102号, article 8)."""

    CLASS_ONE = "class_one"
    CLASS_TWO = "class_two"


class ProcurementMethod(StrEnum):
    """采购方式 (政府采购法 26, 政府采购非招标采购方式管理办法, 政府采购框架协议采购方式管理暂行办法)."""

    OPEN_TENDER = "open_tender"
    INVITED_TENDER = "invited_tender"
    NEGOTIATION = "negotiation"
    CONSULTATION = "consultation"
    INQUIRY = "inquiry"
    SINGLE_SOURCE = "single_source"
    FRAMEWORK = "framework"
    OTHER = "other"


class RatePeriod(StrEnum):
    """For how long an agreed rate of late interest is: 按日 / 按年."""

    DAY = "day"
    YEAR = "year"


class Organisation(Fact, Base):
    """机构: a node of the tree. ``division_code`` is GB/T 2260."""

    __tablename__ = "organisation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    short_name: Mapped[str] = mapped_column(String(60), default="")
    kind: Mapped[OrganisationKind] = mapped_column(words(OrganisationKind, "kind"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    division_code: Mapped[str | None] = mapped_column(String(12))

    @property
    def label(self) -> str:
        """The short name where there is one: 应急管理局."""
        return self.short_name or self.name


class Vendor(Fact, Base):
    """承接主体: shared reference data. ``credit_code`` is GB 32100-2015.

    ``size`` NULL: not known. ``public_unit`` NULL: an enterprise, or not known to be 事业单位.
    """

    __tablename__ = "vendor"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    credit_code: Mapped[str | None] = mapped_column(String(18), unique=True)
    size: Mapped[VendorSize | None] = mapped_column(words(VendorSize, "size"))
    public_unit: Mapped[PublicUnit | None] = mapped_column(words(PublicUnit, "public_unit"))
    registered_place: Mapped[str] = mapped_column(
        String(200), default="", server_default=text("''")
    )


class Programme(Fact, Base):
    """预算项目: budget at the start of the year, for the whole year (A), and money received."""

    __tablename__ = "programme"
    __table_args__ = (
        CheckConstraint("fiscal_year BETWEEN 1990 AND 2200", name="fiscal_year"),
        CheckConstraint("initial_budget >= 0", name="initial_budget"),
        CheckConstraint("budget >= 0", name="budget"),
        CheckConstraint("received >= 0", name="received"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    fiscal_year: Mapped[int]
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    initial_budget: Mapped[Decimal | None] = mapped_column(Yuan)
    budget: Mapped[Decimal | None] = mapped_column(Yuan)
    received: Mapped[Decimal | None] = mapped_column(Yuan)
    approval_document: Mapped[str] = mapped_column(String(200), default="")

    lead: Mapped[Organisation] = relationship()


def _name_pinyin(context: Any) -> str:
    given: str = context.get_current_parameters(isolate_multiinsert_groups=False)["name"]
    return pinyin_key(given)


class Contract(Fact, Base):
    """合同: what is bought from whom for how long. Its total is kept in ``ContractTotal``.

    The natural key is the purchaser and its number. A service that ends before it starts is an
    input error for an act but a fact in an old ledger, so no constraint forbids it.

    ``drafted_on`` is the day from which the ledger lists a contract that was drafted in it.
    ``purchaser_id``, ``vendor_id`` and ``programme_id`` are the first of each where several share
    the contract (``ContractParty``, ``contracts.life.models.ContractShare``). ``service_end`` is
    the day that holds now, amendments included. ``late_interest_rate`` is percent a
    ``late_interest_per``; ``acceptance_days`` the agreed acceptance period in calendar days;
    ``sme_at_signing`` None: not known. ``name_pinyin`` sorts by the name's pinyin.
    """

    __tablename__ = "contract"
    __table_args__ = (
        UniqueConstraint("purchaser_id", "number"),
        *plausible_days("signed_on", "service_start", "service_end"),
        *plausible_days("drafted_on", "awarded_on", "filed_on"),
        on_postgresql(Index("ix_contract_service_start", "service_start")),
        Index("ix_contract_name", "name_pinyin", "id"),
        Index("ix_contract_number", "number", "id"),
        Index("ix_contract_changed", "recorded_at", "id"),
        on_postgresql(
            Index("ix_contract_service_end", text(f"coalesce(service_end, '{LATEST_DAY}')"), "id")
        ),
        CheckConstraint("performance_bond >= 0", name="performance_bond"),
        CheckConstraint("late_interest_rate BETWEEN 0 AND 100000000", name="late_interest_rate"),
        CheckConstraint("acceptance_days BETWEEN 0 AND 3660", name="acceptance_days"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    number: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    purchaser_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    vendor_id: Mapped[UUID] = mapped_column(ForeignKey("vendor.id"), index=True)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"), index=True)
    sectors: Mapped[str] = mapped_column(String(200), default="")
    content: Mapped[str] = mapped_column(String(2000), default="")
    signed_on: Mapped[date | None]
    service_start: Mapped[date | None]
    service_end: Mapped[date | None]
    drafted_on: Mapped[date | None]
    awarded_on: Mapped[date | None]
    procurement_method: Mapped[ProcurementMethod | None] = mapped_column(
        words(ProcurementMethod, "procurement_method")
    )
    filed_on: Mapped[date | None]
    filing_number: Mapped[str] = mapped_column(String(80), default="", server_default=text("''"))
    sme_at_signing: Mapped[bool | None]
    performance_bond: Mapped[Decimal | None] = mapped_column(Yuan)
    late_interest_rate: Mapped[Decimal | None] = mapped_column(Percent)
    late_interest_per: Mapped[RatePeriod | None] = mapped_column(
        words(RatePeriod, "late_interest_per")
    )
    acceptance_days: Mapped[int | None]
    name_pinyin: Mapped[str] = mapped_column(
        String(200), default=_name_pinyin, server_default=text("''")
    )

    @validates("name")
    def _follow_name(self, _field: str, name: str) -> str:
        self.name_pinyin = pinyin_key(name)
        return name

    purchaser: Mapped[Organisation] = relationship()
    vendor: Mapped[Vendor] = relationship()
    programme: Mapped[Programme] = relationship()


FIRST = 1
"""The position of the first party of a capacity."""


class ContractParty(Recorded, Base):
    """合同当事人: who takes part in what capacity; what an actor may see follows from these rows.

    ``position`` 1 is the first of its capacity: the purchaser that keeps the contract, and of a
    consortium 联合体 its lead. ``work_share`` is the percent of the work that a member of a
    consortium does, where the agreement says so.
    """

    __tablename__ = "contract_party"
    __table_args__ = (
        CheckConstraint(
            "(role = 'vendor') = (vendor_id IS NOT NULL) "
            "AND (role = 'vendor') = (organisation_id IS NULL)",
            name="who",
        ),
        CheckConstraint("position >= 1", name="position"),
        CheckConstraint("work_share BETWEEN 0 AND 100000000", name="work_share"),
        Index("ix_contract_party_organisation", "organisation_id", "contract_id"),
        Index("ix_contract_party_vendor", "vendor_id", "contract_id"),
    )

    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"), primary_key=True)
    role: Mapped[PartyRole] = mapped_column(words(PartyRole, "role"), primary_key=True)
    position: Mapped[int] = mapped_column(
        primary_key=True, default=FIRST, server_default="1", autoincrement=False
    )
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    vendor_id: Mapped[UUID | None] = mapped_column(ForeignKey("vendor.id"))
    work_share: Mapped[Decimal | None] = mapped_column(Percent)


class ContractTotal(DatedVersion, Recorded, Base):
    """合同总额 over time. ``amount`` NULL: the source does not give it.

    A contract has one on every day on which it is listed. A correction supersedes a version (it
    stays, with ``superseded_at``) and writes another.
    """

    __tablename__ = "contract_total"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount"),
        period_check(),
        Index(
            "ix_contract_total_current",
            "contract_id",
            "valid_from",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
        on_postgresql(
            Index(
                "ix_contract_total_amount",
                text("coalesce(amount, -1)"),
                "contract_id",
                postgresql_where=text("superseded_at IS NULL"),
            )
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    amount: Mapped[Decimal | None] = mapped_column(Yuan)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcInstant)
