"""People, equipment and sites promised and present on a day: pure rules."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from contracts.vendors.models import ResourceKind


@dataclass(frozen=True, slots=True)
class Promise:
    """How many of what one paper promises; ``number`` None: it does not say how many."""

    id: UUID
    kind: ResourceKind
    item: str
    number: int | None
    unit: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """How many were there on a day, at one site."""

    resource_id: UUID
    on: date
    present: int


@dataclass(frozen=True, slots=True)
class Present:
    """What is known on a day: the last day somebody counted, and the sum over its sites."""

    promise: Promise
    on: date | None
    present: int | None

    @property
    def short(self) -> int | None:
        """How many are missing; 0 when none is, None when it cannot be said."""
        if self.present is None or self.promise.number is None:
            return None
        return max(self.promise.number - self.present, 0)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Papers of one contract that promise different numbers of the same thing."""

    promises: tuple[Promise, ...]

    @property
    def told(self) -> str:
        """Each paper with its number: 服务合同 30 人；绩效目标表 31 人."""
        return "；".join(
            f"{each.basis or '未注明依据'} {each.number} {each.unit}".rstrip()
            for each in self.promises
        )


def present_on(promises: Iterable[Promise], counts: Iterable[Count], day: date) -> list[Present]:
    """Each promise with the last count up to ``day``; counts of one day at several sites add up."""
    by_day: defaultdict[UUID, defaultdict[date, int]] = defaultdict(lambda: defaultdict(int))
    for each in counts:
        if each.on <= day:
            by_day[each.resource_id][each.on] += each.present
    found = []
    for promise in promises:
        days = by_day.get(promise.id)
        last = max(days) if days else None
        found.append(Present(promise, last, days[last] if days and last else None))
    return found


def contradictions(promises: Sequence[Promise]) -> list[Contradiction]:
    """The same thing promised in different numbers, in the order of the papers."""
    same: defaultdict[tuple[ResourceKind, str], list[Promise]] = defaultdict(list)
    for each in promises:
        if each.number is not None:
            same[each.kind, "".join(each.item.split())].append(each)
    return [
        Contradiction(tuple(group))
        for group in same.values()
        if len({each.number for each in group}) > 1
    ]
