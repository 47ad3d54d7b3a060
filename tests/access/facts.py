"""The records of one marked contract: its service, its money, an alert, and a message that tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from alerts.delivery_models import Delivery, DeliveryAttempt, Message, MessageState
from alerts.models import Alert, AlertEpisode, AlertEvent, AlertState, Change
from contracts.documents.models import Document, DocumentKind, StoredFile
from contracts.service_models import ImplementationPlan, RoundKind, ServiceRound
from kernel.keys import new_key
from payments.models import Milestone, MilestoneKind, Payment, Trigger
from tests.alert_ledger import channel
from tests.ledger import RECORDED, WHO

BEGINS, DUE, PAID = date(2023, 1, 2), date(2023, 6, 30), date(2023, 5, 20)
numbers = count(1)


@dataclass(frozen=True)
class Thing:
    """Something written: its number in marks, its key, and the keys of its records by API name."""

    number: int
    id: UUID
    records: dict[str, UUID]

    def mark(self, kind: str) -> str:
        """Its mark in texts of a kind."""
        return f"Q{self.number:06d}{kind}"


def thing() -> Thing:
    """A new one."""
    return Thing(next(numbers), new_key(), {})


def write_service(session: Session, deal: Thing) -> None:
    """A plan, and a round with a document."""
    plan, served = new_key(), new_key()
    of_it: dict[str, Any] = {"contract_id": deal.id, "note": deal.mark("s"), **WHO}
    begun = {"number": 1, "kind": RoundKind.DRILL, "started_on": DUE, "ended_on": DUE}
    session.add_all(
        [
            ImplementationPlan(id=plan, number=1, submitted_on=BEGINS, **of_it),
            ServiceRound(id=served, **begun, **of_it),
        ]
    )
    session.flush()
    deal.records.update(plans=plan, rounds=served, documents=_document(session, deal, served))


def content_of(deal: Thing) -> bytes:
    """What the round's document holds."""
    return deal.mark("s").encode()


def _document(session: Session, deal: Thing, served: UUID) -> UUID:
    content, key = content_of(deal), new_key()
    name = sha256(content).hexdigest()
    session.add(StoredFile(sha256=name, byte_count=len(content), media_type="text/plain", **WHO))
    session.flush()
    session.add(
        Document(
            id=key,
            series_id=key,
            object_kind="round",
            object_id=served,
            contract_id=deal.id,
            kind=DocumentKind.REPORT,
            title=deal.mark("s"),
            file_name=f"{deal.mark('s')}.txt",
            sha256=name,
            **WHO,
        )
    )
    session.flush()
    return key


def write_money(session: Session, deal: Thing, power: int) -> None:
    """A milestone of 1,000 and a payment of 100 yuan, each doubled ``power`` times."""
    milestone, payment = new_key(), new_key()
    session.add(
        Milestone(
            id=milestone,
            contract_id=deal.id,
            number=1,
            name=deal.mark("m"),
            kind=MilestoneKind.FIRST,
            amount_given=Decimal(1_000 << power),
            trigger_kind=Trigger.DATE,
            due_on_given=DUE,
            **WHO,
        )
    )
    session.flush()
    session.add(
        Payment(
            id=payment,
            contract_id=deal.id,
            milestone_id=milestone,
            paid_on=PAID,
            amount=Decimal(100 << power),
            voucher=deal.mark("m"),
            **WHO,
        )
    )
    session.flush()
    deal.records.update(milestones=milestone, payments=payment)


def write_alert(session: Session, deal: Thing, by: UUID, scan_id: UUID) -> UUID:
    """An open alert with its episode; gives its one event."""
    alert, event = new_key(), new_key()
    facts = {
        "milestone": deal.mark("a"),
        "milestone_number": 1,
        "due_on": DUE.isoformat(),
        **dict.fromkeys(("amount_fen", "paid_fen", "unpaid_fen"), 100),
        "assumed": [],
    }
    opened = {"change": Change.OPENED, "severity": 2, "facts": facts, "recorded_at": RECORDED}
    session.add(
        Alert(
            id=alert,
            rule="late_payment",
            subject_id=new_key(),
            contract_id=deal.id,
            organisation_id=by,
            state=AlertState.OPEN,
            since=DUE,
            opened_on=DUE,
            seen_scan_id=scan_id,
            change_scan_id=scan_id,
            **opened,
        )
    )
    session.flush()
    episode = {"number": 1, "since": DUE, "opened_on": DUE, "worst_severity": 2}
    session.add_all(
        [
            AlertEpisode(alert_id=alert, **episode),
            AlertEvent(id=event, alert_id=alert, scan_id=scan_id, as_of=DUE, **opened),
        ]
    )
    session.flush()
    deal.records["alerts"] = alert
    return event


def write_message(session: Session, body: str, events: Sequence[UUID]) -> Thing:
    """A parked message that tells of the events, on a channel of its own, tried once."""
    made = thing()
    # An event reaches a channel once; port 9 of this machine answers nobody.
    target = channel(session, "http://127.0.0.1:9/hook", f"渠道{made.mark('d')}")
    session.add(
        Message(
            id=made.id,
            channel_id=target,
            body=body,
            alert_count=len(events),
            state=MessageState.PARKED,
            next_attempt_at=RECORDED,
            created_at=RECORDED,
            park_reason="对方拒绝",
        )
    )
    session.flush()
    of_it: dict[str, Any] = {"message_id": made.id}
    session.add_all(
        Delivery(event_id=event, channel_id=target, recorded_at=RECORDED, **of_it)
        for event in events
    )
    tried = {"number": 1, "started_at": RECORDED, "latency_ms": 1, "status": 500}
    session.add(DeliveryAttempt(answer=made.mark("r"), **tried, **of_it))
    session.flush()
    return made
