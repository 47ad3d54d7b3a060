"""The shape of a kind's records: fields of its form, and the model of what goes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

from pydantic import Field, create_model
from sqlalchemy import Boolean, Date, Enum, Integer, Numeric, String, Uuid

from contracts.models import Contract, Organisation, Programme, Vendor
from contracts.records.kinds import Owner, RecordKind
from contracts.schemas import ContractRef, FactOut, OrganisationRef, ProgrammeRef, VendorRef
from kernel.columns import Percent, Points, Yuan
from kernel.money import Money
from kernel.shares import Share

LONG_TEXT = 300
"""Texts that may be longer get several lines."""
_OF_FACT = ("note", "assumed")


class Widget(StrEnum):
    """How a field is typed in."""

    TEXT = "text"
    LONG = "long"
    DATE = "date"
    COUNT = "count"
    AMOUNT = "amount"
    PERCENT = "percent"
    NUMBER = "number"
    CHOICE = "choice"
    LOOKUP = "lookup"
    LOOKUPS = "lookups"


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of a kind's form: ``options`` are values with their words, ``most`` the longest text."""

    name: str
    label: str
    hint: str
    widget: Widget
    required: bool
    options: Sequence[tuple[str, str]] = ()
    most: int = 200


@dataclass(frozen=True, slots=True)
class OwnerShape:
    """An owner's table, the field that shows it in what goes out, its short form, its word."""

    model: type[Any]
    name: str
    ref: type[Any]
    word: str


OWNERS = {
    Owner.CONTRACT: OwnerShape(Contract, "contract", ContractRef, "合同"),
    Owner.ORGANISATION: OwnerShape(Organisation, "organisation", OrganisationRef, "机构"),
    Owner.VENDOR: OwnerShape(Vendor, "vendor", VendorRef, "承接主体"),
    Owner.PROGRAMME: OwnerShape(Programme, "programme", ProgrammeRef, "预算项目"),
}


def own_fields(kind: RecordKind) -> list[str]:
    """The entry's fields that are the kind's own, in their order: without owner and remarks."""
    return [name for name in kind.entry.model_fields if name not in (*_OF_FACT, kind.owner.value)]


@cache
def form_fields(kind: RecordKind) -> tuple[FormField, ...]:
    """The fields of a kind's form, the remark last."""
    return tuple(_form_field(kind, name) for name in (*own_fields(kind), "note"))


def _form_field(kind: RecordKind, name: str) -> FormField:
    given = kind.entry.model_fields[name]
    widget, options = _widget(kind, name)
    most = getattr(_column_type(kind, name), "length", None) or 1000
    return FormField(
        name, kind.label(name), given.description or "", widget, given.is_required(), options, most
    )


def _column_type(kind: RecordKind, name: str) -> Any:
    return None if name in kind.links else kind.model.__table__.columns[name].type


def _widget(kind: RecordKind, name: str) -> tuple[Widget, Sequence[tuple[str, str]]]:
    if name in kind.links:
        return Widget.LOOKUPS, ()
    stored = _column_type(kind, name)
    if isinstance(stored, Enum):
        words = kind.words[stored.enum_class]  # type: ignore[index]  # our enums are classes
        return Widget.CHOICE, [(member.value, word) for member, word in words.items()]
    if isinstance(stored, Boolean):
        return Widget.CHOICE, [("true", "是"), ("false", "否")]
    if isinstance(stored, Uuid):
        return Widget.LOOKUP, ()
    by_type = (
        (Yuan, Widget.AMOUNT), (Points, Widget.NUMBER), (Percent, Widget.PERCENT), (Date, Widget.DATE),
        (Integer, Widget.COUNT), (Numeric, Widget.NUMBER),
    )  # fmt: skip
    for column_type, widget in by_type:
        if isinstance(stored, column_type):
            return widget, ()
    is_long = isinstance(stored, String) and (stored.length or LONG_TEXT + 1) > LONG_TEXT
    return (Widget.LONG if is_long else Widget.TEXT), ()


@cache
def shown_model(kind: RecordKind) -> type[FactOut]:
    """What goes out of a record: its fields, whose it is, and what every fact says of itself."""
    owner = OWNERS[kind.owner]
    fields: dict[str, Any] = {
        "id": (kind.model.__table__.columns["id"].type.python_type, ...),
        owner.name: (owner.ref, Field(description=owner.word)),
    }
    for name in own_fields(kind):
        given = kind.entry.model_fields[name]
        told = Field(title=given.title, description=given.description)
        fields[name] = (_told_type(kind, name), told)
    made: type[FactOut] = create_model(
        kind.entry.__name__.removesuffix("Entry") + "Record",
        __base__=FactOut,
        __doc__=f"{kind.title}。",
        **fields,
    )
    return made


def _told_type(kind: RecordKind, name: str) -> Any:
    """What goes out has the column's type alone: a fact of old need not fit what may come in."""
    if name in kind.links:
        return tuple[UUID, ...]
    column = kind.model.__table__.columns[name]
    by_type: tuple[tuple[type[Any], Any], ...] = (
        (Yuan, Money), (Percent, Share), (Date, date), (Boolean, bool), (Integer, int),
        (Uuid, UUID), (String, str),
    )  # fmt: skip
    told: Any = getattr(column.type, "enum_class", None) or next(
        found for stored, found in by_type if isinstance(column.type, stored)
    )
    return told | None if column.nullable else told


def spoken(kind: RecordKind, name: str, value: Any) -> str:
    """A field's value as a person reads it; ``""`` when it is not given."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, StrEnum):
        return kind.words[type(value)][value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)
