"""How a row model says which columns it reads: each field carries a `Column`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from kernel.workbook_cells import AmountUnit, narrow

_UNIT = re.compile(r"(?:\(([^()]*)\)|[/:](万元|元))$")
UNITS = {"万元": AmountUnit.WAN, "元": AmountUnit.YUAN}


class Kind(Enum):
    """How a cell is read."""

    TEXT = "text"
    CODE = "code"
    DATE = "date"
    AMOUNT = "amount"
    COUNT = "count"
    YEAR = "year"
    PERCENT = "percent"
    WORD = "word"


SUMMED = (Kind.AMOUNT, Kind.COUNT)
"""Kinds that a 合计 row adds up."""


@dataclass(frozen=True)
class Column:
    """A column: its usual headings, how it is read, and where an assumption about it is noted.

    The first heading is the one named in messages. ``stored`` is the ledger's name of the field
    (the row's own where empty); ``kept`` False: the ledger has no such field.
    """

    headings: tuple[str, ...]
    kind: Kind = Kind.TEXT
    words: Mapping[str, Any] | None = None
    stored: str = ""
    kept: bool = True


class LedgerRow(BaseModel):
    """A row of a sheet: its remark, and the ledger's fields that no source gives."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    SHEET: ClassVar[str]
    note: str = Field(default="", max_length=1000)
    assumed: tuple[str, ...] = ()


def heading_key(heading: str) -> str:
    """A heading as it is compared: half-width, without spaces and line breaks."""
    return narrow(heading).replace("：", ":")


def base_key(heading: str) -> str:
    """A heading without the unit behind it: 合同总额(万元) and 合同总额 are the same column."""
    return _UNIT.sub("", heading_key(heading))


def unit_of(heading: str) -> AmountUnit | None:
    """The unit a heading or a 单位： line states, None when it states none."""
    matched = _UNIT.search(heading_key(heading))
    return UNITS.get(matched[1] or matched[2]) if matched else None


@cache
def columns_of(row_type: type[LedgerRow]) -> dict[str, Column]:
    """The columns of a row model by field, in the order of the sheet."""
    return {
        name: column
        for name, field in row_type.model_fields.items()
        for column in field.metadata
        if isinstance(column, Column)
    }


@cache
def field_by_heading(row_type: type[LedgerRow]) -> dict[str, str]:
    """Which field a heading (by `base_key`) means."""
    return {
        base_key(heading): name
        for name, column in columns_of(row_type).items()
        for heading in column.headings
    }


def required_headings(row_type: type[LedgerRow]) -> dict[str, str]:
    """Headings that a sheet must have, by field: those of fields that a row must give."""
    return {
        name: column.headings[0]
        for name, column in columns_of(row_type).items()
        if row_type.model_fields[name].is_required()
    }


def stored_values(row: LedgerRow, present: Mapping[str, object]) -> dict[str, Any]:
    """The row's values by the ledger's names: of the columns ``present`` in the sheet only."""
    return {
        column.stored or name: getattr(row, name)
        for name, column in columns_of(type(row)).items()
        if name in present and column.kept
    }
