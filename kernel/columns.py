"""Column types and mixins that every ledger uses."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum as PyEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Enum,
    Index,
    String,
    TypeDecorator,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, mapped_column

from kernel.money import from_fen, to_fen
from kernel.shares import from_scaled, to_scaled

ON_POSTGRESQL = "on PostgreSQL alone"
"""Marks such an index in its ``info``."""
JsonValue = JSON().with_variant(JSONB(), "postgresql")
"""JSON on SQLite, JSONB on PostgreSQL."""


class Yuan(TypeDecorator[Decimal]):
    """``Decimal`` yuan in Python, integer fen in the database (SQLite has no exact decimals)."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Yuan to fen; refuses a part of a fen."""
        return None if value is None else to_fen(value)

    def process_literal_param(self, value: Decimal | None, dialect: Dialect) -> str:
        """Yuan to fen, written into a statement."""
        return "NULL" if value is None else str(to_fen(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Fen to yuan; PostgreSQL gives sums of bigint as ``Decimal``."""
        return None if value is None else from_fen(int(value))


class Percent(TypeDecorator[Decimal]):
    """Exact percent in Python, integer millionths of a percent in the database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Percent to scaled integer; refuses what is outside 0–100 or finer than six places."""
        return None if value is None else to_scaled(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Scaled integer to percent."""
        return None if value is None else from_scaled(int(value))


class Points(Percent):
    """Points of 100, kept as exactly as a percent and shown without its sign."""

    cache_ok = True


class UtcInstant(TypeDecorator[datetime]):
    """An aware instant, stored in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Move to UTC; raises ``ValueError`` for a naive instant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        moved = value.astimezone(UTC)
        return moved.replace(tzinfo=None) if dialect.name == "sqlite" else moved

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the instant aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def words(kind: type[PyEnum], name: str) -> Enum:
    """Column type for an enum kept as its lower-case value, with a CHECK called ``name``."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


EARLIEST_DAY, LATEST_DAY = "1990-01-01", "2200-12-31"
"""No ledger holds a day outside; a year such as 0203 or 20223 is a slip of the pen."""


def on_postgresql(index: Index) -> Index:
    """An index that only a large ledger needs: one bureau's laptop does without."""
    index.ddl_if(dialect="postgresql")
    index.info[ON_POSTGRESQL] = True
    return index


def plausible_days(*columns: str) -> tuple[CheckConstraint, ...]:
    """A CHECK for each date column: NULL or a day that a ledger can hold."""
    return tuple(
        CheckConstraint(f"{column} BETWEEN '{EARLIEST_DAY}' AND '{LATEST_DAY}'", name=column)
        for column in columns
    )


class Recorded:
    """When and by whom a row was written (its second time, beside the business date)."""

    recorded_at: Mapped[datetime] = mapped_column(UtcInstant, sort_order=90)
    recorded_by: Mapped[str] = mapped_column(String(120), sort_order=91)


class Fact(Recorded):
    """A fact entered from outside: recorded, sourced, with the fields that are assumptions.

    ``assumed`` names the fields whose value the source did not give (a screen or figure that
    rests on one says so); ``source`` says where the row was read; ``version`` guards edits.
    """

    assumed: Mapped[list[str]] = mapped_column(JsonValue, default=list, sort_order=92)
    source: Mapped[str] = mapped_column(String(200), default="", sort_order=93)
    note: Mapped[str] = mapped_column(String(1000), default="", sort_order=94)
    version: Mapped[int] = mapped_column(default=1, sort_order=95)
