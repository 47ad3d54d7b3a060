"""When and why an alert ended, as its history tells it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select, update

from alerts.delivery_models import Channel, Delivery
from alerts.models import Alert, AlertEpisode, AlertEvent, Change, EndReason, Severity
from alerts.scan import run_scan
from contracts.plan_standings import PlanDates
from contracts.service_models import RoundKind, ServiceRound
from kernel.access.actor import LOCAL_OPERATOR, SCAN_JOB
from kernel.database import Database
from kernel.settings import Settings
from monitor.wiring import rules
from payments.models import Milestone, MilestoneKind, Payment, Trigger
from payments.settling import settle_contracts
from tests.alert_ledger import channel
from tests.clocks import StoppedClock
from tests.ledger import WHO, ContractSpec, MilestoneSpec, city, contract

START = date(2023, 1, 2)
APPROVED = PlanDates(1, START, None, START)
Ended = tuple[object, ...]


def day(offset: int) -> date:
    return START + timedelta(days=offset)


def walk(database: Database, offsets: Iterable[int]) -> None:
    for offset in offsets:
        clock = StoppedClock(datetime(2023, 1, 1, tzinfo=UTC), day(offset))
        run_scan(database, clock, day(offset), SCAN_JOB, rules(Settings()))


def ends(database: Database) -> list[Ended]:
    with database.reading(LOCAL_OPERATOR) as session:
        rows = session.execute(
            select(
                Alert.rule,
                AlertEpisode.opened_on,
                AlertEpisode.resolved_on,
                AlertEpisode.end_reason,
            )
            .join(Alert, Alert.id == AlertEpisode.alert_id)
            .order_by(AlertEpisode.opened_on)
        )
        return [tuple(row) for row in rows]


def due_after_a_round(database: Database, confirmed: date, paid_on: date | None) -> None:
    """100 yuan due 5 days after round 1 is confirmed; before that nobody knows a due date."""
    with database.writing(LOCAL_OPERATOR) as session:
        key = contract(session, city(session), "C1", ContractSpec(START, plans=[APPROVED]))
        milestone = Milestone(
            contract_id=key,
            number=1,
            name="进度款",
            kind=MilestoneKind.PROGRESS,
            amount_given=Decimal(100),
            trigger_kind=Trigger.ROUND_CONFIRMED,
            trigger_round=1,
            days_allowed=5,
            **WHO,
        )
        session.add_all(
            [
                ServiceRound(
                    contract_id=key, number=1, kind=RoundKind.DRILL, confirmed_on=confirmed, **WHO
                ),
                milestone,
            ]
        )
        session.flush()
        if paid_on:
            session.add(
                Payment(
                    contract_id=key,
                    milestone_id=milestone.id,
                    paid_on=paid_on,
                    amount=Decimal(100),
                    **WHO,
                )
            )
            session.flush()
        settle_contracts(session, [key])


def due_on_day_20(database: Database) -> UUID:
    with database.writing(LOCAL_OPERATOR) as session:
        spec = ContractSpec(START, [MilestoneSpec(Decimal(100), day(20))], [APPROVED])
        return contract(session, city(session), "C1", spec)


def test_a_payment_due_shortly_after_its_cause_ends_when_it_is_paid(database: Database) -> None:
    due_after_a_round(database, confirmed=day(98), paid_on=day(101))
    walk(database, range(95, 110))
    assert ends(database) == [("payment_due", day(98), day(101), EndReason.FULFILLED)]


def test_a_payment_due_that_is_not_paid_lapses_when_it_is_late(database: Database) -> None:
    due_after_a_round(database, confirmed=day(99), paid_on=None)
    walk(database, range(95, 110))
    monday = day(105)  # the fifth day is a Sunday, and the due date rolls (民法典 203)
    assert ends(database) == [
        ("payment_due", day(99), monday + timedelta(days=1), EndReason.LAPSED),
        ("late_payment", monday + timedelta(days=1), None, None),
    ]


def test_paid_before_a_late_scan_lapsed_all_the_same(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        terms = MilestoneSpec(Decimal(100), day(20), [(day(23), Decimal(100))])
        contract(session, city(session), "C1", ContractSpec(START, [terms], [APPROVED]))
    walk(database, [15, 30])
    assert ends(database) == [("payment_due", day(15), day(21), EndReason.LAPSED)]


def test_a_due_date_corrected_to_a_later_day_is_no_fulfilment(database: Database) -> None:
    key = due_on_day_20(database)
    walk(database, [15])
    with database.writing(LOCAL_OPERATOR) as session:
        session.execute(update(Milestone).values(due_on_given=day(200)))
        settle_contracts(session, [key])
    walk(database, [16])
    assert ends(database) == [("payment_due", day(15), START, EndReason.CORRECTED)]


def test_a_cause_corrected_to_a_later_day_is_no_fulfilment(database: Database) -> None:
    due_after_a_round(database, confirmed=day(98), paid_on=None)
    walk(database, [99])
    with database.writing(LOCAL_OPERATOR) as session:
        session.execute(update(ServiceRound).values(confirmed_on=day(150)))
        settle_contracts(session, session.scalars(select(Milestone.contract_id)).all())
    walk(database, [100])
    assert ends(database) == [("payment_due", day(99), START, EndReason.CORRECTED)]


def test_a_due_date_taken_out_of_the_ledger_is_no_fulfilment(database: Database) -> None:
    key = due_on_day_20(database)
    walk(database, [25])
    with database.writing(LOCAL_OPERATOR) as session:
        session.execute(update(Milestone).values(due_on_given=None))
        settle_contracts(session, [key])
    walk(database, [26])
    assert ends(database) == [("late_payment", day(25), START, EndReason.CORRECTED)]


def test_the_worst_of_an_episode_stays_when_it_was_milder_since(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        spec = ContractSpec(START, [MilestoneSpec(Decimal(100), day(0))], [APPROVED])
        key = contract(session, city(session), "C1", spec)
    walk(database, [70])
    with database.writing(LOCAL_OPERATOR) as session:
        session.execute(update(Milestone).values(due_on_given=day(65)))
        settle_contracts(session, [key])
    walk(database, [71, 85])
    with database.reading(LOCAL_OPERATOR) as session:
        alert, worst = session.execute(
            select(Alert.severity, AlertEpisode.worst_severity).join(
                AlertEpisode, AlertEpisode.alert_id == Alert.id
            )
        ).one()
    assert (alert, worst) == (Severity.MAJOR, Severity.CRITICAL)


def test_who_heard_how_bad_it_was_hears_that_it_ended(database: Database) -> None:
    """No plan for 50 days is critical; handed in it is minor, and approved it ends."""
    late = PlanDates(1, day(50), None, day(60))
    with database.writing(LOCAL_OPERATOR) as session:
        contract(session, city(session), "C1", ContractSpec(START, plans=[late]))
        critical = channel(session, "https://example.org/")
        session.execute(update(Channel).values(min_severity=Severity.CRITICAL))
    walk(database, [0, 49, 55, 60])
    with database.reading(LOCAL_OPERATOR) as session:
        told = session.execute(
            select(AlertEvent.change, Delivery.channel_id)
            .join(Delivery, Delivery.event_id == AlertEvent.id)
            .order_by(AlertEvent.as_of)
        ).all()
    assert [tuple(row) for row in told] == [(Change.RAISED, critical), (Change.RESOLVED, critical)]
