"""The scan against an oracle that walks every milestone and plan day by day in Python."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from alerts.models import Alert, AlertEpisode, AlertEvent, AlertState, Change, ScanRun, Severity
from alerts.scan import run_scan
from contracts.plan_standings import PlanDates, write_plan_standings
from contracts.service_models import ImplementationPlan
from kernel.access.actor import LOCAL_OPERATOR, SCAN_JOB
from kernel.database import Database
from kernel.errors import ConflictError, InputError
from kernel.settings import Settings
from monitor.wiring import rules
from payments.models import Milestone, Payment
from payments.settling import settle_contracts
from tests.clocks import StoppedClock
from tests.emptying import empty
from tests.ledger import WHO, ContractSpec, MilestoneSpec, city, contract

START = date(2023, 1, 2)
SETTINGS = Settings()
Open = dict[tuple[str, str], tuple[int, date]]


def clock(day: date) -> StoppedClock:
    return StoppedClock(datetime(2023, 1, 1, tzinfo=UTC), day)


def walk(database: Database, *days: date) -> None:
    for day in days:
        run_scan(database, clock(day), day, SCAN_JOB, rules(SETTINGS))


def day(offset: int) -> date:
    return START + timedelta(days=offset)


def open_alerts(database: Database) -> Open:
    with database.reading(LOCAL_OPERATOR) as session:
        rows = session.execute(
            select(Alert.rule, Alert.subject_id, Alert.severity, Alert.since).where(
                Alert.state == AlertState.OPEN
            )
        )
        return {(rule, str(subject)): (severity, since) for rule, subject, severity, since in rows}


def expected(database: Database, specs: list[ContractSpec], as_of: date) -> Open:
    """The oracle: what should be open, from the specifications alone."""
    with database.reading(LOCAL_OPERATOR) as session:
        subjects = {
            (m.contract_id, m.number): str(m.id) for m in session.scalars(select(Milestone))
        }
    keys = sorted({contract_id for contract_id, _ in subjects})
    found: Open = {}
    for contract_id, spec in zip(keys, specs, strict=True):
        if as_of < spec.begins:
            continue
        if severity := _plan_severity(spec, as_of):
            found["missing_plan", str(contract_id)] = (severity, spec.begins)
        for number, milestone in enumerate(spec.milestones, start=1):
            if wrong := _payment_state(milestone, as_of):
                rule, severity, since = wrong
                found[rule, subjects[contract_id, number]] = (severity, since)
    return found


def _plan_severity(spec: ContractSpec, as_of: date) -> int | None:
    state = _plan_state(spec, as_of)
    if state in {"approved", "submitted"}:
        return {"approved": None, "submitted": Severity.MINOR}[state]
    late = (as_of - spec.begins).days + 1
    return Severity.CRITICAL if late >= SETTINGS.missing_plan_critical_days else Severity.MAJOR


def _payment_state(milestone: MilestoneSpec, as_of: date) -> tuple[str, int, date] | None:
    paid = sum(amount for when, amount in milestone.payments if when <= as_of)
    due_on = milestone.due_on
    if due_on is None or paid >= milestone.amount:
        return None
    late = (as_of - due_on).days
    if late <= 0:
        if -late > SETTINGS.payment_due_days:
            return None
        return "payment_due", Severity.INFO, due_on - timedelta(days=SETTINGS.payment_due_days)
    bands = (SETTINGS.late_payment_major_days, SETTINGS.late_payment_critical_days)
    severity = Severity.MINOR + sum(late >= band for band in bands)
    return "late_payment", severity, due_on + timedelta(days=1)


def _plan_state(spec: ContractSpec, as_of: date) -> str:
    state = "missing"
    for plan in spec.plans:
        if plan.submitted_on <= as_of:
            state = "submitted"
        if plan.approved_on and plan.approved_on <= as_of:
            return "approved"
    return state


offsets = st.integers(0, 120)
yuan = st.integers(1, 300).map(Decimal)
milestone_specs = st.builds(
    MilestoneSpec,
    amount=st.integers(1, 500).map(Decimal),
    due_on=st.one_of(st.none(), offsets.map(day)),
    payments=st.lists(st.tuples(offsets.map(day), yuan), max_size=3),
)
plan_specs = st.one_of(
    st.just(()),
    st.tuples(offsets, st.one_of(st.none(), st.integers(0, 60))).map(
        lambda pair: (
            PlanDates(1, day(pair[0]), None, None if pair[1] is None else day(pair[0] + pair[1])),
        )
    ),
)
contract_specs = st.builds(
    ContractSpec,
    begins=st.integers(0, 60).map(day),
    milestones=st.lists(milestone_specs, min_size=1, max_size=3),
    plans=plan_specs,
)


@given(
    specs=st.lists(contract_specs, min_size=1, max_size=4),
    stops=st.lists(st.integers(0, 150), min_size=1, max_size=5).map(sorted),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_any_walk_of_days_leaves_what_the_oracle_says(
    owned: Database, database: Database, specs: list[ContractSpec], stops: list[int]
) -> None:
    empty(owned)
    with database.writing(LOCAL_OPERATOR) as session:
        place = city(session)
        for index, spec in enumerate(specs):
            contract(session, place, f"C{index}", spec)
    for stop in stops:
        walk(database, day(stop))
        assert open_alerts(database) == expected(database, specs, day(stop))


def late_contract(database: Database) -> None:
    """Due on day 10, paid in part on day 14 and whole on day 30; the plan approved on day 40."""
    with database.writing(LOCAL_OPERATOR) as session:
        paid = [(day(14), Decimal(40)), (day(30), Decimal(60))]
        plan = PlanDates(1, day(20), None, day(40))
        milestones = [MilestoneSpec(Decimal(100), day(10), paid)]
        contract(session, city(session), "C1", ContractSpec(START, milestones, [plan]))


def test_history_of_a_daily_walk(database: Database) -> None:
    late_contract(database)
    walk(database, *(day(offset) for offset in range(50)))
    with database.reading(LOCAL_OPERATOR) as session:
        alert = session.scalars(select(Alert).where(Alert.rule == "late_payment")).one()
        events = session.execute(
            select(AlertEvent.change, AlertEvent.as_of, AlertEvent.facts)
            .where(AlertEvent.alert_id == alert.id)
            .order_by(AlertEvent.as_of)
        ).all()
    assert (alert.since, alert.opened_on, alert.resolved_on) == (day(11), day(11), day(30))
    assert [(change, when) for change, when, _ in events] == [
        (Change.OPENED, day(11)),
        (Change.REFRESHED, day(14)),
        (Change.RAISED, day(25)),
        (Change.RESOLVED, day(30)),
    ]
    assert [facts["unpaid_fen"] for *_, facts in events] == [10_000, 6_000, 6_000, 6_000]


def test_skipped_days_leave_the_same_as_daily_scans(database: Database) -> None:
    late_contract(database)
    walk(database, day(12), day(27), day(45))
    with database.reading(LOCAL_OPERATOR) as session:
        ended = session.execute(select(Alert.rule, Alert.resolved_on, Alert.end_reason)).all()
    assert {(rule, when) for rule, when, _ in ended} == {
        ("late_payment", day(30)),
        ("missing_plan", day(40)),
    }
    assert open_alerts(database) == {}


def test_scanning_twice_changes_nothing(database: Database) -> None:
    late_contract(database)
    walk(database, day(12))
    with database.reading(LOCAL_OPERATOR) as session:
        before = session.execute(select(Alert.id, Alert.version, Alert.facts)).all()
        events = session.scalars(select(AlertEvent.id)).all()
    walk(database, day(12))
    with database.reading(LOCAL_OPERATOR) as session:
        assert session.execute(select(Alert.id, Alert.version, Alert.facts)).all() == before
        assert session.scalars(select(AlertEvent.id)).all() == events
        runs = session.scalars(select(ScanRun).order_by(ScanRun.id)).all()
    assert runs[1].counts["late_payment"] == {
        "opened": 0, "refreshed": 1, "raised": 0, "lowered": 0, "resolved": 0, "open": 1,
    }  # fmt: skip


def test_an_alert_that_comes_back_is_a_new_episode(database: Database) -> None:
    late_contract(database)
    walk(database, day(12), day(31))
    with database.writing(LOCAL_OPERATOR) as session:
        milestone = session.scalars(select(Milestone)).one()
        wrong = session.scalars(select(Payment).where(Payment.amount == Decimal(60))).one()
        wrong.reversed = True
        session.add(
            Payment(
                contract_id=milestone.contract_id,
                milestone_id=milestone.id,
                paid_on=wrong.paid_on,
                amount=-wrong.amount,
                reverses_id=wrong.id,
                **WHO,
            )
        )
        session.flush()
        settle_contracts(session, [milestone.contract_id])
    walk(database, day(32))
    with database.reading(LOCAL_OPERATOR) as session:
        episodes = session.execute(
            select(AlertEpisode.number, AlertEpisode.resolved_on)
            .join(Alert, Alert.id == AlertEpisode.alert_id)
            .where(Alert.rule == "late_payment")
            .order_by(AlertEpisode.number)
        ).all()
    assert [tuple(episode) for episode in episodes] == [(1, day(30)), (2, None)]


def test_a_backdated_correction_ends_it_as_corrected(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        key = contract(session, city(session), "C1", ContractSpec(START))
    walk(database, day(5))
    with database.writing(LOCAL_OPERATOR) as session:
        session.add(
            ImplementationPlan(
                contract_id=key,
                number=1,
                submitted_on=day(-20),
                approved_on=day(-10),
                **WHO,
            )
        )
        session.flush()
        write_plan_standings(session, [key])
    walk(database, day(6))
    with database.reading(LOCAL_OPERATOR) as session:
        alert = session.scalars(select(Alert)).one()
    assert alert.state is AlertState.RESOLVED
    assert alert.end_reason == "corrected"


def test_a_scan_earlier_than_the_last_is_refused(database: Database) -> None:
    late_contract(database)
    walk(database, day(12))
    with pytest.raises(ConflictError, match="2023-01-14"):
        walk(database, day(11))


@pytest.mark.parametrize("far", [date.min, date.max, date(2201, 1, 1)])
def test_a_day_no_ledger_holds_is_refused_and_leaves_no_run(database: Database, far: date) -> None:
    with pytest.raises(InputError, match="as_of"):
        walk(database, far)
    with database.reading(LOCAL_OPERATOR) as session:
        assert session.scalars(select(ScanRun)).all() == []


def test_a_day_yet_to_come_is_refused_and_shuts_nothing_out(database: Database) -> None:
    late_contract(database)
    with pytest.raises(InputError, match="还没有到"):
        run_scan(database, clock(day(12)), day(400), SCAN_JOB, rules(SETTINGS))
    walk(database, day(12))
