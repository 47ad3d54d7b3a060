"""B204 on a small ledger: what makes each criterion hold, fail or stay unscored."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from contracts.models import Contract
from contracts.plan_standings import PlanDates
from contracts.service_models import SupervisionRecord
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from monitor.indicators import performance_management
from monitor.indicators.models import Indicator, IndicatorScore
from payments.models import Milestone, Trigger
from payments.settling import settle_contracts
from tests.ledger import WHO, ContractSpec, MilestoneSpec, city, contract

B204 = Indicator(code="B204", name="履约", weight=Decimal(2), measure="performance_management")
BEGINS, DUE, AS_OF = date(2023, 3, 1), date(2023, 6, 30), date(2023, 12, 31)
APPROVED = PlanDates(1, date(2023, 2, 1), None, date(2023, 2, 20))
FULL = Decimal(100)


def scored(database: Database, *specs: ContractSpec, supervised: bool = False) -> IndicatorScore:
    with database.writing(LOCAL_OPERATOR) as session:
        place = city(session)
        keys = [contract(session, place, f"C{n}", spec) for n, spec in enumerate(specs)]
        if supervised:
            session.add_all(
                SupervisionRecord(
                    contract_id=key,
                    organisation_id=place.bureau.id,
                    checked_on=date(2023, 8, 1),
                    **WHO,
                )
                for key in keys
            )
        session.flush()
        return score(session, [place.programme.id])


def score(session: Session, programmes: list[UUID]) -> IndicatorScore:
    return performance_management.score(session, LOCAL_OPERATOR, B204, programmes, AS_OF)


def paid(*payments: tuple[date, Decimal], due_on: date = DUE) -> ContractSpec:
    return ContractSpec(BEGINS, [MilestoneSpec(FULL, due_on, list(payments))], [APPROVED])


def test_both_hold(database: Database) -> None:
    result = scored(database, paid((DUE, FULL)), supervised=True)
    assert (result.score, [c.met for c in result.criteria]) == (Decimal(2), [True, True])


def test_nobody_supervised_costs_half(database: Database) -> None:
    result = scored(database, paid((DUE, FULL)))
    assert (result.score, result.rate) == (Decimal(1), Decimal(50))
    assert "未实行相关监督机制" in result.criteria[0].reason
    assert {item.kind for item in result.evidence} == {"plan", "no_supervision", "payment"}


@pytest.mark.parametrize(
    ("spec", "kind"),
    [
        (paid((date(2023, 7, 1), FULL)), "late"),
        (paid((DUE, Decimal(60)), (date(2023, 7, 20), Decimal(40))), "late"),
        (paid((DUE, Decimal(60))), "late"),
        (paid((DUE, Decimal(101))), "above_milestone"),
    ],
)
def test_what_breaks_payment(database: Database, spec: ContractSpec, kind: str) -> None:
    result = scored(database, spec, supervised=True)
    assert result.criteria[1].met is False
    assert kind in {item.kind for item in result.evidence}


def test_above_the_contract(database: Database) -> None:
    spec = paid((DUE, FULL))
    spec.total = Decimal(50)
    result = scored(database, spec, supervised=True)
    assert "above_contract" in {item.kind for item in result.evidence}


def test_a_ledger_without_payments_is_not_scored_and_not_zero(database: Database) -> None:
    result = scored(database, paid(due_on=date(2024, 1, 31)), supervised=True)
    assert result.criteria[1].points is None
    assert result.score is None


@pytest.mark.parametrize(
    ("trigger", "ahead"),
    [
        (Trigger.SIGNING, []),
        (
            Trigger.PLAN_APPROVED,
            ["C0：2023-06-30 支付 100.00 元（第1期），付款条件尚未成就，提前支付"],
        ),
    ],
)
def test_an_unknown_signing_is_not_held_against_a_payment(
    database: Database, trigger: Trigger, ahead: list[str]
) -> None:
    """A signing without a date is unknown; a plan without an approval has not been approved."""
    with database.writing(LOCAL_OPERATOR) as session:
        place = city(session)
        terms = MilestoneSpec(FULL, DUE, [(DUE, FULL)])
        key = contract(session, place, "C0", ContractSpec(BEGINS, [terms]))
        session.execute(update(Contract).values(signed_on=None))
        session.execute(update(Milestone).values(trigger_kind=trigger))
        settle_contracts(session, [key])
        result = score(session, [place.programme.id])
    assert [item.text for item in result.evidence if item.kind == "ahead"] == ahead
    assert result.criteria[1].met is not bool(ahead)
