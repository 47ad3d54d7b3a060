"""核验 of counts: more rectified than found; a count that its items, or its parts, do not bear out."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from contracts.findings import Found
from contracts.hazards.models import NO_DEADLINE, Hazard, HazardLevel
from contracts.hazards.sums import parts, reports, round_of, typed_counts
from contracts.models import Contract
from contracts.service_models import ServiceRound
from kernel.sql import among

COUNT_CODES: Final = (
    "hazard_count_rectified_above_found",
    "hazard_count_differs_from_items",
    "hazard_count_differs_from_rounds",
)
_EVER: Final = date.fromisoformat(NO_DEADLINE)
_LEVELS: Final = (("whole", "隐患"), ("general", "一般隐患"), ("major", "重大隐患"))
Unit = tuple[UUID, UUID | None]


def count_findings(session: Session, contract_ids: Collection[UUID]) -> list[Found]:
    """What the counts of these contracts contradict, as they are known now; five statements."""
    seen = select(Contract.id).where(among(session, Contract.id, contract_ids))
    numbers = select(ServiceRound.id, ServiceRound.number).where(
        among(session, ServiceRound.contract_id, contract_ids)
    )
    rounds: Mapping[UUID | None, int] = dict(session.execute(numbers).all())
    items = _items(session, contract_ids)
    reported = _rows(session, select(reports(seen, _EVER)))
    typed = _rows(session, select(typed_counts(seen, _EVER)))
    found = [each for row in reported for each in _above(row, rounds)]
    for row in [*reported, *typed]:
        unit = (row["contract_id"], row["round_id"])
        if unit in items:
            found += _against_items(row, items[unit], rounds)
    return [*found, *_against_parts(session, reported, seen)]


def _rows(session: Session, statement: Any) -> list[Mapping[str, Any]]:
    rows: list[Mapping[str, Any]] = [dict(row) for row in session.execute(statement).mappings()]
    return rows


def _items(session: Session, contract_ids: Collection[UUID]) -> dict[Unit, Mapping[str, int]]:
    """How many hazards each unit itemises, by level."""
    row = (
        select(Hazard.contract_id, round_of().label("round_id"), Hazard.level)
        .where(among(session, Hazard.contract_id, contract_ids))
        .subquery()
    )
    major = func.sum(case((row.c.level == HazardLevel.MAJOR, 1), else_=0))
    statement = select(row.c.contract_id, row.c.round_id, func.count(), major).group_by(
        row.c.contract_id, row.c.round_id
    )
    return {
        (contract_id, round_id): {"whole": n, "major": int(m), "general": n - int(m)}
        for contract_id, round_id, n, m in session.execute(statement)
    }


def _above(row: Mapping[str, Any], rounds: Mapping[UUID | None, int]) -> Iterator[Found]:
    for level, name in _LEVELS:
        found, rectified = row[f"{level}_found"], row[f"{level}_rectified"]
        if found is not None and rectified is not None and rectified > found:
            message = f"{_whose(row, rounds)}统计：{name}已整改 {rectified} 多于发现 {found}"
            yield _told("hazard_count_rectified_above_found", row, level, rectified, message)


def _against_items(
    row: Mapping[str, Any], items: Mapping[str, int], rounds: Mapping[UUID | None, int]
) -> Iterator[Found]:
    for level, name in _LEVELS:
        counted = row[f"{level}_found"]
        if counted is not None and counted != items[level]:
            message = (
                f"{_whose(row, rounds)}填报发现{name} {counted}，逐条登记 {items[level]}；"
                "统计以逐条登记的为准"
            )
            yield _told("hazard_count_differs_from_items", row, level, counted, message)


def _against_parts(
    session: Session, reported: Collection[Mapping[str, Any]], seen: Any
) -> Iterator[Found]:
    """A report on a whole contract beside what its rounds and items add up to."""
    whole = [row for row in reported if row["round_id"] is None]
    if not whole:
        return
    part = parts(seen, _EVER)
    statement = (
        select(part.c.contract_id, func.sum(part.c.found))
        .where((part.c.round_id.is_not(None)) | (part.c.itemised > 0))
        .group_by(part.c.contract_id)
    )
    sums: Mapping[UUID, int] = {key: int(n) for key, n in session.execute(statement)}
    for row in whole:
        known, counted = sums.get(row["contract_id"]), row["whole_found"]
        if known is not None and counted is not None and known != counted:
            message = f"全合同统计发现隐患 {counted}，各轮次与逐条登记合计 {known}；统计以后者为准"
            yield _told("hazard_count_differs_from_rounds", row, "whole", counted, message)


def _whose(row: Mapping[str, Any], rounds: Mapping[UUID | None, int]) -> str:
    number = rounds.get(row["round_id"])
    return "全合同" if number is None else f"第 {number} 轮"


def _told(code: str, row: Mapping[str, Any], level: str, value: int, message: str) -> Found:
    subject = f"{row['contract_id']}:{row['round_id'] or ''}:{level}"
    record = row["round_id"] or row["contract_id"]
    return Found(code, subject, str(value), message, contract_id=row["contract_id"], record=record)
