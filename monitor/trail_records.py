"""The trail's words for the records of a file: each kind declares its own."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, cast

from sqlalchemy import Enum

from contracts.record_kinds import RECORD_KINDS
from contracts.records.kinds import RecordKind

TITLES: Final[Mapping[str, str]] = {kind.model.__tablename__: kind.title for kind in RECORD_KINDS}
"""What each table holds."""


def _labels(kind: RecordKind) -> dict[str, str]:
    return {name: field.title for name, field in kind.entry.model_fields.items() if field.title}


def _values(kind: RecordKind) -> dict[tuple[str, str], Mapping[str, str]]:
    table = kind.model.__table__
    enums = {c.name: c.type.enum_class for c in table.columns if isinstance(c.type, Enum)}
    return {
        (table.name, name): {
            member.value: word for member, word in kind.words[cast(type[StrEnum], enum)].items()
        }
        for name, enum in enums.items()
        if enum in kind.words
    }


LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    kind.model.__tablename__: _labels(kind) for kind in RECORD_KINDS
}
"""Names of columns, by table."""
VALUES: Final[Mapping[tuple[str, str], Mapping[str, str]]] = {
    place: words for kind in RECORD_KINDS for place, words in _values(kind).items()
}
"""What values mean, by table and column."""
