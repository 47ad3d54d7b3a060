"""Alerts that wait for delivery, written straight into the tables, for tests of what follows."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from alerts.delivery_models import Channel, Delivery
from alerts.models import Alert, AlertEvent, AlertState, Change, ScanRun, Severity
from alerts.receivers import shown_address
from kernel.keys import new_key
from kernel.sealed_secrets import SealedSecrets
from tests.ledger import ContractSpec, city, contract

RECORDED = datetime(2023, 7, 20, tzinfo=UTC)
AS_OF = date(2023, 7, 20)
SEALING_KEY = "bW9uaXRvci10ZXN0cy1zZWFsLXdpdGgtdGhpcy1rZXk="
"""What the tests' services are given as ``MONITOR_SECRET_KEYS``."""
KEYS = SealedSecrets([SEALING_KEY.encode()])
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LATE_FACTS: dict[str, Any] = {
    "milestone": "进度款",
    "milestone_number": 2,
    "due_on": "2023-07-10",
    "amount_fen": 7_880_000,
    "paid_fen": 0,
    "unpaid_fen": 7_880_000,
    "assumed": [],
}


def channel(session: Session, url: str, name: str = "值班群", secret: str = SECRET) -> UUID:
    """Write an enabled webhook channel."""
    key = new_key()
    session.add(
        Channel(
            id=key,
            kind="webhook",
            name=name,
            url=KEYS.seal(url),
            address=shown_address(url),
            secret=KEYS.seal(secret),
            recorded_at=RECORDED,
            recorded_by="test",
        )
    )
    session.flush()
    return key


def one_contract(session: Session) -> tuple[UUID, UUID]:
    """Write a city with one contract; gives the contract and the bureau that bought it."""
    place = city(session)
    return contract(session, place, "HT-1", ContractSpec(begins=date(2023, 1, 1))), place.bureau.id


def alerts(
    session: Session,
    channels: Sequence[UUID],
    count: int,
    *,
    change: Change = Change.OPENED,
    severity: Severity = Severity.MINOR,
    facts: dict[str, Any] | None = None,
    as_of: date = AS_OF,
) -> list[UUID]:
    """Write ``count`` late payments with one event each and a delivery to each channel."""
    contract_id, bureau_id = one_contract(session)
    scan = ScanRun(as_of=as_of, started_at=RECORDED, duration_ms=1, actor="test", counts={})
    session.add(scan)
    session.flush()
    keys = [new_key() for _ in range(count)]
    session.add_all(
        _alert(key, scan.id, contract_id, bureau_id, change, severity, facts or LATE_FACTS)
        for key in keys
    )
    session.flush()
    events = [
        AlertEvent(
            id=new_key(),
            alert_id=key,
            scan_id=scan.id,
            change=change,
            as_of=as_of,
            severity=severity,
            facts=facts or LATE_FACTS,
            recorded_at=RECORDED,
        )
        for key in keys
    ]
    session.add_all(events)
    session.flush()
    session.add_all(
        Delivery(event_id=event.id, channel_id=target, recorded_at=RECORDED)
        for event in events
        for target in channels
    )
    return keys


def _alert(
    key: UUID,
    scan_id: UUID,
    contract_id: UUID,
    bureau_id: UUID,
    change: Change,
    severity: Severity,
    facts: dict[str, Any],
) -> Alert:
    resolved = change is Change.RESOLVED
    return Alert(
        id=key,
        rule="late_payment",
        subject_id=new_key(),
        contract_id=contract_id,
        organisation_id=bureau_id,
        severity=severity,
        state=AlertState.RESOLVED if resolved else AlertState.OPEN,
        since=date(2023, 7, 11),
        facts=facts,
        opened_on=date(2023, 7, 11),
        resolved_on=AS_OF if resolved else None,
        episode=1,
        seen_scan_id=scan_id,
        change=change,
        change_scan_id=scan_id,
        recorded_at=RECORDED,
        version=1,
    )
