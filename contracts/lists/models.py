"""视图: how somebody likes to see a list, kept by a name of their own."""

from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Recorded
from kernel.database import Base
from kernel.keys import new_key


class SavedView(Recorded, Base):
    """A list's address under a name: ``page`` is which list, ``query`` what stands behind the ``?``.

    It holds no data: whoever opens the address sees what they may see.
    """

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("user_id", "page", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    page: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[str] = mapped_column(String(1000))
