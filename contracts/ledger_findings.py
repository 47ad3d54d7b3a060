"""核验 of contracts, rounds and plans: dates in the wrong order, counts that do not add up."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.findings import Found, doubt
from contracts.ledger_changes import Values, load_rows
from contracts.life import findings as life
from contracts.models import Contract
from contracts.service_models import (
    ImplementationPlan,
    PlannedRound,
    RoundEquipment,
    ServiceRound,
)
from kernel.database import Base
from kernel.sql import among

CODES = (
    "service_reversed",
    "round_reversed",
    "round_outside_service",
    "round_confirmed_early",
    "rectified_above_found",
    "hazards_do_not_add_up",
    "same_round_dates",
    "plan_dates",
    "planned_window_reversed",
    "equipment_does_not_add_up",
    "zero_confirmed_with_hazards",
    *life.CODES,
)
RECTIFIED = (
    ("rectified", "hazards_found", "整改总数", "隐患总数"),
    ("rectified_general", "hazards_general", "整改一般", "一般隐患"),
    ("rectified_major", "hazards_major", "整改重大", "重大隐患"),
)
PARTS = (
    ("hazards_found", "hazards_general", "hazards_major", "隐患总数", "一般、重大隐患之和"),
    ("rectified", "rectified_general", "rectified_major", "整改总数", "整改一般、重大之和"),
)


def contract_findings(session: Session, contract_ids: Collection[UUID]) -> list[Found]:
    """What the records of these contracts contradict; seven queries."""

    def rows(model: type[Base], owner: Any) -> list[dict[str, Any]]:
        return load_rows(
            session, select(*model.__table__.columns).where(among(session, owner, contract_ids))
        )

    contracts = {row["id"]: row for row in rows(Contract, Contract.id)}
    rounds = rows(ServiceRound, ServiceRound.contract_id)
    plans = rows(ImplementationPlan, ImplementationPlan.contract_id)
    found = [each for contract in contracts.values() for each in service_faults(contract)]
    found += life.life_findings(session, contracts.values())
    for row in rounds:
        contract = contracts[row["contract_id"]]
        found += [*round_dates(row, contract), *confirmation(row), *counts(row)]
    found += twins(rounds)
    found += [each for plan in plans for each in plan_dates(plan)]
    standing = [
        [row for row in rows(model, owner) if row["superseded_at"] is None]
        for model, owner in (
            (RoundEquipment, RoundEquipment.contract_id),
            (PlannedRound, PlannedRound.contract_id),
        )
    ]
    return [*found, *equipment(rounds, standing[0]), *windows(standing[1])]


def _about(
    row: Values, code: str, field: str, message: str, *, part: str = "", says: object = None
) -> Found:
    value = row[field] if says is None else says
    subject = f"{row['id']}:{part}" if part else str(row["id"])
    return Found(
        code,
        subject,
        "" if value is None else str(value),
        message,
        contract_id=row.get("contract_id", row["id"]),
        record=row["id"],
        field=field,
    )


def _before(first: date | None, second: date | None) -> bool:
    """Both days are known and the first is earlier."""
    return first is not None and second is not None and first < second


def service_faults(contract: Values) -> Iterator[Found]:
    """A service that ends before it starts."""
    start, end = contract["service_start"], contract["service_end"]
    if _before(end, start):
        unsure = doubt(contract["assumed"], "service_start", "service_end")
        message = f"服务期限止 {end} 早于服务期限起 {start}{unsure}"
        yield _about(contract, "service_reversed", "service_end", message)


def round_dates(row: Values, contract: Values) -> Iterator[Found]:
    """A round that ends before it starts, or lies outside the contract's service."""
    started, ended = row["started_on"], row["ended_on"]
    begin, close = contract["service_start"], contract["service_end"]
    if _before(ended, started):
        unsure = doubt(row["assumed"], "started_on", "ended_on")
        message = f"结束日期 {ended} 早于开始日期 {started}{unsure}"
        yield _about(row, "round_reversed", "ended_on", message)
        return
    if _before(close, begin):
        return
    assumed = [*row["assumed"], *contract["assumed"]]
    if _before(started, begin):
        unsure = doubt(assumed, "started_on", "service_start")
        message = f"开始日期 {started} 早于服务期限起 {begin}{unsure}"
        yield _about(row, "round_outside_service", "started_on", message, part="start")
    if _before(close, ended):
        unsure = doubt(assumed, "ended_on", "service_end")
        message = f"结束日期 {ended} 晚于服务期限止 {close}{unsure}"
        yield _about(row, "round_outside_service", "ended_on", message, part="end")


