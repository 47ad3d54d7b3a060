"""A worker's round: join what waits, lease what is due, post it, record what came back.

Posts are made outside any transaction. Outcomes are recorded in small batches, so a crash repeats
at most one batch, each message with the id it had before (at least once, never lost).
"""

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from alerts.channels import Sender, Target, open_sender
from alerts.delivery_models import Channel, Delivery, Message, MessageState, webhook_id
from alerts.delivery_records import Sent, record
from alerts.leases import Leased, channels_due, give_back, lease
from alerts.messages import compose
from alerts.models import Alert, AlertEvent
from alerts.receivers import ReceiverRules
from alerts.retries import Decision, Fate, Fault, Outcome, Reason, asked_wait, decide
from contracts.access import visible
from contracts.models import Contract
from kernel.access.actor import DELIVERY_JOB, Actor
from kernel.access.permissions import Permission
from kernel.clock import Clock
from kernel.database import Database
from kernel.errors import ConflictError, InputError, NotFoundError, UnavailableError
from kernel.logs import get_logger
from kernel.sealed_secrets import SealedSecrets

LEASE_SECONDS = 60.0
BATCH = 50
"""Messages leased and recorded together: what a crash may repeat."""

RECORD_EVERY_SECONDS = 1.0
SLOW_MS = 1_000
SHORTEST_REST = timedelta(seconds=5)
LONGEST_REST = timedelta(minutes=5)
LONGEST_ASKED_REST = timedelta(hours=1)

_random = secrets.SystemRandom().random


def _never() -> bool:
    return False


@dataclass(slots=True)
class Tally:
    """What a round did: deliveries joined, posts made and what became of them."""

    joined: int = 0
    attempts: int = 0
    delivered: int = 0
    retrying: int = 0
    parked: int = 0

    @property
    def idle(self) -> bool:
        """Nothing was there to do."""
        return not (self.joined or self.attempts)


@dataclass(slots=True)
class _Done:
    """Posts that were made and leases that were not used, to be written together."""

    sent: list[Sent] = field(default_factory=list)
    left: list[UUID] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not (self.sent or self.left)


@dataclass(slots=True)
class _Rest:
    until: datetime
    times: int


