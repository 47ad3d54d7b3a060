"""The statements of a scan: one upsert a rule, then INSERT … SELECT; no row passes Python."""

from collections.abc import Sequence, Set
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, and_, case, func, insert, literal, null, or_, select, true, update
from sqlalchemy.orm import Session

from alerts.delivery_models import Channel, Delivery
from alerts.models import Alert, AlertEpisode, AlertEvent, AlertState, Change, EndReason
from alerts.rules.rule import Rule
from kernel.sql import earliest, inline, upsert
from kernel.sql import new_key as sql_new_key

RECORDED_CHANGES = (
    Change.OPENED,
    Change.RAISED,
    Change.LOWERED,
    Change.REFRESHED,
    Change.RESOLVED,
)
DELIVERED_CHANGES = (Change.OPENED, Change.RAISED, Change.RESOLVED)

Counts = dict[str, dict[str, int]]
"""By rule: opened, refreshed (went on; of which raised, lowered), resolved, open."""


def stamp_seen(session: Session, rule: Rule, scan_id: UUID, now: datetime, as_of: date) -> None:
    """One upsert: what breaks the rule is open and carries this scan's stamp."""
    seen = rule.subjects(as_of).subquery()
    values: dict[str, Any] = {
        "id": sql_new_key(),
        "rule": literal(rule.code),
        "subject_id": seen.c.subject_id,
        "period": literal(""),
        "contract_id": seen.c.contract_id,
        "organisation_id": seen.c.organisation_id,
        "severity": seen.c.severity,
        "state": literal(AlertState.OPEN.value),
        "since": seen.c.since,
        "facts": seen.c.facts,
        "opened_on": literal(as_of),
        "episode": literal(1),
        "seen_scan_id": literal(scan_id),
        "change": literal(Change.OPENED.value),
        "change_scan_id": literal(scan_id),
        "recorded_at": literal(now, Alert.recorded_at.type),
        "version": literal(1),
    }
    statement = upsert(session, _table(Alert)).from_select(
        list(values), select(*values.values()).select_from(seen).where(true())
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[Alert.rule, Alert.subject_id, Alert.period],
            set_=_gone_on(statement.excluded, scan_id),
        )
    )


def _gone_on(new: Any, scan_id: UUID) -> dict[str, Any]:
    """What an alert that is there already becomes: another episode, or the same one, renewed."""
    reopened = Alert.state == AlertState.RESOLVED
    change = case(
        (reopened, Change.OPENED.value),
        (new.severity > Alert.severity, Change.RAISED.value),
        (new.severity < Alert.severity, Change.LOWERED.value),
        (or_(new.since != Alert.since, new.facts != Alert.facts), Change.REFRESHED.value),
        else_=Change.SEEN.value,
    )
    return {
        "change": change,
        "change_scan_id": scan_id,
        "seen_scan_id": scan_id,
        "opened_on": case((reopened, new.opened_on), else_=Alert.opened_on),
        "episode": Alert.episode + case((reopened, 1), else_=0),
        "version": Alert.version + case((change == Change.SEEN.value, 0), else_=1),
        "state": AlertState.OPEN.value,
        "resolved_on": null(),
        "end_reason": null(),
        "organisation_id": new.organisation_id,
        "severity": new.severity,
        "since": new.since,
        "facts": new.facts,
    }


def resolve_unseen(session: Session, rule: Rule, scan_id: UUID, as_of: date) -> None:
    """What is open but was not seen has ended: met, lapsed, or never broken after a correction."""
    settled_on, lapsed_on = rule.settled_on(as_of), rule.lapsed_on(as_of)
    session.execute(
        update(Alert)
        .where(
            Alert.rule == rule.code,
            Alert.state == inline(Alert.state, AlertState.OPEN),
            Alert.seen_scan_id != scan_id,
        )
        .values(
            state=AlertState.RESOLVED,
            resolved_on=func.coalesce(earliest(settled_on, lapsed_on), as_of),
            end_reason=case(
                (settled_on <= Alert.since, EndReason.CORRECTED.value),
                (lapsed_on <= func.coalesce(settled_on, lapsed_on), EndReason.LAPSED.value),
                (settled_on.is_not(None), EndReason.FULFILLED.value),
                # Nothing shows it met, and it holds no more: its terms were taken out of the ledger.
                else_=EndReason.CORRECTED.value,
            ),
            change=Change.RESOLVED,
            change_scan_id=scan_id,
            version=Alert.version + 1,
        )
        .execution_options(synchronize_session=False)
    )


