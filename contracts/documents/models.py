"""A content that is stored once, and the documents that are it: whose, what of, which version."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kernel.columns import Fact, Recorded, plausible_days, words
from kernel.database import Base
from kernel.keys import new_key


class DocumentKind(StrEnum):
    """What a document is in the file of a contract (domain, sections 1, 2 and 4)."""

    TENDER = "tender"
    AWARD_NOTICE = "award_notice"
    CONTRACT = "contract"
    AMENDMENT = "amendment"
    PLAN = "plan"
    REPORT = "report"
    NOTICE = "notice"
    ACCEPTANCE = "acceptance"
    INVOICE = "invoice"
    VOUCHER = "voucher"
    PHOTO = "photo"
    PHOTO_BEFORE = "photo_before"
    PHOTO_AFTER = "photo_after"
    APPROVAL = "approval"
    MINUTES = "minutes"
    RULE = "rule"
    QUALIFICATION = "qualification"
    ATTENDANCE = "attendance"
    SURVEY = "survey"
    OTHER = "other"


class StoredFile(Recorded, Base):
    """文件内容: bytes that the store keeps under their SHA-256, however many documents are they.

    ``media_type`` was found by looking into them. Whose they are only the documents say.
    """

    __tablename__ = "stored_file"
    __table_args__ = (CheckConstraint("byte_count > 0", name="byte_count"),)

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    byte_count: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(120))


class Document(Fact, Base):
    """附件: one version of a document of one record. Nothing is deleted: it is superseded or withdrawn.

    ``object_kind`` and ``object_id`` name the record (``contracts.documents.attachable``); the
    contract, organisation, vendor or programme that the record belongs to is kept beside: the
    contract's whole file, and the database's own wall, go by it. ``series_id`` is the first version's id.
    """

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("series_id", "version_number"),
        CheckConstraint("version_number >= 1", name="version_number"),
        CheckConstraint("(withdrawn_on IS NULL) = (withdrawn_reason = '')", name="withdrawn"),
        *plausible_days("dated_on", "withdrawn_on"),
        Index("ix_document_object", "object_kind", "object_id", "id"),
        Index("ix_document_contract", "contract_id", "id"),
        Index("ix_document_organisation", "organisation_id", "id"),
        Index("ix_document_vendor", "vendor_id", "id"),
        Index("ix_document_programme", "programme_id", "id"),
        Index("ix_document_sha256", "sha256"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[UUID]
    contract_id: Mapped[UUID | None] = mapped_column(ForeignKey("contract.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    vendor_id: Mapped[UUID | None] = mapped_column(ForeignKey("vendor.id"))
    programme_id: Mapped[UUID | None] = mapped_column(ForeignKey("programme.id"))
    kind: Mapped[DocumentKind] = mapped_column(words(DocumentKind, "kind"))
    title: Mapped[str] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(String(120), default="")
    dated_on: Mapped[date | None]
    file_name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    series_id: Mapped[UUID]
    version_number: Mapped[int] = mapped_column(default=1)
    withdrawn_on: Mapped[date | None]
    withdrawn_by: Mapped[str] = mapped_column(String(120), default="")
    withdrawn_reason: Mapped[str] = mapped_column(String(500), default="")

    stored: Mapped[StoredFile] = relationship()
