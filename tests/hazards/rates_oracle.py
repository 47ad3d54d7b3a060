"""Rates summed one hazard and one report at a time: what the database's sums are measured by."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from contracts.hazards.models import Hazard, HazardCount, HazardEvent, HazardLevel, HazardStep
from contracts.hazards.rates import Rates
from contracts.service_models import ServiceRound
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from tests.hazards.hazard_ledger import WHO, HazardLedger, fill_hazards, hazard

FIRST = date(2023, 2, 20)
DAYS = st.integers(0, 160).map(lambda n: FIRST + timedelta(days=n))
MAYBE = st.none() | DAYS
LEVELS = st.sampled_from(HazardLevel)
SMALL = st.none() | st.integers(0, 9)


@dataclass(frozen=True)
class Item:
    """One hazard; ``ended`` is what held up to the day before a later step."""

    contract: int
    round: int | None
    enterprise: int | None
    level: HazardLevel
    found: date
    deadline: date | None
    rectified: date | None
    verified: date | None
    on_the_spot: bool | None
    ended: tuple[date, date | None, date | None] | None


@dataclass(frozen=True)
class Report:
    """One counted report; typed with the round when ``day`` is None."""

    contract: int
    round: int | None
    level: HazardLevel | None
    day: date
    found: int | None
    rectified: int | None
    on_the_spot: int | None


ITEMS = st.builds(
    Item,
    st.integers(0, 1), st.none() | st.integers(0, 1), st.none() | st.integers(0, 2), LEVELS, DAYS,
    MAYBE, MAYBE, MAYBE, st.none() | st.booleans(), st.none() | st.tuples(DAYS, MAYBE, MAYBE),
)  # fmt: skip
REPORTS = st.builds(
    Report,
    st.integers(0, 1), st.none() | st.integers(0, 1), st.none() | LEVELS, DAYS, SMALL, SMALL, SMALL,
)  # fmt: skip
TYPED = st.dictionaries(st.integers(0, 3), st.tuples(*[SMALL] * 6), max_size=3)
NAMES = (
    "hazards_general", "rectified_general", "hazards_major", "rectified_major", "hazards_found",
    "rectified",
)  # fmt: skip
NUMBERS = (
    "found", "items", "rectified", "rectified_of", "on_the_spot", "on_the_spot_of", "overdue",
    "verified",
)  # fmt: skip
Typed = dict[int, tuple[int | None, ...]]
LevelSums = dict[Any, list[int | None]]


def write(
    database: Database, items: list[Item], reports: list[Report], typed: Typed
) -> HazardLedger:
    with database.writing(LOCAL_OPERATOR) as session:
        ledger = fill_hazards(session)
        for place, numbers in typed.items():
            row = session.get_one(ServiceRound, ledger.rounds[place])
            for name, number in zip(NAMES, numbers, strict=True):
                setattr(row, name, number)
        for item in items:
            added = hazard(
                session, ledger.contracts[item.contract], item.found, **columns(ledger, item)
            )
            session.flush()
            if item.ended is not None:
                session.add(ended(added, item))
        for report in reports:
            session.add(
                HazardCount(
                    contract_id=ledger.contracts[report.contract],
                    round_id=round_key(ledger, report.contract, report.round),
                    level=report.level,
                    counted_on=report.day,
                    hazards_found=report.found,
                    rectified=report.rectified,
                    on_the_spot=report.on_the_spot,
                    **WHO,
                )
            )
            session.flush()
        return ledger


def columns(ledger: HazardLedger, item: Item) -> dict[str, Any]:
    return {
        "round_id": round_key(ledger, item.contract, item.round),
        "enterprise_id": None if item.enterprise is None else ledger.enterprises[item.enterprise],
        "level": item.level,
        "deadline": item.deadline,
        "rectified_on": item.rectified,
        "verified_on": item.verified,
        "on_the_spot": item.on_the_spot,
    }


def ended(row: Hazard, item: Item) -> HazardEvent:
    assert item.ended is not None
    day, deadline, rectified = item.ended
    return HazardEvent(
        hazard_id=row.id,
        contract_id=row.contract_id,
        kind=HazardStep.REOPENED,
        day=day,
        held_from=item.found,
        held_deadline=deadline,
        held_rectified_on=rectified,
        **WHO,
    )


def round_key(ledger: HazardLedger, contract: int, number: int | None) -> UUID | None:
    return None if number is None else ledger.rounds[2 * contract + number]


def unit(item: Item) -> int | None:
    """The item's round; without one, the round that took place when it was found."""
    if item.round is not None:
        return item.round
    for number, month in ((0, 3), (1, 6)):
        if date(2023, month, 1) <= item.found <= date(2023, month, 9):
            return number
    return None


