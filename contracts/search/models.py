"""The text that is searched: one row a record, kept by the database itself."""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import on_postgresql, words
from kernel.database import Base


class SearchKind(StrEnum):
    """What can be found: 合同, 承接主体, 企业, 隐患."""

    CONTRACT = "contract"
    VENDOR = "vendor"
    ENTERPRISE = "enterprise"
    HAZARD = "hazard"


def _grams_index(kind: SearchKind) -> Index:
    """One a kind, so that a word common in one kind costs nothing in another."""
    return on_postgresql(
        Index(
            f"ix_search_entry_{kind}_grams",
            "grams",
            postgresql_using="gin",
            postgresql_where=text(f"kind = '{kind}'"),
        )
    )


class SearchEntry(Base):
    """A record's text as it is searched (``contracts.search.text`` says how it is folded).

    Triggers write it (``migrations/search_triggers.py``), whoever changes a record. ``position``
    is the order of entry: pages go by it. ``first_day`` NULL: the record is there on every day.
    ``contract_id`` NULL: shared reference data. ``grams`` are the pieces that the index finds.
    """

    __tablename__ = "search_entry"
    __table_args__ = (
        Index("ix_search_entry_record", "record_id", unique=True),
        Index("ix_search_entry_kind", "kind", "position"),
        Index("ix_search_entry_contract", "contract_id", "kind", "position"),
        *(_grams_index(kind) for kind in SearchKind),
    )

    position: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    kind: Mapped[SearchKind] = mapped_column(words(SearchKind, "kind"))
    record_id: Mapped[UUID]
    contract_id: Mapped[UUID | None]
    first_day: Mapped[date | None]
    words: Mapped[str] = mapped_column(Text)
    grams: Mapped[Any] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"))