def confirmation(row: Values) -> Iterator[Found]:
    """A round confirmed before it took place."""
    took_place, confirmed = row["ended_on"] or row["started_on"], row["confirmed_on"]
    if _before(confirmed, took_place):
        unsure = doubt(row["assumed"], "started_on", "ended_on", "confirmed_on")
        message = f"确认日期 {confirmed} 早于该轮结束 {took_place}{unsure}"
        yield _about(row, "round_confirmed_early", "confirmed_on", message)


def counts(row: Values) -> Iterator[Found]:
    """More rectified than found; parts that are not the whole."""
    for done, whole, done_name, whole_name in RECTIFIED:
        if row[done] is not None and row[whole] is not None and row[done] > row[whole]:
            message = f"{done_name} {row[done]} 多于{whole_name} {row[whole]}"
            yield _about(row, "rectified_above_found", done, message, part=done)
    for whole, general, major, whole_name, parts_name in PARTS:
        parts = [row[part] for part in (general, major) if row[part] is not None]
        if row[whole] is None or not parts:
            continue
        # One part alone can only be too large: the other may be the difference.
        wrong = sum(parts) != row[whole] if len(parts) == 2 else parts[0] > row[whole]
        if wrong:
            message = f"{whole_name} {row[whole]}，{parts_name}为 {sum(parts)}"
            yield _about(row, "hazards_do_not_add_up", whole, message, part=whole)
    confirmed_on, found = row["zero_hazards_on"], row["hazards_found"]
    if confirmed_on is not None and found:
        message = f"{confirmed_on} 作过零隐患确认，隐患总数却为 {found}"
        yield _about(row, "zero_confirmed_with_hazards", "hazards_found", message)


def equipment(rounds: Iterable[Values], types: Iterable[Values]) -> Iterator[Found]:
    """Equipment by type whose sum is not the round's total (Hami report, contract 8)."""
    sums: defaultdict[UUID, int] = defaultdict(int)
    for row in types:
        sums[row["round_id"]] += row["sets"]
    for row in rounds:
        stated = row["equipment_sets"]
        if stated is not None and row["id"] in sums and sums[row["id"]] != stated:
            message = f"设备 {stated} 台套，按种类合计 {sums[row['id']]} 台套"
            yield _about(row, "equipment_does_not_add_up", "equipment_sets", message)


def windows(planned: Iterable[Values]) -> Iterator[Found]:
    """A planned round whose window ends before it begins."""
    for row in planned:
        begins, ends = row["window_from"], row["window_to"]
        if _before(ends, begins):
            message = f"计划第{row['number']}轮：计划止 {ends} 早于计划起 {begins}"
            yield _about(row, "planned_window_reversed", "window_to", message)


def twins(rounds: Iterable[Values]) -> Iterator[Found]:
    """Two single rounds of one contract and kind on the same days, as a source states them.

    Rows that stand for several rounds, and assumed days, may well coincide.
    """
    same: defaultdict[tuple[object, ...], list[Values]] = defaultdict(list)
    for row in rounds:
        known = row["started_on"] and row["ended_on"]
        if (
            known
            and row["rounds_covered"] == 1
            and not doubt(row["assumed"], "started_on", "ended_on")
        ):
            same[row["contract_id"], row["kind"], row["started_on"], row["ended_on"]].append(row)
    for group in same.values():
        first, *others = sorted(group, key=itemgetter("number"))
        for row in others:
            message = (
                f"与第{first['number']}轮的日期完全相同"
                f"（{row['started_on']} 至 {row['ended_on']}），可能重复登记"
            )
            yield _about(row, "same_round_dates", "started_on", message)


def plan_dates(plan: Values) -> Iterator[Found]:
    """A plan approved or returned before it was handed in."""
    for field, name in (("approved_on", "审定日期"), ("returned_on", "退回日期")):
        if _before(plan[field], plan["submitted_on"]):
            unsure = doubt(plan["assumed"], field, "submitted_on")
            message = f"{name} {plan[field]} 早于报送日期 {plan['submitted_on']}{unsure}"
            yield _about(plan, "plan_dates", field, message, part=field)
