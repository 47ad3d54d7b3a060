"""Payments of a workbook, brought into the append-only ledger of payments."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import aliased

from contracts.ledger import ContractIndex, contract_key
from contracts.ledger_changes import (
    LedgerImport,
    LedgerKind,
    list_missing,
    load_rows,
    refuse_twins,
)
from kernel.keys import new_key
from kernel.sql import among
from kernel.workbook_problems import Problem
from kernel.workbook_sheets import Sheet, SheetRow
from payments.models import BY_ACT, Payment
from payments.payment_matching import Entry, match
from payments.workbook_rows import MilestoneRow, PaymentRow

MilestoneKeys = Mapping[Hashable, UUID]
"""Milestones by contract and number."""
Resolved = list[tuple[SheetRow[PaymentRow], dict[str, Any]]]
"""Rows with their values by the ledger's names, references resolved."""
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
    vouchers = (
        ((values["contract_id"], row.record.voucher), row)
        for row, values in rows
        if row.record.voucher
    )
    refuse_twins(work, sheet, vouchers, "voucher", "一份合同的一个支付凭证号")
    entries = [
        _entry(values, f"{stem[-150:]} {sheet.name} 第{row.number}行", position)
        for position, (row, values) in enumerate(rows)
    ]
    known = [_entry(row, row["source_key"], row) for row in _known(work, index)]
    matched, gone = match(entries, known)
    list_missing(work.changes, LedgerKind.PAYMENTS, (_label(work, payment.ref) for payment in gone))
    _refuse_reversed(work, index, sheet, rows, [e for e in entries if e.ref not in matched])
    writes = _compare(work, sheet.name, rows, entries, matched)
    if work.writes:
        _write(work, writes)


def _compare(
    work: LedgerImport,
    sheet: str,
    rows: Resolved,
    entries: Sequence[Entry],
    matched: Mapping[int, Entry],
) -> Writes:
    writes = Writes()
    work.changes.learn_words(PaymentRow)
    for (row, values), entry in zip(rows, entries, strict=True):
        place = (sheet, row.number)
        full = {**values, **work.stamp.of(*place), "source_key": entry.source_key}
        payment = matched.get(entry.ref)
        if payment is None:
            _add(work, writes, full, place)
        else:
            _change(work, writes, payment.ref, full, values, place)
    return writes


def _resolve(
    work: LedgerImport,
    index: ContractIndex,
    sheet: Sheet[PaymentRow],
    milestones: MilestoneKeys,
) -> Resolved:
    rows: Resolved = []
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


def _refuse_reversed(
    work: LedgerImport,
    index: ContractIndex,
    sheet: Sheet[PaymentRow],
    rows: Resolved,
    new: Sequence[Entry],
) -> None:
    """A file that still names a payment reversed in steps must not bring it back unasked."""
    reversal, columns = aliased(Payment), Payment.__table__.columns
    found = load_rows(
        work.session,
        select(*columns)
        .join(reversal, reversal.reverses_id == columns.id)
        .where(
            among(work.session, columns.contract_id, index.scope),
            reversal.source.startswith(BY_ACT),
        ),
    )
    taken_back = {_paid(_entry(row, row["source_key"], row)) for row in found}
    for entry in new:
        if _paid(entry) in taken_back:
            row, values = rows[entry.ref]
            message = "这笔支付已在系统中冲正；请删去这一行，确已另行支付的请填新凭证号"
            work.problems.add(sheet.problem(row.number, "voucher", values["voucher"], message))


def _paid(entry: Entry) -> tuple[Hashable, str]:
    return entry.content, entry.voucher


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


def _add(work: LedgerImport, writes: Writes, full: dict[str, Any], place: tuple[str, int]) -> None:
    key = new_key()
    writes.added.append({"id": key, **full})
    work.changes.added[LedgerKind.PAYMENTS] += 1
    work.changes.touched.add(full["contract_id"])
    work.changes.places[key] = place


def _change(
    work: LedgerImport,
    writes: Writes,
    known: Mapping[str, Any],
    full: dict[str, Any],
    values: Mapping[str, Any],
    place: tuple[str, int],
) -> None:
    work.changes.places[known["id"]] = place
    differing = work.changes.compare(
        LedgerKind.PAYMENTS, _label(work, known), PaymentRow, known, values
    )
    if not differing:
        _follow_row(writes, known, full["source_key"])
        return
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
            # Without it each change of which fields are unknown begins another statement.
            work.session.execute(insert(Payment).execution_options(render_nulls=True), inserts)
