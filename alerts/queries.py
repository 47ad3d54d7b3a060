"""Set-based reads of alerts as of a day: what was open then, how bad, and why.

An alert's own row says how it stood after the last scan that touched it; for a day before that
scan, its episodes and events say how it stood then. The list is one statement whatever the data.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, aliased

from alerts.delivery_models import Delivery
from alerts.models import Alert, AlertEpisode, AlertEvent, AlertState, ScanRun
from alerts.schemas import (
    AlertDetail,
    AlertEventOut,
    AlertOut,
    AlertsWanted,
    EpisodeOut,
    severity_word,
)
from alerts.texts import days_counted, rule_name
from contracts.access import of_visible
from contracts.models import Contract, Organisation, Programme
from contracts.queries import happened, of_contracts, only_row
from contracts.schemas import OfContracts
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.money import from_fen
from kernel.paging import AnyRow, AnySelect, Key, Page, fetch_page

_later = aliased(AlertEpisode)


def alerts(session: Session, actor: Actor, as_of: date, wanted: AlertsWanted) -> Page[AlertOut]:
    """Alerts opened by ``as_of`` as they stood then: worst first, then longest."""
    statement = _alerts(as_of).where(of_contracts(actor, Permission.ALERTS_READ, as_of, wanted))
    if wanted.rule:
        statement = statement.where(Alert.rule == wanted.rule)
    if wanted.severity:
        statement = statement.where(_severity(as_of) == wanted.severity.number)
    if wanted.state:
        statement = statement.where(_state(as_of) == wanted.state.value)
    if wanted.organisation:
        statement = statement.where(Alert.organisation_id == wanted.organisation)
    keys: list[Key] = [-_severity(as_of), _since(as_of), Alert.id]
    return fetch_page(
        session, statement, keys, wanted, lambda row: AlertOut.model_validate(_values(row, as_of))
    )


def alert(session: Session, actor: Actor, as_of: date, key: UUID) -> AlertDetail:
    """One alert with its history up to ``as_of``; raises ``NotFoundError``."""
    statement = _alerts(as_of).where(
        Alert.id == key, of_contracts(actor, Permission.ALERTS_READ, as_of, OfContracts())
    )
    values = _values(only_row(session, statement, "条预警"), as_of)
    episodes = session.scalars(
        select(AlertEpisode)
        .where(AlertEpisode.alert_id == key, AlertEpisode.opened_on <= as_of)
        .order_by(AlertEpisode.number)
    ).all()
    events = session.scalars(
        select(AlertEvent)
        .where(AlertEvent.alert_id == key, AlertEvent.as_of <= as_of)
        .order_by(AlertEvent.as_of, AlertEvent.id)
    ).all()
    messages = session.scalars(
        select(Delivery.message_id)
        .join(AlertEvent, AlertEvent.id == Delivery.event_id)
        .join(Alert, Alert.id == AlertEvent.alert_id)
        .where(
            Alert.id == key,
            of_visible(Alert.contract_id, actor, Permission.MESSAGES_READ),
            AlertEvent.as_of <= as_of,
            Delivery.message_id.is_not(None),
        )
        .distinct()
        .order_by(Delivery.message_id)
    ).all()
    return AlertDetail.model_validate(
        {
            **values,
            "episodes": [_episode(episode, as_of) for episode in episodes],
            "events": [
                AlertEventOut.of(
                    event, severity=severity_word(event.severity), facts=_facts(event.facts)
                )
                for event in events
            ],
            "message_ids": list(messages),
        }
    )


def _alerts(as_of: date) -> AnySelect:
    """Each alert with its newest episode and its newest event up to ``as_of``."""
    newest_event = (
        select(AlertEvent.id)
        .where(AlertEvent.alert_id == Alert.id, AlertEvent.as_of <= as_of)
        .order_by(AlertEvent.as_of.desc(), AlertEvent.id.desc())
        .limit(1)
        .correlate(Alert)
        .scalar_subquery()
    )
    newest_episode = (
        select(func.max(_later.number))
        .where(_later.alert_id == Alert.id, _later.opened_on <= as_of)
        .correlate(Alert)
        .scalar_subquery()
    )
    return (
        select(
            Alert,
            AlertEpisode,
            AlertEvent,
            Contract,
            Organisation,
            _state(as_of).label("stood"),
            _severity(as_of).label("worth"),
            _since(as_of).label("began"),
            _is_last(as_of).label("is_last"),
        )
        .join(ScanRun, ScanRun.id == Alert.change_scan_id)
        .join(AlertEpisode, AlertEpisode.alert_id == Alert.id)
        .join(AlertEvent, AlertEvent.id == newest_event)
        .join(Contract, Contract.id == Alert.contract_id)
        .join(Programme, Programme.id == Contract.programme_id)
        .join(Organisation, Organisation.id == Alert.organisation_id)
        .where(AlertEpisode.number == newest_episode)
    )


def _is_last(as_of: date) -> ColumnElement[bool]:
    return ScanRun.as_of <= as_of


def _severity(as_of: date) -> ColumnElement[int]:
    return case((_is_last(as_of), Alert.severity), else_=AlertEvent.severity)


def _since(as_of: date) -> ColumnElement[date]:
    return case((_is_last(as_of), Alert.since), else_=AlertEpisode.since)


def _state(as_of: date) -> ColumnElement[str]:
    return case(
        (AlertEpisode.resolved_on <= as_of, AlertState.RESOLVED.value), else_=AlertState.OPEN.value
    )


def _values(row: AnyRow, as_of: date) -> dict[str, object]:
    record, episode, event = row.Alert, row.AlertEpisode, row.AlertEvent
    resolved_on = happened(episode.resolved_on, as_of)
    facts = record.facts if row.is_last else event.facts
    days = days_counted(record.rule, facts, resolved_on or as_of)
    return {
        "id": record.id,
        "rule": record.rule,
        "rule_name": rule_name(record.rule),
        "severity": severity_word(row.worth),
        "state": row.stood,
        "since": row.began,
        "days": None if days is None else max(days, 0),
        "opened_on": episode.opened_on,
        "resolved_on": resolved_on,
        "end_reason": episode.end_reason if resolved_on else None,
        "episode": episode.number,
        "facts": _facts(facts),
        "contract": row.Contract,
        "organisation": row.Organisation,
        "version": record.version,
    }


def _episode(episode: AlertEpisode, as_of: date) -> EpisodeOut:
    resolved_on = happened(episode.resolved_on, as_of)
    return EpisodeOut.of(
        episode,
        resolved_on=resolved_on,
        end_reason=episode.end_reason if resolved_on else None,
        worst_severity=severity_word(episode.worst_severity),
    )


def _facts(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as the API shows them: fen are for the database, yuan with two decimals outside it."""
    return {
        name.removesuffix("_fen"): f"{from_fen(value):.2f}"
        if name.endswith("_fen") and value is not None
        else value
        for name, value in kept.items()
    }
