"""Waiting deliveries become messages: joined by change and business date, body frozen.

Membership commits before the first send, so that a crash at any instant neither loses an alert nor
puts it into two messages.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from alerts.delivery_models import Channel, Delivery, Message, MessageState
from alerts.models import Alert, AlertEvent, Change, EndReason, Severity
from alerts.texts import Names, contract_label, days_counted, rule_name, sentence
from contracts.models import Contract, Organisation
from kernel.access.actor import DELIVERY_JOB
from kernel.clock import Clock
from kernel.database import Database
from kernel.keys import new_key
from kernel.money import from_fen

MOST_ALERTS = 50
"""Alerts in one message."""

MOST_BYTES = 19_999
"""Bytes (UTF-8) of one body: receivers take less than 20 KB (domain 8)."""

BATCH = 2_000
"""Deliveries joined in one transaction."""

_TYPES = {
    Change.OPENED: "alert.opened",
    Change.RAISED: "alert.raised",
    Change.RESOLVED: "alert.resolved",
}
_SEPARATORS = (",", ":")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery that no message carries yet, with what its sentence needs."""

    delivery_id: UUID
    channel_id: UUID
    alert_id: UUID
    rule: str
    change: Change
    as_of: date
    severity: int
    since: date
    facts: dict[str, Any]
    end_reason: EndReason | None
    organisation: str
    organisation_short: str
    contract_id: UUID
    contract_number: str
    contract_name: str
    contract_sectors: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be: who is in it and its frozen body."""

    channel_id: UUID
    delivery_ids: Sequence[UUID]
    body: str


def compose(database: Database, clock: Clock, link_base: str, *, batch: int = BATCH) -> int:
    """Join up to ``batch`` waiting deliveries into messages due now; gives how many it joined.

    Deliveries of disabled channels wait. Any number of workers may compose at once.
    """
    now = clock.now()
    with database.writing(DELIVERY_JOB) as session:
        waiting = _waiting(session, batch)
        drafts = list(draft(waiting, now, link_base))
        if drafts:
            _write(session, drafts, now)
    return len(waiting)


def draft(waiting: Sequence[Waiting], now: datetime, link_base: str) -> Iterator[Draft]:
    """Group by channel, change and business date, worst first, and cut to the sizes allowed."""
    ordered = sorted(waiting, key=lambda one: (_group(one), -one.severity, one.delivery_id))
    for _, members in groupby(ordered, key=_group):
        yield from _cut(list(members), now, link_base)


def _group(one: Waiting) -> tuple[str, date, str]:
    return one.channel_id.hex, one.as_of, one.change.value


def _cut(members: Sequence[Waiting], now: datetime, link_base: str) -> Iterator[Draft]:
    first = members[0]
    room = MOST_BYTES - len(_body(first, now, MOST_ALERTS, []).encode())
    entries: list[str] = []
    held: list[UUID] = []
    used = 0
    for one in members:
        entry = json.dumps(_entry(one, link_base), ensure_ascii=False, separators=_SEPARATORS)
        size = len(entry.encode()) + len(_SEPARATORS[0])
        if held and (len(held) == MOST_ALERTS or used + size > room):
            yield Draft(first.channel_id, held, _body(first, now, len(held), entries))
            entries, held, used = [], [], 0
        entries.append(entry)
        held.append(one.delivery_id)
        used += size
    yield Draft(first.channel_id, held, _body(first, now, len(held), entries))


def _body(first: Waiting, now: datetime, count: int, entries: Iterable[str]) -> str:
    """The body's frame around entries that are JSON already, so that each is written once."""
    head = json.dumps(
        {"type": _TYPES[first.change], "timestamp": now.isoformat(timespec="milliseconds")},
        separators=_SEPARATORS,
    )
    data = json.dumps({"as_of": first.as_of.isoformat(), "count": count}, separators=_SEPARATORS)
    return f'{head[:-1]},"data":{data[:-1]},"alerts":[{",".join(entries)}]}}}}'


def _entry(one: Waiting, link_base: str) -> dict[str, Any]:
    organisation = one.organisation_short or one.organisation
    names = Names(contract_label(one.contract_name, one.contract_sectors), organisation)
    return {
        "id": str(one.alert_id),
        "rule": one.rule,
        "rule_name": rule_name(one.rule),
        "severity": Severity(one.severity).name.lower(),
        "change": one.change.value,
        "since": one.since.isoformat(),
        "days": days_counted(one.rule, one.facts, one.as_of),
        "text": sentence(
            one.rule,
            one.change,
            one.facts,
            one.since,
            one.as_of,
            names,
            severity=one.severity,
            end_reason=one.end_reason,
        ),
        "organisation": one.organisation,
        "contract": {
            "id": str(one.contract_id),
            "number": one.contract_number,
            "name": one.contract_name,
        },
        "amounts": {name: _yuan(one.facts.get(f"{name}_fen")) for name in _AMOUNTS},
        "link": f"{link_base}/alerts/{one.alert_id}",
    }


_AMOUNTS = ("amount", "paid", "unpaid")


def _yuan(fen: int | Decimal | None) -> str | None:
    return None if fen is None else f"{from_fen(int(fen)):.2f}"


def _waiting(session: Session, batch: int) -> list[Waiting]:
    rows = session.execute(
        select(
            Delivery.id,
            Delivery.channel_id,
            Alert.id,
            Alert.rule,
            AlertEvent.change,
            AlertEvent.as_of,
            AlertEvent.severity,
            Alert.since,
            AlertEvent.facts,
            Alert.end_reason,
            Organisation.name,
            Organisation.short_name,
            Contract.id,
            Contract.number,
            Contract.name,
            Contract.sectors,
        )
        .join(Channel, Channel.id == Delivery.channel_id)
        .join(AlertEvent, AlertEvent.id == Delivery.event_id)
        .join(Alert, Alert.id == AlertEvent.alert_id)
        .join(Contract, Contract.id == Alert.contract_id)
        .join(Organisation, Organisation.id == Alert.organisation_id)
        .where(Delivery.message_id.is_(None), Channel.enabled)
        .order_by(Delivery.channel_id, Delivery.id)
        .limit(batch)
        # Another worker that composes at the same time passes over these rows.
        .with_for_update(skip_locked=True, of=Delivery)
    )
    return [Waiting(*row) for row in rows]


def _write(session: Session, drafts: Sequence[Draft], now: datetime) -> None:
    keys = [new_key() for _ in drafts]
    session.execute(
        insert(Message),
        [
            {
                "id": key,
                "channel_id": one.channel_id,
                "body": one.body,
                "alert_count": len(one.delivery_ids),
                "state": MessageState.PENDING,
                "tries": 0,
                "next_attempt_at": now,
                "leased_by": "",
                "created_at": now,
                "park_reason": "",
            }
            for key, one in zip(keys, drafts, strict=True)
        ],
    )
    session.execute(
        update(Delivery),
        [
            {"id": delivery_id, "message_id": key}
            for key, one in zip(keys, drafts, strict=True)
            for delivery_id in one.delivery_ids
        ],
    )
