"""What a scan left: open alerts and their history, as other programs read them."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.models import Alert, AlertEpisode, AlertState, ScanRun, Severity
from contracts.access import visible
from contracts.models import Contract
from kernel.access.actor import Actor
from kernel.access.permissions import Permission


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An open alert: ``subject`` is the contract's number, and the milestone's after a slash."""

    rule: str
    subject: str
    contract: str
    severity: str
    since: date
    facts: dict[str, Any]
    alert_id: UUID

    def as_json(self) -> dict[str, Any]:
        """The shape that ``scan --json`` prints."""
        return asdict(self) | {"since": self.since.isoformat(), "alert_id": str(self.alert_id)}


@dataclass(frozen=True, slots=True)
class Episode:
    """One time an alert was open."""

    rule: str
    subject: str
    contract: str
    since: date
    opened_on: date
    resolved_on: date | None
    end_reason: str | None
    worst_severity: str

    def as_json(self) -> dict[str, Any]:
        """The shape that ``replay --json`` prints."""
        days = {"since": self.since, "opened_on": self.opened_on, "resolved_on": self.resolved_on}
        return asdict(self) | {name: day and day.isoformat() for name, day in days.items()}


def _subject(contract: str, facts: dict[str, Any]) -> str:
    milestone = facts.get("milestone_number")
    return contract if milestone is None else f"{contract}/{milestone}"


def open_alerts(session: Session, actor: Actor) -> list[OpenAlert]:
    """All open alerts that the actor sees, worst first, then by contract."""
    rows = session.execute(
        select(Alert, Contract.number)
        .join(Contract, Contract.id == Alert.contract_id)
        .where(Alert.state == AlertState.OPEN, visible(actor, Permission.ALERTS_READ))
        .order_by(Alert.severity.desc(), Alert.rule, Contract.number, Alert.since)
    )
    return [
        OpenAlert(
            rule=alert.rule,
            subject=_subject(number, alert.facts),
            contract=number,
            severity=Severity(alert.severity).name.lower(),
            since=alert.since,
            facts=alert.facts,
            alert_id=alert.id,
        )
        for alert, number in rows
    ]


def history(session: Session, actor: Actor) -> list[Episode]:
    """Every episode of every alert that the actor sees, in the order they opened."""
    rows = session.execute(
        select(AlertEpisode, Alert.rule, Alert.facts, Contract.number)
        .join(Alert, Alert.id == AlertEpisode.alert_id)
        .join(Contract, Contract.id == Alert.contract_id)
        .where(visible(actor, Permission.ALERTS_READ))
        .order_by(AlertEpisode.opened_on, Alert.rule, Contract.number, AlertEpisode.number)
    )
    return [
        Episode(
            rule=rule,
            subject=_subject(number, facts),
            contract=number,
            since=episode.since,
            opened_on=episode.opened_on,
            resolved_on=episode.resolved_on,
            end_reason=episode.end_reason and episode.end_reason.value,
            worst_severity=Severity(episode.worst_severity).name.lower(),
        )
        for episode, rule, facts, number in rows
    ]


def last_scanned(session: Session) -> date | None:
    """The business date of the last scan that succeeded, None before the first."""
    return session.scalar(select(func.max(ScanRun.as_of)).where(ScanRun.error == ""))
