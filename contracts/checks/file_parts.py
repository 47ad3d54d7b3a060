"""What a contract's file should hold, and whether it was there on a day. Pure.

A part is wanted from a day on: the plan before service starts (Hami report, problem 2), the contract's
publication 2 working days after signing (实施条例 50), the reports before the service ends (Hami
report, duties). A part that came after its day is there, and late.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from contracts.disclosure.models import DisclosedContent

MONITORED_BY = (8, 31)
"""The mid-year monitoring is made around August (财预〔2019〕136号)."""


class PartState(StrEnum):
    """有 / 迟 (there, after its day) / 缺 / 未到时间 / 无 (not wanted) / 无法判断 (no day is given)."""

    THERE = "there"
    LATE = "late"
    MISSING = "missing"
    NOT_YET = "not_yet"
    NONE = "none"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Held:
    """What a file holds of a part: how many records, the first and the last day, a telling number."""

    count: int
    first: date | None
    last: date | None
    figure: int | None = None


@dataclass(frozen=True, slots=True)
class ContractDays:
    """The days of a contract from which its parts are wanted; None: not given."""

    signed_on: date | None
    service_start: date | None
    service_end: date | None
    publish_by: date | None
    accepted_on: date | None


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a file. ``code`` is its kind, for a publication ``disclosures.`` and its content.

    ``day`` is the day that counts, ``due_on`` the last day in time where there is one.
    """

    code: str
    title: str
    state: PartState
    count: int
    day: date | None
    due_on: date | None
    said: str = ""


def parts_of(
    titles: Mapping[str, str], held: Mapping[str, Held], days: ContractDays, as_of: date
) -> list[Part]:
    """The parts in the order of ``titles`` (by code), as they stood on ``as_of``."""
    due = _due_days(days)
    nothing = Held(0, None, None)
    return [
        _part(code, title, held.get(code, nothing), due.get(code), as_of)
        for code, title in titles.items()
    ]


@dataclass(frozen=True, slots=True)
class _Due:
    """``known``: whether the contract's days tell; ``on`` the last day in time, None: not yet set."""

    known: bool
    on: date | None


def _due_days(days: ContractDays) -> dict[str, _Due | None]:
    """Until when each part is wanted; those not named, or with None, are not wanted at all."""

    def by(day: date | None, shift: int = 0) -> _Due:
        return _Due(day is not None, None if day is None else day + timedelta(days=shift))

    signed, start, end = by(days.signed_on), by(days.service_start), by(days.service_end)
    return {
        "plans": by(days.service_start, -1),
        "disclosures.tender": signed,
        "disclosures.award": signed,
        "disclosures.contract": by(days.publish_by),
        "disclosures.budget_and_service": by(days.publish_by),
        "disclosures.acceptance": _Due(known=True, on=days.accepted_on),
        "clause_checks": start,
        "supervisions": end,
        "management_checks": end,
        "negative_checks": end,
        "subcontracting_checks": end,
        "performance_monitorings": _monitoring(days),
        "acceptances": end,
        "service_reports.technical": end,
        "service_reports.assessment": end,
    }


def _monitoring(days: ContractDays) -> _Due | None:
    """The first end of August within the service period; none for a service that has no August."""
    if days.service_start is None:
        return _Due(known=False, on=None)
    day = date(days.service_start.year, *MONITORED_BY)
    if day < days.service_start:
        day = date(day.year + 1, *MONITORED_BY)
    if days.service_end is not None and day > days.service_end:
        return None
    return _Due(known=True, on=day)


def _part(code: str, title: str, held: Held, due: _Due | None, as_of: date) -> Part:
    said, last_day = _said(code, held), due.on if due else None
    if held.count:
        day = held.last if code in _LAST_COUNTS else held.first
        is_late = last_day is not None and day is not None and day > last_day and code in _TIMED
        state = PartState.LATE if is_late else PartState.THERE
        return Part(code, title, state, held.count, day, last_day, said)
    if due is None:
        state = PartState.NONE
    elif not due.known:
        state = PartState.UNKNOWN
    elif due.on is None or as_of <= due.on:
        state = PartState.NOT_YET
    else:
        state = PartState.MISSING
    return Part(code, title, state, 0, None, last_day, said)


_TIMED = {
    "plans",
    "disclosures.contract",
    "service_reports.technical",
    "service_reports.assessment",
    "performance_monitorings",
}
"""Parts whose day the law or a duty sets; of the others none is late."""
_LAST_COUNTS = {
    "supervisions", "clause_checks", "subcontracting_checks", "management_checks",
    "negative_checks", "penalties", "listed_hazards", "unresolved_causes",
}  # fmt: skip


_FIGURES = {
    "clause_checks": ("八项中有 {} 项", "八项都没有"),
    "supervisions": ("{} 条待答复", "要求均已答复"),
    "listed_hazards": ("{} 项未摘牌", "均已摘牌"),
    "negative_checks": ("发现 {} 种情形", "未发现"),
    **dict.fromkeys(
        ("acceptances", "service_reports.technical", "service_reports.assessment"),
        ("已合格", "尚无合格结论"),
    ),
}
"""What the telling number of a part means, and what none of them means."""


def _said(code: str, held: Held) -> str:
    if not held.count or held.figure is None or code not in _FIGURES:
        return ""
    some, none = _FIGURES[code]
    return some.format(held.figure) if held.figure else none


def content_code(content: DisclosedContent) -> str:
    """The code of a publication's part."""
    return f"disclosures.{content.value}"
