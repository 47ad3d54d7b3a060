"""The columns that a list can show, and which of them somebody chose."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from kernel.access.actor import Actor
from kernel.access.permissions import Permission


class CellKind(Enum):
    """What a column holds, for its look and its cells in a workbook. Money is in yuan."""

    TEXT = "text"
    MONEY = "money"
    COUNT = "count"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column by the name that addresses know it by.

    ``value`` reads it off a shown record; None: not given. ``field`` is its name among a record's
    ``withheld``. It is offered to whom has ``needs``. Columns that are ``usual`` are shown to whom
    has chosen none.
    """

    name: str
    title: str
    value: Callable[[Any], object]
    kind: CellKind = CellKind.TEXT
    field: str = ""
    needs: Permission | None = None
    usual: bool = True


def offered(columns: Sequence[ListColumn], actor: Actor) -> list[ListColumn]:
    """The columns that the actor may choose among."""
    return [column for column in columns if column.needs is None or actor.may(column.needs)]


def shown(columns: Sequence[ListColumn], chosen: Collection[str]) -> list[ListColumn]:
    """The columns chosen, in the order of the list; the usual ones where none of them is known."""
    found = [column for column in columns if column.name in chosen]
    return found or [column for column in columns if column.usual]
