"""What came back is recorded, if the lease is still ours: attempts, states, disabled channels."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from alerts.delivery_models import Channel, DeliveryAttempt, Message, MessageState
from alerts.leases import Leased, ours
from alerts.retries import REASON_NAMES, Decision, Fate, Outcome, Reason
from kernel.keys import new_key

_STATES = {
    Fate.DELIVERED: MessageState.DELIVERED,
    Fate.RETRY: MessageState.PENDING,
    Fate.PARKED: MessageState.PARKED,
}


@dataclass(frozen=True, slots=True)
class Sent:
    """One post that was made and what follows from it."""

    leased: Leased
    outcome: Outcome
    decision: Decision
    started_at: datetime


def record(session: Session, worker: str, sent: Sequence[Sent], now: datetime) -> None:
    """Write attempts and states of a batch. What another worker took over meanwhile is its own."""
    held = ours(session, worker, [one.leased.id for one in sent])
    kept = [one for one in sent if one.leased.id in held]
    if not kept:
        return
    session.execute(insert(DeliveryAttempt), [_attempt(one) for one in kept])
    session.execute(update(Message), [_standing(one, now) for one in kept])
    gone = {one.leased.channel_id for one in kept if one.decision.disable_channel}
    if gone:
        session.execute(
            update(Channel)
            .where(Channel.id.in_(gone))
            .values(enabled=False, disabled_reason=REASON_NAMES[Reason.GONE])
            .execution_options(synchronize_session=False)
        )


def _attempt(one: Sent) -> dict[str, Any]:
    return {
        "id": new_key(),
        "message_id": one.leased.id,
        "number": one.leased.attempts + 1,
        "started_at": one.started_at,
        "latency_ms": one.outcome.latency_ms,
        "status": one.outcome.status,
        "answer": one.outcome.answer,
        "error": one.outcome.error[:400],
    }


def _standing(one: Sent, now: datetime) -> dict[str, Any]:
    ended = one.decision.fate is not Fate.RETRY
    parked = one.decision.fate is Fate.PARKED
    return {
        "id": one.leased.id,
        "state": _STATES[one.decision.fate],
        "tries": one.leased.tries + 1,
        "next_attempt_at": one.decision.next_attempt_at or now,
        "leased_until": None,
        "leased_by": "",
        "ended_at": now if ended else None,
        "park_reason": _park_reason(one) if parked else "",
    }


def _park_reason(one: Sent) -> str:
    status = f"（HTTP {one.outcome.status}）" if one.outcome.status else ""
    return f"{REASON_NAMES[one.decision.reason]}{status}"
