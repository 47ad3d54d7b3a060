"""Rates on any day against sums made one hazard and one report at a time."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.hazards.rates import Asked, Rates, rates, total
from contracts.hazards.schemas import RateRows as By
from kernel.access.actor import LOCAL_OPERATOR, NOBODY
from kernel.database import Database
from tests.counts import DATABASE_EXAMPLES
from tests.emptying import empty
from tests.hazards.hazard_ledger import fill_hazards, hazard
from tests.hazards.rates_oracle import (
    DAYS,
    FIRST,
    ITEMS,
    REPORTS,
    TYPED,
    Item,
    Report,
    Typed,
    add_up,
    oracle,
    write,
)


@settings(
    max_examples=DATABASE_EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(ITEMS, max_size=12), st.lists(REPORTS, max_size=6), TYPED, st.lists(DAYS, min_size=2)
)
def test_rates_on_any_day_are_the_sums_of_what_was_known(
    database: Database,
    owned: Database,
    items: list[Item],
    reports: list[Report],
    typed: Typed,
    days: list[date],
) -> None:
    empty(owned)
    ledger = write(database, items, reports, typed)
    names = {None: None, 0: 0, 1: 1, 2: 0}
    with database.reading(LOCAL_OPERATOR) as session:
        for on in days[:4]:
            parts = oracle(items, reports, typed, on)
            shown = total(session, LOCAL_OPERATOR, on)
            expected = add_up([row for *_, row in parts]) if parts else add_up([shown])
            assert add_up([shown]) == expected
            by_key: dict[By, dict[Any, list[Rates]]] = {
                by: defaultdict(list) for by in (By.LEVEL, By.CONTRACT, By.ENTERPRISE)
            }
            for contract, level, enterprise, row in parts:
                root = names[enterprise]
                by_key[By.LEVEL][level and level.value].append(row)
                by_key[By.CONTRACT][str(ledger.contracts[contract])].append(row)
                key = None if root is None else str(ledger.enterprises[root])
                by_key[By.ENTERPRISE][key].append(row)
            for by, wanted in by_key.items():
                found = {row.key: add_up([row]) for row in rates(session, LOCAL_OPERATOR, on, by)}
                assert found == {key: add_up(rows) for key, rows in wanted.items()}


def test_rates_are_percents_of_what_is_known_and_scoped(database: Database) -> None:
    found = Rates(None, None, 2439, 0, 2397, 2439, None, 0, 0, 0)
    assert found.rectified_rate == Decimal("98.3")
    assert found.on_the_spot_rate is None
    assert found.overdue_rate is None
    day = date(2023, 7, 1)
    with database.writing(LOCAL_OPERATOR) as session:
        ledger = fill_hazards(session)
        hazard(session, ledger.contracts[0], FIRST, on_the_spot=True, rectified_on=FIRST)
    with database.reading(LOCAL_OPERATOR) as session:
        one = Asked(contract_id=ledger.contracts[0])
        assert total(session, LOCAL_OPERATOR, day, one).on_the_spot_rate == Decimal("100.0")
        other = Asked(contract_id=ledger.contracts[1])
        assert total(session, LOCAL_OPERATOR, day, other).found == 0
        for by in By:
            assert len(rates(session, LOCAL_OPERATOR, day, by)) == 1
    with database.reading(NOBODY) as session:
        assert total(session, NOBODY, day).found == 0
