"""Whether what a vendor holds is what its sectors ask for, on a day: pure rules."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

SOON = timedelta(days=60)
"""A qualification that ends within so many days is marked: renewing one takes its time."""
_BETWEEN = re.compile(r"[、，,；;/\s]+")
_RANKS = ("甲级", "乙级", "丙级"), ("特级", "一级", "二级", "三级"), ("A级", "B级", "C级")


class Standing(StrEnum):
    """资质 有效 / 即将到期 / 已过期 / 尚未生效 / 已撤销 / 有效期未提供."""

    VALID = "valid"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Held:
    """A qualification as the rules see it; ``sectors`` empty: not limited to sectors."""

    kind: str
    rank: str = ""
    sectors: tuple[str, ...] = ()
    issued_on: date | None = None
    expires_on: date | None = None
    is_permanent: bool = False
    revoked_on: date | None = None


@dataclass(frozen=True, slots=True)
class Required:
    """What a sector asks for; ``rank`` empty: of whatever rank."""

    sector: str
    kind: str
    rank: str = ""


@dataclass(frozen=True, slots=True)
class Lack:
    """A requirement that nothing held meets, and why in Chinese."""

    required: Required
    why: str


def sectors_in(text: str) -> tuple[str, ...]:
    """Sectors as a ledger lists them: 冶金工贸、危险化学品."""
    return tuple(dict.fromkeys(part for part in _BETWEEN.split(text.strip()) if part))


def standing(held: Held, day: date) -> Standing:
    """How a qualification stands on a day; it still holds on the day it expires."""
    if held.revoked_on is not None and held.revoked_on <= day:
        return Standing.REVOKED
    if held.issued_on is not None and held.issued_on > day:
        return Standing.NOT_YET
    if held.is_permanent:
        return Standing.VALID
    if held.expires_on is None:
        return Standing.UNKNOWN
    if held.expires_on < day:
        return Standing.EXPIRED
    return Standing.EXPIRING if held.expires_on < day + SOON else Standing.VALID


def holds_good(held: Held, day: date) -> bool:
    """Nothing says that it does not hold; an unknown end is no proof of one."""
    return standing(held, day) in (Standing.VALID, Standing.EXPIRING, Standing.UNKNOWN)


def reaches(rank: str, asked: str) -> bool:
    """A rank is the one that is asked for, or a higher one of the same scale."""
    if not asked or rank == asked:
        return True
    return any(
        rank in scale and asked in scale and scale.index(rank) < scale.index(asked)
        for scale in _RANKS
    )


def lacks(
    required: Iterable[Required], held: Sequence[Held], sectors: Iterable[str], day: date
) -> list[Lack]:
    """What of the requirements on ``sectors`` is not met on ``day``, in their order."""
    wanted = set(sectors)
    return [
        Lack(each, why)
        for each in required
        if each.sector in wanted and (why := _why_not(each, held, day))
    ]


def _why_not(required: Required, held: Sequence[Held], day: date) -> str:
    """Why no qualification meets the requirement; ``""`` when one does."""
    of_kind = [each for each in held if each.kind == required.kind]
    if not of_kind:
        return "没有登记"
    apt = [each for each in of_kind if not each.sectors or required.sector in each.sectors]
    if not apt:
        return f"登记的不适用于{required.sector}"
    ranked = [each for each in apt if reaches(each.rank, required.rank)]
    if not ranked:
        return f"等级低于{required.rank}"
    if any(holds_good(each, day) for each in ranked):
        return ""
    return "；".join(dict.fromkeys(_ended(each, day) for each in ranked))


def _ended(held: Held, day: date) -> str:
    if standing(held, day) is Standing.REVOKED:
        return f"{held.revoked_on} 已撤销"
    if standing(held, day) is Standing.NOT_YET:
        return f"{held.issued_on} 才发证"
    return f"{held.expires_on} 已到期"
