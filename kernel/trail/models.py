"""The trail's own tables: who is writing now, what was done, and the seals over it."""

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base


class TrailContext(Base):
    """SQLite's one row of who writes now; empty between transactions of this service."""

    __tablename__ = "trail_context"
    __table_args__ = (CheckConstraint("id = 1", name="only"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    actor: Mapped[str] = mapped_column(String(120))
    user_id: Mapped[str] = mapped_column(String(36))
    client: Mapped[str] = mapped_column(String(64))
    request_id: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(String(1000))
