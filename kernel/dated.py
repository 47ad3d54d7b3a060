"""Dated versions: what holds over a period, as rows with ``valid_from`` and ``valid_to``.

``valid_to`` is the first day on which a version no longer holds; NULL while it is open.
One predicate answers for today (through the partial indexes on open versions) and for any past day.
"""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, SQLColumnExpression, and_, or_
from sqlalchemy.orm import Mapped, mapped_column


class DatedVersion:
    """Columns of a dated version."""

    valid_from: Mapped[date] = mapped_column(sort_order=10)
    valid_to: Mapped[date | None] = mapped_column(sort_order=11)


def period_check() -> CheckConstraint:
    """A version lasts at least a day."""
    return CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="period")


def holds_on(version: Any, day: date | SQLColumnExpression[date]) -> ColumnElement[bool]:
    """The version (a mapped class or alias) is the one that holds on ``day``."""
    return and_(version.valid_from <= day, or_(version.valid_to.is_(None), version.valid_to > day))