def write_episodes(session: Session, scan_id: UUID, as_of: date, happened: Set[Change]) -> None:
    """Begin an episode for what opened; keep its worst severity and since; end what resolved.

    ``happened`` names the changes of this scan, so that a quiet day writes nothing.
    """
    if Change.OPENED in happened:
        columns = ["alert_id", "number", "since", "opened_on", "worst_severity"]
        opened = select(Alert.id, Alert.episode, Alert.since, literal(as_of), Alert.severity)
        session.execute(
            insert(AlertEpisode).from_select(
                columns,
                opened.where(Alert.change_scan_id == scan_id, Alert.change == Change.OPENED),
            )
        )
    worst = case(
        (Alert.severity > AlertEpisode.worst_severity, Alert.severity),
        else_=AlertEpisode.worst_severity,
    )
    for change, values in (
        (Change.RAISED, {"worst_severity": worst, "since": Alert.since}),
        (Change.LOWERED, {"since": Alert.since}),
        (Change.REFRESHED, {"since": Alert.since}),
        (Change.RESOLVED, {"resolved_on": Alert.resolved_on, "end_reason": Alert.end_reason}),
    ):
        if change in happened:
            session.execute(
                update(AlertEpisode)
                .where(
                    Alert.change_scan_id == scan_id,
                    Alert.change == change,
                    Alert.id == AlertEpisode.alert_id,
                    Alert.episode == AlertEpisode.number,
                )
                .values(values)
                .execution_options(synchronize_session=False)
            )


def write_events(session: Session, scan_id: UUID, now: datetime, as_of: date) -> None:
    """Keep what changed, with what was known at that moment; what is as it was is no event."""
    session.execute(
        insert(AlertEvent).from_select(
            ["id", "alert_id", "scan_id", "change", "as_of", "severity", "facts", "recorded_at"],
            select(
                sql_new_key(),
                Alert.id,
                literal(scan_id),
                Alert.change,
                literal(as_of),
                Alert.severity,
                Alert.facts,
                literal(now, Alert.recorded_at.type),
            ).where(Alert.change_scan_id == scan_id, Alert.change.in_(RECORDED_CHANGES)),
        )
    )


def write_deliveries(session: Session, scan_id: UUID, now: datetime) -> None:
    """One delivery for each event that people want to hear of and each channel that carries it.

    Whoever could hear how bad it was hears that it ended, however mild it had become by then.
    """
    told = case(
        (AlertEvent.change == Change.RESOLVED, AlertEpisode.worst_severity),
        else_=AlertEvent.severity,
    )
    session.execute(
        insert(Delivery).from_select(
            ["id", "event_id", "channel_id", "recorded_at"],
            select(sql_new_key(), AlertEvent.id, Channel.id, literal(now, Alert.recorded_at.type))
            .select_from(AlertEvent)
            .join(Alert, Alert.id == AlertEvent.alert_id)
            .join(
                AlertEpisode,
                and_(AlertEpisode.alert_id == Alert.id, AlertEpisode.number == Alert.episode),
            )
            .join(Channel, Channel.min_severity <= told)
            .where(
                AlertEvent.scan_id == scan_id,
                AlertEvent.change.in_(DELIVERED_CHANGES),
                Channel.enabled,
            ),
        )
    )


def count_changes(
    session: Session, scan_id: UUID, rules: Sequence[Rule]
) -> tuple[Counts, set[Change]]:
    """Count what this scan did, by rule; and which changes there were at all."""
    words = ("opened", "refreshed", "raised", "lowered", "resolved", "open")
    counts = {rule.code: dict.fromkeys(words, 0) for rule in rules}
    happened = set()
    for code, change, number in session.execute(
        select(Alert.rule, Alert.change, func.count())
        .where(Alert.change_scan_id == scan_id)
        .group_by(Alert.rule, Alert.change)
    ):
        happened.add(change)
        of_rule = counts[code]
        if change is not Change.RESOLVED:
            of_rule["open"] += number
        if change not in (Change.RESOLVED, Change.OPENED):
            of_rule["refreshed"] += number
        if change not in (Change.SEEN, Change.REFRESHED):
            of_rule[change.value] = number
    return counts, happened


def _table(model: type[Any]) -> Table:
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model} is mapped to no table")
    return table
