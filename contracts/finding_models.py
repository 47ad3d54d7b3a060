"""核验发现: what a recorded fact contradicts. A fact is never refused for being wrong."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Recorded, UtcInstant
from kernel.database import Base
from kernel.keys import new_key


class Finding(Recorded, Base):
    """One contradiction: of which rule (``code``), where, what stands there, what follows.

    ``subject`` identifies the record within its ``code`` (a payment's key, a programme's code and
    item). A finding that no longer follows from the ledger gets ``ended_at``; it is not deleted.
    """

    __tablename__ = "finding"
    __table_args__ = (
        Index(
            "ix_finding_open",
            "code",
            "subject",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    code: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(200))
    contract_id: Mapped[UUID | None] = mapped_column(ForeignKey("contract.id"), index=True)
    programme_id: Mapped[UUID | None] = mapped_column(ForeignKey("programme.id"), index=True)
    place: Mapped[str] = mapped_column(String(200), default="")
    value: Mapped[str] = mapped_column(String(400), default="")
    message: Mapped[str] = mapped_column(String(1000))
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)
