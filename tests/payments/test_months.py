"""The months of the overview against what a contract's payments say."""

from datetime import date
from decimal import Decimal

from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from payments.boards import months_of_year
from tests.ledger import ContractSpec, MilestoneSpec, city, contract

SIGNED, DUE = date(2023, 4, 1), date(2023, 5, 10)


def test_what_falls_due_and_is_paid_month_by_month(database: Database) -> None:
    """A payment before the signing appears with its contract, as it does in the totals."""
    early, rest = (date(2023, 2, 1), Decimal(40)), (date(2023, 6, 1), Decimal(60))
    with database.writing(LOCAL_OPERATOR) as session:
        terms = MilestoneSpec(Decimal(100), DUE, [early, rest])
        contract(session, city(session), "C1", ContractSpec(SIGNED, [terms]))

    def shown(as_of: date) -> list[tuple[int, int, int]]:
        with database.reading(LOCAL_OPERATOR) as session:
            months = months_of_year(session, LOCAL_OPERATOR, as_of)
        return [(one.month, int(one.due), int(one.paid)) for one in months if one.due or one.paid]

    assert shown(date(2023, 3, 1)) == []
    assert shown(date(2023, 5, 31)) == [(2, 0, 40), (5, 100, 0)]
    assert shown(date(2023, 12, 31)) == [(2, 0, 40), (5, 100, 0), (6, 0, 60)]
