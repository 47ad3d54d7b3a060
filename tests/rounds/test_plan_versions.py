"""Which version counts on a day, and how late: the database and the rule agree on any plans."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.plan_standings import PlanDates
from contracts.plans.queries import plans
from contracts.schemas import PlansWanted
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from tests.counts import DATABASE_EXAMPLES
from tests.ledger import ContractSpec, city, contract

BEGINS = date(2023, 2, 1)
DUE = date(2023, 1, 31)
DAYS = st.integers(0, 80)


@st.composite
def _versions(draw: st.DrawFn) -> list[PlanDates]:
    found: list[PlanDates] = []
    for number in range(1, draw(st.integers(0, 4)) + 1):
        handed = date(2023, 1, 1) + timedelta(days=draw(DAYS))
        later = handed + timedelta(days=draw(DAYS))
        fate = draw(st.sampled_from(("waits", "returned", "approved")))
        found.append(
            PlanDates(
                number,
                handed,
                later if fate == "returned" else None,
                later if fate == "approved" else None,
            )
        )
    return found


@settings(
    max_examples=DATABASE_EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(versions=_versions(), day=DAYS)
def test_the_version_that_counts_is_the_newest_approved(
    database: Database, versions: list[PlanDates], day: int
) -> None:
    as_of = BEGINS + timedelta(days=day)
    with database.writing(LOCAL_OPERATOR) as session:
        place = city(session, f"第{_next()}市")
        key = contract(session, place, "HT-1", ContractSpec(BEGINS, [], versions))
        wanted = PlansWanted(contract=key)
        told = plans(session, LOCAL_OPERATOR, as_of, wanted).items
    approved = [v for v in versions if v.approved_on and v.approved_on <= as_of]
    first = min((v.approved_on for v in approved if v.approved_on), default=None)
    assert [p.number for p in told] == [v.number for v in versions if v.submitted_on <= as_of]
    assert [p.number for p in told if p.counts] == [v.number for v in approved[-1:]]
    for plan in told:
        if first is not None and plan.approved_on != first:
            assert plan.days_late is None
        else:
            assert plan.days_late == max(0, ((first or as_of) - DUE).days)


def _next() -> int:
    _made.append(1)
    return len(_made)


_made: list[int] = []
