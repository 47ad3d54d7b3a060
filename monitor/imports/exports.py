"""Ledgers as workbooks that can be imported again, and empty ones to fill in.

Columns, headings, words and notes come from the same row models as the import reads, so that what
goes out comes in unchanged.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from contracts.access import of_visible, visible
from contracts.enterprises.models import Enterprise
from contracts.hazards.models import Hazard
from contracts.imports.hazard_rows import EnterpriseRow, HazardRow
from contracts.models import (
    Contract,
    ContractParty,
    ContractTotal,
    Organisation,
    PartyRole,
    Programme,
    Vendor,
)
from contracts.service_models import ServiceRound
from contracts.workbook_rows import ContractRow, RoundRow
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.errors import NotFoundError
from kernel.workbook_columns import Column, Kind, LedgerRow, columns_of
from kernel.workbook_sheets import ASSUMED, EXAMPLE, NOTE
from monitor.imports.annotated import put
from payments.workbook_rows import PaymentRow

Row = Mapping[str, Any]
_TEMPLATE_ROWS: Final = 5_000
"""Rows of a template whose cells have drop-downs."""
_FORMS: Final = {
    Kind.TEXT: "文字",
    Kind.CODE: "编号，按文本填写",
    Kind.DATE: "日期，例如 2023-04-07 或 2023年4月7日",
    Kind.AMOUNT: "金额，单位写在表头",
    Kind.COUNT: "0 或正整数",
    Kind.YEAR: "年份，例如 2023",
    Kind.PERCENT: "比例，例如 40%",
}
_EXAMPLES: Final[Mapping[Kind, object]] = {
    Kind.TEXT: "示例",
    Kind.CODE: "SL-001",
    Kind.DATE: date(2023, 4, 7),
    Kind.AMOUNT: 100000,
    Kind.COUNT: 1,
    Kind.YEAR: 2023,
    Kind.PERCENT: "40%",
}


@dataclass(frozen=True, slots=True)
class Export:
    """A kind of ledger: its sheet, its rows for a reader, and what the reader must be allowed."""

    row_type: type[LedgerRow]
    query: Callable[[Actor], Select[Any]]
    needs: Permission

    @property
    def title(self) -> str:
        """What people call it: the sheet's name."""
        return self.row_type.SHEET


def _contracts(actor: Actor) -> Select[Any]:
    payer, party = aliased(Organisation), aliased(ContractParty)
    return (
        select(
            Contract.__table__,
            Organisation.name.label("purchaser"),
            Vendor.name.label("vendor"),
            Programme.code.label("programme"),
            payer.name.label("payer"),
            ContractTotal.amount.label("total"),
        )
        .join(Organisation, Organisation.id == Contract.purchaser_id)
        .join(Vendor, Vendor.id == Contract.vendor_id)
        .join(Programme, Programme.id == Contract.programme_id)
        .outerjoin(
            party,
            (party.contract_id == Contract.id) & (party.role == PartyRole.PAYER),
        )
        .outerjoin(payer, payer.id == party.organisation_id)
        .outerjoin(
            ContractTotal,
            (ContractTotal.contract_id == Contract.id)
            & ContractTotal.superseded_at.is_(None)
            & ContractTotal.valid_to.is_(None),
        )
        .where(visible(actor))
        .order_by(Contract.number, Contract.id)
    )


def _rounds(actor: Actor) -> Select[Any]:
    return (
        select(ServiceRound.__table__, Contract.number.label("contract"))
        .join(Contract, Contract.id == ServiceRound.contract_id)
        .where(of_visible(ServiceRound.contract_id, actor, Permission.SERVICE_READ))
        .order_by(Contract.number, Contract.id, ServiceRound.number)
    )


def _hazards(actor: Actor) -> Select[Any]:
    return (
        select(
            Hazard.__table__,
            Contract.number.label("contract"),
            Enterprise.name.label("enterprise"),
            ServiceRound.number.label("round"),
        )
        .join(Contract, Contract.id == Hazard.contract_id)
        .outerjoin(Enterprise, Enterprise.id == Hazard.enterprise_id)
        .outerjoin(ServiceRound, ServiceRound.id == Hazard.round_id)
        .where(of_visible(Hazard.contract_id, actor, Permission.SERVICE_READ))
        .order_by(Hazard.contract_id, Hazard.id)
    )


def _enterprises(_actor: Actor) -> Select[Any]:
    return select(Enterprise.__table__).order_by(Enterprise.name, Enterprise.id)


EXPORTS: Final[Mapping[str, Export]] = {
    "contracts": Export(ContractRow, _contracts, Permission.CONTRACTS_READ),
    "rounds": Export(RoundRow, _rounds, Permission.SERVICE_READ),
    "hazards": Export(HazardRow, _hazards, Permission.SERVICE_READ),
    "enterprises": Export(EnterpriseRow, _enterprises, Permission.CONTRACTS_READ),
}
TEMPLATES: Final[Mapping[str, type[LedgerRow]]] = {
    **{name: export.row_type for name, export in EXPORTS.items()},
    "payments": PaymentRow,
}


