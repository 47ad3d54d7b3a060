"""``/metrics`` for Prometheus: how long requests take, and how much of what stands in the database.

No label holds a user's data: routes are named by their templates. Durations are gathered over all
processes of ``monitor serve`` through files in a folder of its own (``shared_folder``); what is in
the database is counted when asked.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response, g, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.delivery_models import Message, MessageState
from alerts.models import Alert, AlertState, ScanRun, Severity
from kernel.access.actor import SCAN_JOB
from kernel.access.permissions import Permission
from kernel.trail.models import AuditEntry, AuditSeal
from kernel.web.permissions import requires
from kernel.web.session import web_parts

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Histogram
    from prometheus_client.core import GaugeMetricFamily

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
UNMATCHED = "unmatched"

metrics_pages = Blueprint("metrics_pages", __name__)


@contextmanager
def shared_folder() -> Iterator[None]:
    """A folder in which the processes started inside the block share their figures; gone after it.

    Entered before the library is imported: it looks for the folder once, then.
    """
    folder = tempfile.mkdtemp(prefix="monitor-metrics-")
    os.environ[_FOLDER] = folder
    try:
        yield
    finally:
        os.environ.pop(_FOLDER, None)
        shutil.rmtree(folder, ignore_errors=True)


def install_metrics(app: Flask) -> None:
    """Measure every request."""
    app.before_request(_begin)
    app.after_request(_measure)


@metrics_pages.get("/metrics")
@requires(Permission.METRICS_READ)
def show() -> Response:
    """All figures in Prometheus' text format."""
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    parts = web_parts()
    registry = _requests()
    with parts.database.reading(SCAN_JOB) as session:
        registry.register(_Counted(counts(session, parts.clock.now())))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Counted:
    """What was counted, as the library collects it."""

    def __init__(self, families: "list[GaugeMetricFamily]") -> None:
        self._families = families

    def collect(self) -> "list[GaugeMetricFamily]":
        return self._families


def counts(session: Session, now: datetime) -> "list[GaugeMetricFamily]":
    """Open alerts by severity, messages by state, the last scan's age, unsealed trail entries."""
    from prometheus_client.core import GaugeMetricFamily

    alerts = GaugeMetricFamily("monitor_alerts_open", "Open alerts", labels=["severity"])
    for severity, number in _grouped_alerts(session).items():
        alerts.add_metric([severity.name.lower()], number)
    messages = GaugeMetricFamily("monitor_messages", "Messages", labels=["state"])
    for state, number in _grouped_messages(session).items():
        messages.add_metric([state.value], number)
    unsealed = GaugeMetricFamily(
        "monitor_trail_unsealed",
        "Trail entries after the newest sealed one",
        value=_unsealed(session),
    )
    families = [alerts, messages, unsealed]
    last = session.scalar(select(func.max(ScanRun.started_at)).where(ScanRun.error == ""))
    if last is not None:
        families.append(
            GaugeMetricFamily(
                "monitor_last_scan_age_seconds",
                "Since the newest scan that ended well began",
                value=max(0.0, (now - last).total_seconds()),
            )
        )
    return families


def _grouped_alerts(session: Session) -> dict[Severity, int]:
    rows = session.execute(
        select(Alert.severity, func.count())
        .where(Alert.state == AlertState.OPEN)
        .group_by(Alert.severity)
    )
    found = {number: count for number, count in rows}  # noqa: C416 — a Row is no pair for mypy
    return {severity: found.get(severity, 0) for severity in Severity}


def _grouped_messages(session: Session) -> dict[MessageState, int]:
    rows = session.execute(select(Message.state, func.count()).group_by(Message.state))
    found = {state: count for state, count in rows}  # noqa: C416 — a Row is no pair for mypy
    return {state: found.get(state, 0) for state in MessageState}


def _unsealed(session: Session) -> int:
    sealed = select(func.coalesce(func.max(AuditSeal.entry_id), 0)).scalar_subquery()
    return session.scalar(select(func.count()).where(AuditEntry.id > sealed)) or 0


@cache
def _durations() -> "Histogram":
    from prometheus_client import Histogram

    return Histogram(
        "monitor_request_seconds",
        "Time to answer a request",
        ["method", "route", "status"],
        buckets=_BUCKETS,
        registry=None,
    )


def _requests() -> "CollectorRegistry":
    from prometheus_client import CollectorRegistry
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    if _FOLDER in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_durations())
    return registry


def _begin() -> None:
    g.measured_from = time.perf_counter()


def _measure(response: Response) -> Response:
    began = g.get("measured_from")
    if began is not None:
        route = UNMATCHED if request.url_rule is None else request.url_rule.rule
        method = request.method if request.url_rule is not None else UNMATCHED
        _durations().labels(method, route, str(response.status_code)).observe(
            time.perf_counter() - began
        )
    return response