def dates(item: Item, on: date) -> tuple[date | None, date | None, date | None]:
    """Deadline, rectified and verified as they held on the day."""
    if item.ended is not None and item.found <= on < item.ended[0]:
        return item.ended[1], item.ended[2], None
    return item.deadline, item.rectified, item.verified


def told(item: Item, on: date) -> Rates:
    deadline, rectified, verified = dates(item, on)
    closed = verified is not None and verified <= on
    done = closed or (rectified is not None and rectified <= on)
    at_once = bool(item.on_the_spot) and done and (rectified is None or rectified <= item.found)
    known = item.on_the_spot is not None
    late = not done and deadline is not None and deadline < on
    return Rates(
        None, None, 1, 1, int(done), 1, int(at_once) if known else None, int(known), int(late),
        int(closed),
    )  # fmt: skip


def counted(sums: LevelSums) -> list[tuple[HazardLevel | None, Rates]]:
    """Rows of general, major and what the whole leaves over; numbers are found, rectified, spot."""
    rows: list[tuple[HazardLevel | None, Rates]] = []
    levels = [sums.get(level) for level in HazardLevel]
    for level, numbers in zip(HazardLevel, levels, strict=True):
        if numbers is not None and numbers[0] is not None:
            rows.append((level, report_row(numbers[0], numbers[1:], numbers[0])))
    whole = list(sums.get(None) or [None, None, None])
    given = [n for n in levels if n is not None and n[0] is not None]
    if whole[0] is None and len(given) == 2:
        whole[0] = sum(n[0] or 0 for n in given)
    if whole[0] is None:
        return rows
    rest: list[Any] = [max(whole[0] - sum(n[0] or 0 for n in given), 0)]
    of = []
    for place in (1, 2):
        known = [n for n in given if n[place] is not None]
        number = whole[place]
        rest.append(None if number is None else max(number - sum(n[place] or 0 for n in known), 0))
        left = max(whole[0] - sum(n[0] or 0 for n in known), 0)
        of.append(0 if number is None else left)
    rows.append((None, Rates(None, None, rest[0], 0, rest[1], of[0], rest[2], of[1], 0, 0)))
    return rows


def report_row(found: int, numbers: list[int | None], of: int) -> Rates:
    rectified, spot = numbers
    return Rates(
        None, None, found, 0, rectified, 0 if rectified is None else of, spot,
        0 if spot is None else of, 0, 0,
    )  # fmt: skip


def oracle(
    items: list[Item], reports: list[Report], typed: Typed, on: date
) -> list[tuple[int, HazardLevel | None, int | None, Rates]]:
    """Contract, level, enterprise and numbers of each part that counts."""
    there = [item for item in items if item.found <= on]
    itemised = {(item.contract, unit(item)) for item in there}
    latest: dict[tuple[int, int | None], LevelSums] = defaultdict(dict)
    for report in sorted(reports, key=lambda r: r.day):  # stable: the later written wins
        if report.day <= on:
            numbers = [report.found, report.rectified, report.on_the_spot]
            latest[report.contract, report.round][report.level] = numbers
    by_round: dict[tuple[int, int | None], LevelSums] = {}
    for place, given_numbers in typed.items():
        month = 3 * (place % 2 + 1)
        if date(2023, month, 9) <= on and any(n is not None for n in given_numbers):
            g, gr, m, mr, w, wr = given_numbers
            by_round[place // 2, place % 2] = {
                HazardLevel.GENERAL: [g, gr, None], HazardLevel.MAJOR: [m, mr, None],
                None: [w, wr, None],
            }  # fmt: skip
    parts: list[tuple[int, HazardLevel | None, int | None, Rates]] = [
        (i.contract, i.level, i.enterprise, told(i, on)) for i in there
    ]
    busy = (
        {c for c, _ in itemised}
        | {c for c, r in latest if r is not None}
        | {c for c, _ in by_round}
    )
    for (contract, number), sums in [*latest.items(), *by_round.items()]:
        is_typed = by_round.get((contract, number)) is sums
        if (contract, number) in itemised or (is_typed and (contract, number) in latest):
            continue
        if number is None and contract in busy:
            continue
        parts += [(contract, level, None, row) for level, row in counted(sums)]
    return parts


def add_up(parts: list[Rates]) -> tuple[int | None, ...]:
    def known(name: str) -> int | None:
        numbers = [getattr(part, name) for part in parts if getattr(part, name) is not None]
        return sum(numbers) if numbers else None

    return tuple(known(name) for name in NUMBERS)