def export_to(session: Session, actor: Actor, kind: str, path: Path) -> str:
    """Write what the actor sees of a kind, row by row; gives its title. Raises ``NotFoundError``."""
    export = EXPORTS.get(kind)
    if export is None:
        raise NotFoundError(f"没有“{kind}”这种台账可导出")
    statement = export.query(actor).execution_options(yield_per=1_000)
    rows = session.execute(statement).mappings()
    with Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False}) as book:
        _write_rows(book, export, rows)
    return export.title


def _write_rows(book: Workbook, export: Export, rows: Iterator[Row] | Any) -> None:
    sheet = book.add_worksheet(export.title)
    sheet.freeze_panes(1, 0)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    columns: dict[str, Column] | None = None
    for at, row in enumerate(rows, start=1):
        if columns is None:
            columns = _present(export.row_type, row)
            _write_headings(book, sheet, export.row_type, columns)
        for place, (name, column) in enumerate(columns.items()):
            put(sheet, at, place, _cell(column, _value(row, name, column)), (None, day))
        put(sheet, at, len(columns), _assumed(export.row_type, row))
        put(sheet, at, len(columns) + 1, row.get("note"))
    if columns is None:
        _write_headings(book, sheet, export.row_type, columns_of(export.row_type))


def _present(row_type: type[LedgerRow], row: Row) -> dict[str, Column]:
    """The columns whose values the ledger gives."""
    return {
        name: column
        for name, column in columns_of(row_type).items()
        if name in row or (column.stored or name) in row
    }


def _value(row: Row, name: str, column: Column) -> Any:
    return row[name] if name in row else row[column.stored or name]


def _cell(column: Column, value: Any) -> Any:
    """A value as the import reads it back: words for enums, amounts in yuan."""
    if value is None:
        return None
    if column.kind is Kind.WORD:
        words = {known: word for word, known in reversed(list((column.words or {}).items()))}
        return words.get(value, "")
    if isinstance(value, Decimal):
        return float(value)
    return value.value if isinstance(value, Enum) else value


def _assumed(row_type: type[LedgerRow], row: Row) -> str:
    named = {
        column.stored or name: column.headings[0] for name, column in columns_of(row_type).items()
    }
    return "、".join(named[name] for name in row.get("assumed") or () if name in named)


def template_to(kind: str, path: Path) -> str:
    """Write an empty workbook of a kind; gives its title. Raises ``NotFoundError``."""
    row_type = TEMPLATES.get(kind)
    if row_type is None:
        raise NotFoundError(f"没有“{kind}”这种台账的模板")
    columns = columns_of(row_type)
    with Workbook(str(path)) as book:
        sheet = book.add_worksheet(row_type.SHEET)
        sheet.freeze_panes(1, 0)
        _write_headings(book, sheet, row_type, columns)
        example = book.add_format({"italic": True, "font_color": "#7F7F7F", "bg_color": "#F2F2F2"})
        day = book.add_format(
            {
                "italic": True,
                "font_color": "#7F7F7F",
                "bg_color": "#F2F2F2",
                "num_format": "yyyy-mm-dd",
            }
        )
        for place, column in enumerate(columns.values()):
            words = list(column.words or {})
            put(sheet, 1, place, words[0] if words else _EXAMPLES[column.kind], (example, day))
            _validate(sheet, place, column)
        put(sheet, 1, len(columns) + 1, EXAMPLE, (example, day))
    return row_type.SHEET


def _write_headings(
    book: Workbook, sheet: Worksheet, row_type: type[LedgerRow], columns: Mapping[str, Column]
) -> None:
    plain = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
    needed = book.add_format({"bold": True, "bg_color": "#BDD7EE", "border": 1})
    for place, (name, column) in enumerate(columns.items()):
        is_needed = row_type.model_fields[name].is_required()
        unit = "(元)" if column.kind is Kind.AMOUNT else ""
        sheet.set_column(place, place, 14)
        sheet.write_string(0, place, column.headings[0] + unit, needed if is_needed else plain)
        sheet.write_comment(0, place, _note(column, is_needed=is_needed), {"author": "说明"})
    for place, heading in enumerate((ASSUMED, NOTE), start=len(columns)):
        sheet.write_string(0, place, heading, plain)
    told = "本行中属于假定（来源没有给出）的表头，用顿号分隔；没有则不填"
    sheet.write_comment(0, len(columns), told, {"author": "说明"})


def _note(column: Column, *, is_needed: bool) -> str:
    form = "、".join(column.words) if column.words else _FORMS[column.kind]
    others = f"；也可写作：{'、'.join(column.headings[1:])}" if column.headings[1:] else ""
    return f"{'必填' if is_needed else '可不填'}。{form}{others}"


def _validate(sheet: Worksheet, place: int, column: Column) -> None:
    """Drop-downs for words, and what Excel can check of dates and counts."""
    if column.words:
        rule: dict[str, Any] = {"validate": "list", "source": list(column.words)}
    elif column.kind is Kind.DATE:
        # A text such as 2023年4月7日 is read too, so Excel only reminds.
        rule = {
            "validate": "date",
            "criteria": "between",
            "minimum": date(1990, 1, 1),
            "maximum": date(2200, 12, 31),
            "error_type": "information",
        }
    elif column.kind is Kind.COUNT:
        rule = {"validate": "integer", "criteria": ">=", "value": 0, "error_type": "information"}
    else:
        return
    rule |= {"ignore_blank": True, "error_message": "请按表头批注填写"}
    sheet.data_validation(1, place, _TEMPLATE_ROWS, place, rule)
