"""A programme with more contracts than a statement takes bound values.

SQLite takes 32,766, which the suite passes; PostgreSQL 65,535, which ``make proof`` passes.
"""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import insert

from contracts.models import Contract
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from monitor.indicators import performance_management
from monitor.indicators.models import Indicator
from tests.counts import IS_PROOF, and_in_proof
from tests.ledger import WHO, city

COUNT = 66_000 if IS_PROOF else 33_000
B204 = Indicator(code="B204", name="履约", weight=Decimal(2), measure="performance_management")


@pytest.mark.proof
@pytest.mark.parametrize("backend", and_in_proof(["postgresql"], ["sqlite"]), indirect=True)
def test_a_programme_of_any_size_is_scored(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        place = city(session)
        session.execute(
            insert(Contract),
            [
                {
                    "number": f"C{number:05}",
                    "name": "安全服务",
                    "purchaser_id": place.bureau.id,
                    "vendor_id": place.vendor.id,
                    "programme_id": place.programme.id,
                    "service_start": date(2023, 3, 1),
                    **WHO,
                }
                for number in range(COUNT)
            ],
        )
        result = performance_management.score(
            session, LOCAL_OPERATOR, B204, [place.programme.id], date(2023, 12, 31)
        )
    assert result.criteria[0].reason.startswith(f"{COUNT} 份合同没有督促检查记录")
