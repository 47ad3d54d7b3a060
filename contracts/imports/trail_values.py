"""A value as the trail notes it, back in the type of its column."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Boolean, Column, Date, Enum, Uuid

from kernel.columns import Percent, UtcInstant, Yuan
from kernel.money import from_fen
from kernel.shares import from_scaled


def _instant(noted: Any) -> datetime:
    instant = datetime.fromisoformat(str(noted))
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


_READERS: Final[dict[type[Any], Callable[[Any], Any]]] = {
    Uuid: lambda noted: UUID(str(noted)),
    UtcInstant: _instant,
    Date: lambda noted: date.fromisoformat(str(noted)[:10]),
    Yuan: lambda noted: from_fen(int(noted)),
    Percent: lambda noted: from_scaled(int(noted)),
    Boolean: bool,
}


def typed(column: Column[Any], noted: Any) -> Any:
    """The value that the trail's triggers noted, alike on both databases."""
    if noted is None:
        return None
    kind = column.type
    if isinstance(kind, Enum) and kind.enum_class is not None:
        return kind.enum_class(noted)
    for known, read in _READERS.items():
        if isinstance(kind, known):
            return read(noted)
    return noted