class Courier:
    """One worker. ``name`` must be its own: a lease is known by it."""

    def __init__(  # noqa: PLR0913 — each is a part that tests replace
        self,
        database: Database,
        clock: Clock,
        rules: ReceiverRules,
        keys: SealedSecrets,
        link_base: str,
        *,
        name: str,
        lease_seconds: float = LEASE_SECONDS,
        jitter: Callable[[], float] = _random,
        stopping: Callable[[], bool] = _never,
    ) -> None:
        # Written so that nan, which is neither more nor less, is refused too.
        if not lease_seconds > rules.timeout_seconds + RECORD_EVERY_SECONDS:
            raise InputError(
                "lease-seconds",
                f"{lease_seconds:g} 秒，须比接收方时限 {rules.timeout_seconds:g} 秒多出 1 秒以上",
            )
        self._database = database
        self._clock = clock
        self._rules = rules
        self._keys = keys
        self._link_base = link_base
        self._name = name
        self._lease_seconds = lease_seconds
        self._jitter = jitter
        self._stopping = stopping
        self._senders: dict[UUID, tuple[Target, Sender]] = {}
        self._rests: dict[UUID, _Rest] = {}
        # Kept until it is written: a database that was away a moment finds it in the next round.
        self._done = _Done()
        self._log = get_logger("delivery")

    def deliver_due(self) -> Tally:
        """Join what waits and post what is due now, until nothing is left or it is to stop."""
        tally = Tally()
        while batch := self._turn(tally):
            self._post_batch(batch, tally)
        return tally

    def _turn(self, tally: Tally) -> list[Leased]:
        """Record the last batch and lease the next, in one transaction."""
        channels: Sequence[UUID] = ()
        if not self._stopping():
            tally.joined += self._join()
        now = self._clock.now()  # after joining: what was joined is due from then on
        if not self._stopping():
            resting = [channel for channel, rest in self._rests.items() if rest.until > now]
            with self._database.reading(DELIVERY_JOB) as session:
                channels = channels_due(session, now, resting, BATCH)
        if not channels and self._done.empty:
            return []
        with self._database.writing(DELIVERY_JOB) as session:
            self._write(session)
            batch = lease(session, self._name, now, channels, BATCH, self._lease_seconds)
        self._done = _Done()
        return batch

    def _post_batch(self, batch: Sequence[Leased], tally: Tally) -> None:
        others_wait = len({one.channel_id for one in batch}) > 1
        began = time.monotonic()
        for one in batch:
            if not self._may_post(one):
                self._done.left.append(one.id)
                continue
            sent = self._post(one, tally)
            self._done.sent.append(sent)
            if others_wait and sent.outcome.latency_ms >= SLOW_MS:
                self._let_others_go_first(one, sent.outcome)
            if time.monotonic() - began >= RECORD_EVERY_SECONDS:
                with self._database.writing(DELIVERY_JOB) as session:
                    self._write(session)
                self._done, began = _Done(), time.monotonic()

    def _let_others_go_first(self, one: Leased, outcome: Outcome) -> None:
        """A slow receiver rests for as long as it took: others get half the time at least."""
        until = self._clock.now() + timedelta(milliseconds=outcome.latency_ms)
        known = self._rests.get(one.channel_id)
        if known is None or known.until < until:
            self._rests[one.channel_id] = _Rest(until, known.times if known else 0)

    def _write(self, session: Session) -> None:
        if self._done.sent:
            record(session, self._name, self._done.sent, self._clock.now())
        if self._done.left:
            give_back(session, self._name, self._done.left)

    def _join(self) -> int:
        # Asked by a read first: on SQLite a writing transaction would hold everybody else up.
        with self._database.reading(DELIVERY_JOB) as session:
            waits = exists().where(Delivery.message_id.is_(None))
            if not session.scalar(select(waits)):
                return 0
        return compose(self._database, self._clock, self._link_base)

    def close(self) -> None:
        """Close the connections to all receivers."""
        for _, sender in self._senders.values():
            sender.close()
        self._senders.clear()

    def _may_post(self, one: Leased) -> bool:
        """A post must end while its lease lasts; a resting receiver is left alone."""
        now = self._clock.now()
        latest = one.leased_until - timedelta(seconds=self._rules.timeout_seconds)
        rest = self._rests.get(one.channel_id)
        return not self._stopping() and now <= latest and (rest is None or rest.until <= now)

    def _post(self, one: Leased, tally: Tally) -> Sent:
        started = self._clock.now()
        try:
            sender = self._sender(one)
        except ValueError as error:
            outcome = Outcome(fault=Fault.BAD_SET_UP, error=str(error))
        except UnavailableError as error:
            outcome = Outcome(fault=Fault.SEALED, error=error.message)
        else:
            outcome = sender.send(webhook_id(one.id), one.body, started)
        decision = decide(outcome, one.tries + 1, self._clock.now(), self._jitter)
        self._note(one, outcome, decision)
        tally.attempts += 1
        tally.delivered += decision.fate is Fate.DELIVERED
        tally.retrying += decision.fate is Fate.RETRY
        tally.parked += decision.fate is Fate.PARKED
        return Sent(one, outcome, decision, started)

    def _note(self, one: Leased, outcome: Outcome, decision: Decision) -> None:
        """Remember whom to leave alone, and for how long."""
        now = self._clock.now()
        if decision.disable_channel:
            self._rests[one.channel_id] = _Rest(now + LONGEST_REST, 1)
        elif decision.rest_channel:
            known = self._rests.get(one.channel_id)
            times = known.times + 1 if known else 1
            pause = min(SHORTEST_REST * 2 ** min(times - 1, 10), LONGEST_REST)
            if decision.reason is Reason.SLOW_DOWN:
                pause = max(pause, min(asked_wait(outcome.retry_after, now), LONGEST_ASKED_REST))
            self._rests[one.channel_id] = _Rest(now + pause, times)
        else:
            self._rests.pop(one.channel_id, None)
        if decision.fate is not Fate.DELIVERED:
            self._log.warning(
                "message_not_delivered",
                message=str(one.id),
                channel=str(one.channel_id),
                reason=decision.reason.value,
                status=outcome.status,
            )

    def _sender(self, one: Leased) -> Sender:
        known = self._senders.get(one.channel_id)
        if known is not None and known[0] == one.target:
            return known[1]
        if known is not None:
            known[1].close()
        sender = open_sender(one.target, self._keys, self._rules)
        self._senders[one.channel_id] = (one.target, sender)
        return sender


def resend(session: Session, actor: Actor, message_id: UUID, now: datetime) -> Message:
    """Send a parked message again from the start of its schedule, with the id it had.

    Who may send messages about one of the contracts that it tells of may send it. Raises
    ``NotFoundError`` for any other, ``ConflictError`` when it is not
    parked or its channel is disabled.
    """
    message = session.get(Message, message_id, with_for_update=True)
    if message is None or not may_resend(session, actor, message_id):
        raise NotFoundError(f"没有消息 {message_id}")
    if message.state is not MessageState.PARKED:
        raise ConflictError("只有已搁置的消息可以重新发送")
    channel = session.get_one(Channel, message.channel_id)
    if not channel.enabled:
        raise ConflictError(f"渠道“{channel.name}”已停用，请先启用")
    message.state = MessageState.PENDING
    message.tries = 0
    message.next_attempt_at = now
    message.ended_at = None
    message.park_reason = ""
    get_logger("delivery").info("message_resent", message=str(message_id), actor=actor.name)
    return message


def may_resend(session: Session, actor: Actor, message_id: UUID) -> bool:
    """Whether the message tells of a contract about which the actor may send messages."""
    carried = (
        select(Delivery.id)
        .join(AlertEvent, AlertEvent.id == Delivery.event_id)
        .join(Alert, Alert.id == AlertEvent.alert_id)
        .join(Contract, Contract.id == Alert.contract_id)
        .where(Delivery.message_id == message_id, visible(actor, Permission.MESSAGES_SEND))
    )
    return bool(session.scalar(select(exists(carried))))
