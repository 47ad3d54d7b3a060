"""What only pages ask about alerts: a list to page through, one alert's history, the last scan."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from alerts.delivery_models import Delivery, Message
from alerts.models import Alert, AlertEpisode, AlertEvent, AlertState, ScanRun, Severity
from contracts.access import of_visible, visible
from contracts.models import Contract, Programme
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.errors import NotFoundError
from kernel.paging import AnyRow, AnySelect, ListQuery, fetch_page

PAGE = 25


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader asks of the list; None or empty asks for all."""

    state: AlertState | None = AlertState.OPEN
    severity: int | None = None
    rule: str = ""
    programme: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class AlertPage:
    """One page of the list, worst first, how many match in all, and the key of the next page."""

    alerts: Sequence[Alert]
    matching: int
    next_key: str | None


@dataclass(frozen=True, slots=True)
class AlertHistory:
    """One alert with its episodes and events in order, and the messages that told of it."""

    alert: Alert
    episodes: Sequence[AlertEpisode]
    events: Sequence[AlertEvent]
    messages: Sequence[Message]


@dataclass(frozen=True, slots=True)
class LastScan:
    """The scan that what is shown rests on (None: never scanned), and a failure since then."""

    done: ScanRun | None
    failed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time an alert of a contract was open, and how bad it was on the day asked about."""

    alert: Alert
    episode: AlertEpisode
    severity: int

    def open_on(self, day: date) -> bool:
        """Whether it was open on ``day``, a day not before it opened."""
        return self.episode.resolved_on is None or self.episode.resolved_on > day


def alert_page(session: Session, actor: Actor, wanted: Wanted) -> AlertPage:
    """One page, worst and longest first.

    Raises ``InputError`` naming ``cursor`` when ``wanted.after`` is no key that a page gave.
    """
    match = and_(visible(actor, Permission.ALERTS_READ), *_matching(wanted))
    counted = select(func.count()).select_from(Alert).join(Contract).where(match)
    page = fetch_page(
        session,
        _alerts().where(match),
        [Severity.CRITICAL - Alert.severity, Alert.since, Alert.id],
        ListQuery(limit=PAGE, cursor=wanted.after or None),
        _first,
    )
    return AlertPage(page.items, session.scalar(counted) or 0, page.next)


def alert_history(session: Session, actor: Actor, alert_id: UUID) -> AlertHistory:
    """One alert and all that happened to it; ``NotFoundError`` if the actor sees none."""
    alert = session.scalars(
        _alerts().where(Alert.id == alert_id, visible(actor, Permission.ALERTS_READ))
    ).one_or_none()
    if alert is None:
        raise NotFoundError("没有这条预警，或不在您的查看范围内")
    messages = (
        select(Message)
        .where(
            Message.id.in_(
                select(Delivery.message_id)
                .join(AlertEvent, AlertEvent.id == Delivery.event_id)
                .join(Alert, Alert.id == AlertEvent.alert_id)
                .where(
                    Alert.id == alert_id,
                    of_visible(Alert.contract_id, actor, Permission.MESSAGES_READ),
                )
            )
        )
        .options(joinedload(Message.channel))
        .order_by(Message.id.desc())
    )
    episodes = select(AlertEpisode).where(AlertEpisode.alert_id == alert_id)
    events = select(AlertEvent).where(AlertEvent.alert_id == alert_id)
    return AlertHistory(
        alert,
        session.scalars(episodes.order_by(AlertEpisode.number)).all(),
        session.scalars(events.order_by(AlertEvent.as_of, AlertEvent.id)).all(),
        session.scalars(messages).all(),
    )


def rules_seen(session: Session, actor: Actor) -> Sequence[str]:
    """The codes of rules that ever opened an alert on what the actor sees."""
    return session.scalars(
        select(Alert.rule)
        .join(Contract)
        .where(visible(actor, Permission.ALERTS_READ))
        .distinct()
        .order_by(Alert.rule)
    ).all()


def worst_open(session: Session, actor: Actor, as_of: date, limit: int) -> list[tuple[Alert, int]]:
    """Alerts open on ``as_of`` with the severity they had then, worst first.

    The worst and longest of each rule is among them, before the second of another one, so that a
    rule with many alerts hides no other.
    """
    severity = _severity_on(as_of)
    of_rule = func.row_number().over(
        partition_by=Alert.rule, order_by=(severity.desc(), Alert.since, Alert.id)
    )
    ranked = (
        select(Alert.id, severity.label("severity"), of_rule.label("place"))
        .join(Alert.contract)
        .join(AlertEpisode, AlertEpisode.alert_id == Alert.id)
        .where(open_on(as_of), visible(actor, Permission.ALERTS_READ))
        .subquery()
    )
    statement = (
        _alerts()
        .add_columns(ranked.c.severity, ranked.c.place)
        .join(ranked, ranked.c.id == Alert.id)
        .order_by(ranked.c.place > 1, ranked.c.severity.desc(), ranked.c.place, Alert.since)
        .limit(limit)
    )
    # Which ones is settled; among them nothing lesser stands before something worse.
    found = sorted(session.execute(statement), key=lambda row: -row.severity)
    return [(row[0], row.severity) for row in found]


def open_by_contract(actor: Actor, as_of: date) -> AnySelect:
    """Subject ``contract_id`` with ``alerts``: how many the actor sees that were open on ``as_of``."""
    return (
        select(Alert.contract_id, func.count().label("alerts"))
        .join(AlertEpisode, AlertEpisode.alert_id == Alert.id)
        .where(open_on(as_of), of_visible(Alert.contract_id, actor, Permission.ALERTS_READ))
        .group_by(Alert.contract_id)
    )


def open_of_contracts(
    session: Session, actor: Actor, contract_ids: Collection[UUID], as_of: date
) -> dict[UUID, int]:
    """How many alerts each of these contracts had open on ``as_of``.

    A contract whose alerts the actor may not see is not among the keys.
    """
    found = open_by_contract(actor, as_of).where(Alert.contract_id.in_(contract_ids)).subquery()
    statement = (
        select(Contract.id, func.coalesce(found.c.alerts, 0))
        .outerjoin(found, found.c.contract_id == Contract.id)
        .where(Contract.id.in_(contract_ids), visible(actor, Permission.ALERTS_READ))
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def alerts_of_contract(
    session: Session, actor: Actor, contract_id: UUID, as_of: date
) -> list[Occurrence]:
    """Each time an alert of this contract opened up to ``as_of``, latest first."""
    statement = (
        select(Alert, AlertEpisode, _severity_on(as_of))
        .join(AlertEpisode, AlertEpisode.alert_id == Alert.id)
        .join(Alert.contract)
        .where(
            Contract.id == contract_id,
            visible(actor, Permission.ALERTS_READ),
            AlertEpisode.opened_on <= as_of,
        )
        .options(contains_eager(Alert.contract), joinedload(Alert.organisation))
        .order_by(AlertEpisode.since.desc(), Alert.id)
    )
    return [Occurrence(*row) for row in session.execute(statement)]


def open_on(as_of: date) -> ColumnElement[bool]:
    """The episode was open on ``as_of``: seen by a scan by then, and its cause not yet ended."""
    return and_(
        AlertEpisode.opened_on <= as_of,
        or_(AlertEpisode.resolved_on.is_(None), AlertEpisode.resolved_on > as_of),
    )


def last_scan(session: Session, as_of: date) -> LastScan:
    """The newest scan up to ``as_of`` that ended well, and whether a later one failed."""
    newest = (
        select(ScanRun)
        .where(ScanRun.as_of <= as_of)
        .order_by(ScanRun.as_of.desc(), ScanRun.started_at.desc())
        .limit(1)
    )
    done = session.scalars(newest.where(ScanRun.error == "")).first()
    failed = session.scalars(newest.where(ScanRun.error != "")).first()
    is_later = failed and (done is None or failed.started_at > done.started_at)
    return LastScan(done, failed.started_at if failed and is_later else None)


def _alerts() -> AnySelect:
    return (
        select(Alert)
        .join(Alert.contract)
        .options(
            contains_eager(Alert.contract),
            joinedload(Alert.contract, Contract.programme),
            joinedload(Alert.contract, Contract.vendor),
            joinedload(Alert.contract, Contract.purchaser),
            joinedload(Alert.organisation),
        )
    )


def _matching(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.state:
        conditions.append(Alert.state == wanted.state)
    if wanted.severity:
        conditions.append(Alert.severity == wanted.severity)
    if wanted.rule:
        conditions.append(Alert.rule == wanted.rule)
    if wanted.programme:
        of_code = select(Programme.id).where(Programme.code == wanted.programme)
        conditions.append(Contract.programme_id.in_(of_code))
    return conditions


def _severity_on(as_of: date) -> ColumnElement[int]:
    """What the last event up to ``as_of`` says; an alert's own severity is only today's."""
    told = (
        select(AlertEvent.severity)
        .where(AlertEvent.alert_id == Alert.id, AlertEvent.as_of <= as_of)
        .order_by(AlertEvent.as_of.desc(), AlertEvent.id.desc())
        .limit(1)
        .correlate(Alert)
        .scalar_subquery()
    )
    return func.coalesce(told, Alert.severity)


def _first(row: AnyRow) -> Alert:
    found: Alert = row[0]
    return found
