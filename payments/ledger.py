"""Payments of a workbook, brought into the append-only ledger of payments."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from contracts.ledger import ContractIndex, contract_key
from contracts.ledger_changes import (
    LedgerImport,
    LedgerKind,
    headings_of,
    list_missing,
    load_rows,
    refuse_twins,
)
from kernel.keys import new_key
from kernel.sql import among
from kernel.workbook_problems import Problem
from kernel.workbook_sheets import Sheet, SheetRow
from payments.models import Payment
from payments.payment_matching import Entry, match
from payments.workbook_rows import MilestoneRow, PaymentRow

MilestoneKeys = Mapping[Hashable, UUID]
"""Milestones by contract and number."""
REVERSAL = "更正冲销"
MONEY = ("amount", "paid_on", "milestone_id")
"""What cannot be updated: a change of it is a reversal and a new payment (design, two times)."""


@dataclass(slots=True)
class Writes:
    """Statements in the order that the unique vouchers ask for: originals first."""

    reversed: list[dict[str, Any]] = field(default_factory=list)
    reversals: list[dict[str, Any]] = field(default_factory=list)
    updated: list[dict[str, Any]] = field(default_factory=list)
    moved: list[dict[str, Any]] = field(default_factory=list)
    added: list[dict[str, Any]] = field(default_factory=list)


def record_payments(
    work: LedgerImport,
    index: ContractIndex,
    sheet: Sheet[PaymentRow],
    milestones: MilestoneKeys,
    stem: str,
) -> None:
    """Bring 支付台账 into the ledger; ``stem`` is the file's name, for payments without voucher."""
    if "milestone" not in sheet.headings:
        work.problems.add(Problem(sheet.name, None, None, "", "缺少表头“节点序号”"))
        return
    rows = _resolve(work, index, sheet, milestones)
    refuse_twins(
        work,
        sheet,
        (
            ((values["contract_id"], row.record.voucher), row)
            for row, values in rows
            if row.record.voucher
        ),
        "voucher",
        "一份合同的一个支付凭证号",
    )
    known = _known(work, index)
    entries = [
        _entry(values, f"{stem[-150:]} {sheet.name} 第{row.number}行", position)
        for position, (row, values) in enumerate(rows)
    ]
    matched, gone = match(entries, [_entry(row, row["source_key"], row) for row in known])
    list_missing(work.changes, LedgerKind.PAYMENTS, (_label(work, payment.ref) for payment in gone))
    writes = Writes()
    work.changes.learn_words(PaymentRow)
    for entry in entries:
        row, values = rows[entry.ref]
        full = {**values, **work.stamp.of(sheet.name, row.number), "source_key": entry.source_key}
        payment = matched.get(entry.ref)
        if payment is None:
            _add(work, writes, full, sheet.name, row.number)
        else:
            _change(work, writes, payment.ref, full, values, (sheet.name, row.number))
    if work.writes:
        _write(work, writes)


def _resolve(
    work: LedgerImport,
    index: ContractIndex,
    sheet: Sheet[PaymentRow],
    milestones: MilestoneKeys,
) -> list[tuple[SheetRow[PaymentRow], dict[str, Any]]]:
    rows: list[tuple[SheetRow[PaymentRow], dict[str, Any]]] = []
    for row in sheet.rows:
        contract_id = contract_key(work, index, sheet, row)
        number = row.record.milestone
        milestone = milestones.get((contract_id, number)) if number is not None else None
        if contract_id is None:
            continue
        if number is not None and milestone is None:
            if MilestoneRow.SHEET not in work.problems.sheets:
                message = "该合同没有这个节点序号；应为“支付节点”表或台账中已有的节点，或留空"
                work.problems.add(sheet.problem(row.number, "milestone", number, message))
            continue
        values = {**sheet.values(row), "contract_id": contract_id, "milestone_id": milestone}
        values["voucher"] = row.record.voucher
        rows.append((row, values))
    return rows


def _known(work: LedgerImport, index: ContractIndex) -> list[dict[str, Any]]:
    """The payments that stand, of all contracts that the file names."""
    columns = Payment.__table__.columns
    return load_rows(
        work.session,
        select(*columns)
        .where(
            among(work.session, columns.contract_id, index.scope),
            columns.reversed.is_(False),
            columns.reverses_id.is_(None),
        )
        .order_by(columns.recorded_at, columns.id),
    )


def _entry(values: Mapping[str, Any], source_key: str, ref: object) -> Entry:
    return Entry(
        values["contract_id"],
        values["milestone_id"],
        values["paid_on"],
        values["amount"],
        values["voucher"],
        source_key,
        ref,
    )


def _label(work: LedgerImport, payment: Mapping[str, Any]) -> str:
    which = payment["voucher"] or f"{payment['paid_on']} {payment['amount']} 元"
    return f"{work.changes.show(payment['contract_id'])} {which}"


def _add(work: LedgerImport, writes: Writes, full: dict[str, Any], sheet: str, row: int) -> UUID:
    key = new_key()
    writes.added.append({"id": key, **full})
    work.changes.added[LedgerKind.PAYMENTS] += 1
    work.changes.touched.add(full["contract_id"])
    work.changes.places[key] = (sheet, row)
    return key


def _change(
    work: LedgerImport,
    writes: Writes,
    known: Mapping[str, Any],
    full: dict[str, Any],
    values: Mapping[str, Any],
    place: tuple[str, int],
) -> None:
    differing = [name for name in values if values[name] != known[name]]
    work.changes.places[known["id"]] = place
    if not differing:
        work.changes.unchanged[LedgerKind.PAYMENTS] += 1
        _follow_row(writes, known, full["source_key"])
        return
    headings = headings_of(PaymentRow)
    fields = {name: headings.get(name, name) for name in differing}
    work.changes.note_fields(LedgerKind.PAYMENTS, _label(work, known), fields, known, values)
    work.changes.changed[LedgerKind.PAYMENTS] += 1
    work.changes.touched.add(known["contract_id"])
    version = known["version"] + 1
    if not set(differing) & set(MONEY):
        writes.updated.append({**full, "id": known["id"], "version": version})
        return
    writes.reversed.append({"id": known["id"], "reversed": True, "version": version})
    writes.reversals.append(_reversal(known, full))
    key = new_key()
    kept = {name: known[name] for name in ("reason", "payee", "resolution", "assumed", "note")}
    writes.added.append({"id": key, **kept, **full})
    work.changes.places[key] = place


def _reversal(known: Mapping[str, Any], full: Mapping[str, Any]) -> dict[str, Any]:
    """The same payment with its sign turned, on the same day."""
    same = ("contract_id", "milestone_id", "paid_on", "payee", "voucher", "resolution", "assumed")
    return {
        "id": new_key(),
        **{name: known[name] for name in same},
        "amount": -known["amount"],
        "reason": REVERSAL,
        "reverses_id": known["id"],
        **{name: full[name] for name in ("recorded_at", "recorded_by", "source")},
    }


def _follow_row(writes: Writes, known: Mapping[str, Any], source_key: str) -> None:
    """Rows move within a file; in a file of another name a row number says nothing."""
    stem = known["source_key"].rpartition(" 第")[0]
    if source_key != known["source_key"] and source_key.rpartition(" 第")[0] == stem:
        writes.moved.append({"id": known["id"], "source_key": source_key})


def _write(work: LedgerImport, writes: Writes) -> None:
    for updates in (writes.reversed, writes.updated, writes.moved):
        if updates:
            work.session.execute(update(Payment), updates)
    for inserts in (writes.reversals, writes.added):
        if inserts:
            work.session.execute(insert(Payment), inserts)
