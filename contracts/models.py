"""Who and what is watched: organisations, vendors, programmes, contracts and their parties."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kernel.columns import Fact, Recorded, UtcInstant, Yuan, plausible_days, words
from kernel.database import Base
from kernel.dated import DatedVersion, period_check
from kernel.keys import new_key


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
    """承接主体: shared reference data. ``credit_code`` is GB 32100-2015."""

    __tablename__ = "vendor"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    credit_code: Mapped[str | None] = mapped_column(String(18), unique=True)


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


class Contract(Fact, Base):
    """合同: what is bought from whom for how long. Its total is kept in ``ContractTotal``.

    The natural key is the purchaser and its number. A service that ends before it starts is an
    input error for an act but a fact in an old ledger, so no constraint forbids it.
    """

    __tablename__ = "contract"
    __table_args__ = (
        UniqueConstraint("purchaser_id", "number"),
        *plausible_days("signed_on", "service_start", "service_end"),
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

    purchaser: Mapped[Organisation] = relationship()
    vendor: Mapped[Vendor] = relationship()
    programme: Mapped[Programme] = relationship()


class ContractParty(Recorded, Base):
    """合同当事人: one row a capacity; what an actor may see follows from these rows."""

    __tablename__ = "contract_party"
    __table_args__ = (
        CheckConstraint(
            "(role = 'vendor') = (vendor_id IS NOT NULL) "
            "AND (role = 'vendor') = (organisation_id IS NULL)",
            name="who",
        ),
        Index("ix_contract_party_organisation", "organisation_id", "contract_id"),
        Index("ix_contract_party_vendor", "vendor_id", "contract_id"),
    )

    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"), primary_key=True)
    role: Mapped[PartyRole] = mapped_column(words(PartyRole, "role"), primary_key=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    vendor_id: Mapped[UUID | None] = mapped_column(ForeignKey("vendor.id"))


class ContractTotal(DatedVersion, Recorded, Base):
    """合同总额 over time. ``amount`` NULL: the source does not give it.

    A correction supersedes a version (it stays, with ``superseded_at``) and writes another.
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
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    amount: Mapped[Decimal | None] = mapped_column(Yuan)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcInstant)
