"""What was promised beside what was done, on any day; how many enterprises were reached."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from contracts.enterprises.models import ContractEnterprise, Enterprise, RoundEnterprise
from contracts.rounds.coverage import coverage
from contracts.rounds.progress import progress_of
from contracts.rounds.schedule import Pace
from contracts.rounds.schemas import Progress
from contracts.schemas import RoundState
from contracts.service_models import ImplementationPlan, PlannedRound, RoundKind, ServiceRound
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.keys import new_key
from tests.ledger import WHO
from tests.pages import statements
from tests.step_ledger import StepLedger, fill, plan_id, round_id

CHECK = RoundKind.HAZARD_INSPECTION


@pytest.fixture
def ledger(database: Database) -> StepLedger:
    return fill(database)


def _promise(session: Session, plan: ImplementationPlan, *windows: tuple[int, date, date]) -> None:
    session.add_all(
        PlannedRound(
            contract_id=plan.contract_id,
            plan_id=plan.id,
            number=number,
            kind=CHECK,
            window_from=begins,
            window_to=ends,
            **WHO,
        )
        for number, begins, ends in windows
    )


def test_the_approved_plan_measures_the_rounds(database: Database, ledger: StepLedger) -> None:
    contract_id = ledger.paid_by_zone
    with database.writing(LOCAL_OPERATOR) as session:
        first = session.get_one(ImplementationPlan, plan_id(database, contract_id))
        first.approved_on = date(2023, 2, 25)
        _promise(session, first, (1, date(2023, 5, 1), date(2023, 6, 9)))
        later = ImplementationPlan(
            id=new_key(),
            contract_id=contract_id,
            number=2,
            submitted_on=date(2023, 6, 20),
            approved_on=date(2023, 7, 1),
            **WHO,
        )
        session.add(later)
        session.flush()
        _promise(
            session,
            later,
            (1, date(2023, 5, 1), date(2023, 5, 31)),
            (2, date(2023, 7, 1), date(2023, 7, 31)),
            (3, date(2023, 10, 1), date(2024, 1, 31)),
        )
        session.add(
            ServiceRound(
                contract_id=contract_id,
                number=9,
                kind=RoundKind.TRAINING,
                started_on=date(2023, 9, 1),
                ended_on=date(2023, 9, 2),
                **WHO,
            )
        )

    def on(day: date) -> Progress:
        with database.reading(LOCAL_OPERATOR) as session, statements(database) as asked:
            found = progress_of(session, LOCAL_OPERATOR, contract_id, day)
        assert len(asked) == 2
        return found

    assert on(date(2023, 2, 24)).plan_number is None
    early = on(date(2023, 6, 8))
    assert (early.plan_number, early.done, early.lines[0].pace) == (1, 0, Pace.NOT_DUE)
    assert on(date(2023, 6, 9)).timely_rate == Decimal("100.00")
    found = on(date(2023, 8, 3))
    assert (found.plan_number, found.planned, found.done, found.behind) == (2, 3, 1, 2)
    assert [(line.pace, line.days_behind) for line in found.lines] == [
        (Pace.BEHIND, 9),
        (Pace.BEHIND, 3),
        (Pace.NOT_DUE, 0),
    ]
    assert found.lines[1].state is RoundState.NOT_BEGUN
    assert found.lines[1].behind_since == date(2023, 8, 1)
    assert found.timely_rate == Decimal("0.00")
    latest = on(date(2023, 12, 31))
    assert latest.rounds_held == 2
    assert [(line.in_plan, line.kind) for line in latest.lines][-1] == (False, RoundKind.TRAINING)


def test_one_row_for_several_rounds_answers_them_all(
    database: Database, ledger: StepLedger
) -> None:
    contract_id = ledger.paid_by_zone
    with database.writing(LOCAL_OPERATOR) as session:
        plan = session.get_one(ImplementationPlan, plan_id(database, contract_id))
        plan.approved_on = date(2023, 2, 25)
        june = (date(2023, 6, 1), date(2023, 6, 30))
        _promise(session, plan, (1, *june), (2, *june), (3, *june))
        session.get_one(ServiceRound, round_id(database, contract_id)).rounds_covered = 2
    with database.reading(LOCAL_OPERATOR) as session:
        found = progress_of(session, LOCAL_OPERATOR, contract_id, date(2023, 7, 1))
    assert (found.done, found.rounds_held, found.behind) == (2, 2, 1)
    assert found.timely_rate == Decimal("66.67")


def test_enterprises_count_once_however_they_are_spelt(
    database: Database, ledger: StepLedger, tmp_path: Path
) -> None:
    contract_id = ledger.paid_by_zone
    served = round_id(database, contract_id)
    with database.writing(LOCAL_OPERATOR) as session:
        keys = [_enterprise(session, name) for name in ("甲矿", "乙矿", "甲矿业", "外企")]
        session.flush()
        session.get_one(Enterprise, keys[2]).root_id = keys[0]
        for key in keys[:2]:
            session.add(ContractEnterprise(contract_id=contract_id, enterprise_id=key, **WHO))
        for key, day in (
            (keys[0], None), (keys[2], date(2023, 6, 3)), (keys[3], date(2023, 6, 4)),
        ):  # fmt: skip
            session.add(
                RoundEnterprise(
                    contract_id=contract_id,
                    round_id=served,
                    enterprise_id=key,
                    visited_on=day,
                    **WHO,
                )
            )
    with database.reading(LOCAL_OPERATOR) as session:
        found = coverage(session, LOCAL_OPERATOR, contract_id, date(2023, 6, 30))
        assert (found.listed, found.inspected, found.others) == (2, 1, 1)
        assert found.rate == Decimal("50.00")
        before = coverage(session, LOCAL_OPERATOR, contract_id, date(2023, 6, 3))
        assert (before.inspected, before.others) == (1, 0)
        assert coverage(session, LOCAL_OPERATOR, ledger.paid_by_bureau, date.max).rate is None
        sibling = ledger.actor(database, "sibling")
    with database.reading(sibling) as session:
        assert coverage(session, sibling, contract_id, date(2023, 6, 30)).listed == 0


def _enterprise(session: Session, name: str) -> UUID:
    key = new_key()
    session.add(Enterprise(id=key, name=name, name_key=name, **WHO))
    return key
