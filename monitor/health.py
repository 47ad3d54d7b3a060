"""``/healthz``: the process answers. ``/readyz``: what it stands on is there, and how old its watch.

A load balancer asks both; neither says anything that is not for everybody to know.
"""

from datetime import UTC, date, datetime
from functools import cache
from http import HTTPStatus

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from alerts.models import ScanRun
from kernel.database import Database
from kernel.web.permissions import ANYBODY, requires
from kernel.web.session import current_clock, current_session, web_parts
from migrations.schema import current_revision, expected_revision

health = APIBlueprint("health", __name__, abp_tags=[Tag(name="health", description="运行状态")])
_expected_revision = cache(expected_revision)


class Alive(BaseModel):
    """进程在应答。"""

    alive: bool


class LastScan(BaseModel):
    """The newest scan that ended well."""

    as_of: date
    finished_at: datetime
    age_seconds: int


class Readiness(BaseModel):
    """Each part: ``ok``, or what is wrong with it. A service that never scanned is ready."""

    ready: bool
    database: str
    schema_revision: str
    last_scan: LastScan | None


@health.get("/healthz", summary="进程是否存活", responses={200: Alive})
@requires(ANYBODY)
def alive() -> Response:
    """The process answers; asks nothing of the database."""
    return Response(Alive(alive=True).model_dump_json(), mimetype="application/json")


@health.get("/readyz", summary="是否可以服务", responses={200: Readiness, 503: Readiness})
@requires(ANYBODY)
def ready() -> Response:
    """200 when the database answers and its schema is this release's, else 503 naming which not."""
    found = readiness(web_parts().database)
    status = HTTPStatus.OK if found.ready else HTTPStatus.SERVICE_UNAVAILABLE
    return Response(found.model_dump_json(), status=int(status), mimetype="application/json")


def readiness(database: Database) -> Readiness:
    """Ask each part in turn; a part behind a failed one is ``unknown``."""
    try:
        if current_revision(database) != _expected_revision():
            return Readiness(ready=False, database="ok", schema_revision="outdated", last_scan=None)
        scan = _last_scan(current_session(), current_clock().now())
    except (DBAPIError, PoolTimeoutError):
        return Readiness(
            ready=False, database="unreachable", schema_revision="unknown", last_scan=None
        )
    return Readiness(ready=True, database="ok", schema_revision="ok", last_scan=scan)


def _last_scan(session: Session, now: datetime) -> LastScan | None:
    found = session.execute(
        select(ScanRun.as_of, ScanRun.started_at, ScanRun.duration_ms)
        .where(ScanRun.error == "")
        .order_by(ScanRun.as_of.desc(), ScanRun.started_at.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    finished = datetime.fromtimestamp(found.started_at.timestamp() + found.duration_ms / 1000, UTC)
    age = max(0, int((now - finished).total_seconds()))
    return LastScan(as_of=found.as_of, finished_at=finished, age_seconds=age)
