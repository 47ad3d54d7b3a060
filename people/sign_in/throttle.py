"""How many wrong passwords are borne: counted in the database, so that all nodes count together.

Each try is counted *before* its password is hashed, and given back when it was right: a crowd of
simultaneous tries gets no more of them than a queue, and a blocked one costs no hash. Three counts:
of an account from one address, of an account from all addresses that it is not known from, and of
an address over all accounts. The first alone binds the owner at a known place, so that a stranger
cannot shut the owner out. A block ends by itself; tries during it change nothing.

What is counted falls by a keyed hash into one of a fixed number of buckets, so that no crowd of
names and addresses fills the disk, and nobody outside can tell who shares a bucket. Two that meet
in one take it over from each other: neither is blocked for what the other did.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from hmac import digest

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.sql import upsert
from people.sign_in.models import SignInThrottle
from people.sign_in.security_policy import PolicyTerms

BUCKETS = 65_536
"""For all counts together: 65,536 rows of some 150 bytes are the most that tries can leave."""


class Count(StrEnum):
    """What is counted together."""

    PAIR = "pair"
    ACCOUNT = "account"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Place:
    """From where a try comes. ``device`` is the mark of a browser known for the login, else empty.

    A known browser is counted by itself, so that a stranger behind the same address does not bind it.
    """

    address: str
    device: str = ""
    is_known_address: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """One count of a try: its bucket, whose it is, and how many tries it bears."""

    count: Count
    bucket: int
    holder: str
    limit: int


@dataclass(frozen=True, slots=True)
class Admission:
    """What became of a try at the gate.

    ``blocked_until`` is set for one that is turned away unheard. ``begun`` are the blocks that
    start if this try, the last that is borne, turns out wrong, with the tries made.
    """

    blocked_until: datetime | None = None
    begun: tuple[tuple[Count, int], ...] = ()


def counts_of(key: bytes, login: str, place: Place, terms: PolicyTerms) -> tuple[Counted, ...]:
    """What a try at ``login`` from a place counts for.

    ``login`` is the name as typed: an unknown one is treated as a known one is. ``key`` is secret.
    """
    spot = f"device {place.device}" if place.device else f"address {place.address}"
    pair = _counted(key, Count.PAIR, f"{login}\0{spot}", terms.pair_failures)
    if place.device or place.is_known_address:
        return (pair,)
    return (
        pair,
        _counted(key, Count.ACCOUNT, login, terms.account_failures),
        _counted(key, Count.ADDRESS, place.address, terms.address_failures),
    )


def _counted(key: bytes, count: Count, what: str, limit: int) -> Counted:
    keyed = digest(key, f"{count}\0{what}".encode(), sha256)
    return Counted(count, int.from_bytes(keyed[:4]) % BUCKETS, keyed.hex(), limit)


def admit(
    session: Session, counts: Sequence[Counted], now: datetime, terms: PolicyTerms
) -> Admission:
    """Count a try, or turn it away; call it in a writing transaction of its own."""
    rows = _locked(session, counts, now)
    for row in rows.values():
        if row.blocked_until is not None and row.blocked_until <= now:
            row.tries, row.blocked_until, row.began_at = 0, None, now
        elif row.began_at + terms.lockout <= now:
            row.tries, row.began_at = 0, now
    ours = {c.count: rows[c.bucket] for c in counts if rows[c.bucket].holder == c.holder}
    blocks = [row.blocked_until for row in ours.values() if row.blocked_until is not None]
    if blocks:
        return Admission(blocked_until=max(blocks))
    begun = []
    for counted in counts:
        row = rows[counted.bucket]
        if row.holder != counted.holder:
            row.holder, row.tries, row.began_at, row.blocked_until = counted.holder, 0, now, None
        row.tries += 1
        if row.tries >= counted.limit:
            row.blocked_until = now + terms.lockout
            begun.append((counted.count, row.tries))
    session.flush()
    return Admission(begun=tuple(begun))


def give_back(session: Session, counts: Sequence[Counted], now: datetime) -> None:
    """After a right password: the pair starts anew, the other counts lose this one try."""
    rows = _locked(session, counts, now)
    for counted in counts:
        row = rows[counted.bucket]
        if row.holder != counted.holder:
            continue
        was_last = row.tries == counted.limit
        row.tries = 0 if counted.count is Count.PAIR else max(0, row.tries - 1)
        if was_last or counted.count is Count.PAIR:
            row.blocked_until = None
    session.flush()


def _locked(
    session: Session, counts: Sequence[Counted], now: datetime
) -> dict[int, SignInThrottle]:
    """The rows of the buckets, locked in one order, those that were not there made."""
    table = SignInThrottle.__table__
    wanted = {counted.bucket: counted for counted in counts}
    new = [
        {"bucket": bucket, "holder": c.holder, "tries": 0, "began_at": now, "blocked_until": None}
        for bucket, c in sorted(wanted.items())
    ]
    session.execute(upsert(session, table).values(new).on_conflict_do_nothing())  # type: ignore[arg-type]
    rows = session.scalars(
        select(SignInThrottle)
        .where(SignInThrottle.bucket.in_(wanted))
        .order_by(SignInThrottle.bucket)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.bucket: row for row in rows}
