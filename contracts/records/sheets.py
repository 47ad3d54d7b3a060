"""A kind's records as a sheet of a workbook: headings are the fields' titles."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Annotated, Any

from pydantic import Field, create_model
from sqlalchemy import Boolean, Date, Enum, Integer, Numeric, Uuid

from contracts.records.kinds import Owner, RecordKind
from contracts.records.shape import own_fields
from contracts.workbook_rows import YES_NO
from kernel.columns import Percent, Yuan
from kernel.workbook_columns import Column, Kind, LedgerRow

OWNER_HEADINGS: Mapping[Owner, tuple[str, ...]] = {
    Owner.CONTRACT: ("合同编号", "合同号"),
    Owner.ORGANISATION: ("单位", "机构名称"),
    Owner.VENDOR: ("承接单位", "承接主体", "供应商"),
    Owner.PROGRAMME: ("项目编码", "项目代码"),
}
OWNER_FIELD = "whose"
"""The row's field that says whose the record is; of a contract it is ``contract``, as everywhere."""
_KINDS = (
    (Yuan, Kind.AMOUNT), (Percent, Kind.PERCENT), (Date, Kind.DATE), (Integer, Kind.COUNT),
)  # fmt: skip


@cache
def row_type(kind: RecordKind) -> type[LedgerRow]:
    """The row model of the kind's sheet, which is called as the kind is."""
    owner = "contract" if kind.owner is Owner.CONTRACT else OWNER_FIELD
    headings = OWNER_HEADINGS[kind.owner]
    fields: dict[str, Any] = {
        owner: (Annotated[str, Column(headings, _owner_kind(kind), kept=False)], ...)
    }
    for name in own_fields(kind):
        fields[name] = _field(kind, name)
    made: type[LedgerRow] = create_model(f"{kind.name}_row", __base__=LedgerRow, **fields)
    made.SHEET = kind.title
    return made


def _owner_kind(kind: RecordKind) -> Kind:
    return Kind.CODE if kind.owner in (Owner.CONTRACT, Owner.PROGRAMME) else Kind.TEXT


def _field(kind: RecordKind, name: str) -> tuple[Any, Any]:
    """Type and default of a row's field. What names another record comes as words."""
    given = kind.entry.model_fields[name]
    column, words = _cell(kind, name)
    is_kept = name not in kind.links and name not in kind.references
    read = Column((kind.label(name),), column, words, kept=is_kept)
    if not is_kept:
        return Annotated[str, read], Field(... if given.is_required() else "")
    value = Decimal | None if column is Kind.TEXT and _is_number(kind, name) else given.annotation
    return Annotated[
        value, *given.metadata, read
    ], given.get_default() if not given.is_required() else ...


def _cell(kind: RecordKind, name: str) -> tuple[Kind, Mapping[str, Any] | None]:
    if name in kind.links:
        return Kind.TEXT, None
    stored = kind.model.__table__.columns[name].type
    if isinstance(stored, Enum):
        words = kind.words[stored.enum_class]  # type: ignore[index]  # our enums are classes
        return Kind.WORD, {word: member for member, word in words.items()}
    if isinstance(stored, Boolean):
        return Kind.WORD, YES_NO
    if isinstance(stored, Uuid):
        return Kind.TEXT, None
    return next((found for of, found in _KINDS if isinstance(stored, of)), Kind.TEXT), None


def _is_number(kind: RecordKind, name: str) -> bool:
    return isinstance(kind.model.__table__.columns[name].type, Numeric)
