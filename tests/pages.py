"""A small ledger, scanned, and the pages that show it, for tests of the screens."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import event, select

from alerts.models import Alert
from alerts.scan import run_scan
from contracts.plan_standings import PlanDates
from kernel.access.actor import LOCAL_OPERATOR, SCAN_JOB
from kernel.database import Database
from kernel.settings import Settings
from monitor.wiring import rules
from tests.clocks import StoppedClock
from tests.ledger import ContractSpec, MilestoneSpec, city, contract
from tests.web import NOW, TODAY

BEGINS = date(2023, 3, 1)
APPROVED = PlanDates(1, date(2023, 2, 1), None, date(2023, 2, 20))
DUE = date(2023, 6, 30)
LISTS = ("/", "/contracts", "/alerts", "/alerts?state=all", "/deliveries", "/scores", "/findings")


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    return answer.text


def late(*payments: tuple[date, Decimal]) -> ContractSpec:
    return ContractSpec(BEGINS, [MilestoneSpec(Decimal("78800"), DUE, list(payments))], [APPROVED])


def write(database: Database, *specs: ContractSpec) -> list[UUID]:
    with database.writing(LOCAL_OPERATOR) as session:
        place = city(session)
        return [contract(session, place, f"HT-{n:02}", s) for n, s in enumerate(specs, 1)]


def scan(database: Database, *days: date) -> None:
    for day in days or (TODAY,):
        run_scan(database, StoppedClock(NOW, day), day, SCAN_JOB, rules(Settings()))


def only_alert(database: Database) -> UUID:
    with database.reading(LOCAL_OPERATOR) as session:
        return session.scalars(select(Alert.id)).one()


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        # What a transaction tells PostgreSQL of its tenant is no question.
        if statement.lstrip().upper().startswith("SELECT") and "set_config" not in statement:
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)
