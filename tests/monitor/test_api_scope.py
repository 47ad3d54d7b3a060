"""What an actor reads follows the parties of the contracts, on every list and every record."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from alerts import delivery_queries
from alerts import queries as alert_queries
from alerts.schemas import AlertsWanted, DeliveriesWanted
from contracts import queries as contract_ledger
from contracts.models import Contract
from contracts.plans import queries as plan_queries
from contracts.rounds import queries as round_queries
from contracts.schemas import PlansWanted, ProgrammesWanted, RoundsWanted
from kernel.access.actor import LOCAL_OPERATOR, Actor, Grant
from kernel.access.roles import Role
from kernel.database import Database
from kernel.errors import NotFoundError
from payments import contract_queries
from payments import queries as payment_queries
from payments.schemas import ContractsWanted, MilestonesWanted, PaymentsWanted
from tests.api_ledger import fill
from tests.web import TODAY

Read = Callable[[Session, Actor], Any]
LISTS: dict[str, Read] = {
    "programmes": lambda s, a: contract_ledger.programmes(s, a, ProgrammesWanted()),
    "contracts": lambda s, a: contract_queries.contracts(s, a, TODAY, ContractsWanted()),
    "milestones": lambda s, a: payment_queries.milestones(s, a, TODAY, MilestonesWanted()),
    "payments": lambda s, a: payment_queries.payments(s, a, TODAY, PaymentsWanted()),
    "rounds": lambda s, a: round_queries.rounds(s, a, TODAY, RoundsWanted()),
    "plans": lambda s, a: plan_queries.plans(s, a, TODAY, PlansWanted()),
    "alerts": lambda s, a: alert_queries.alerts(s, a, TODAY, AlertsWanted()),
    "deliveries": lambda s, a: delivery_queries.deliveries(s, a, DeliveriesWanted()),
}
ONE: dict[str, Callable[[Session, Actor, UUID], Any]] = {
    "programmes": contract_ledger.programme,
    "contracts": lambda s, a, key: contract_queries.contract(s, a, TODAY, key),
    "milestones": lambda s, a, key: payment_queries.milestone(s, a, TODAY, key),
    "payments": lambda s, a, key: payment_queries.payment(s, a, TODAY, key),
    "rounds": lambda s, a, key: round_queries.service_round(s, a, TODAY, key),
    "plans": lambda s, a, key: plan_queries.plan(s, a, TODAY, key),
    "alerts": lambda s, a, key: alert_queries.alert(s, a, TODAY, key),
    "deliveries": delivery_queries.delivery,
}


def test_a_purchaser_reads_its_own_and_an_outsider_nothing(database: Database) -> None:
    first, _second = fill(database, 2)
    with database.reading(LOCAL_OPERATOR) as session:
        bureau = session.get_one(Contract, first).purchaser_id
        everything, purchaser, outsider = (
            LOCAL_OPERATOR,
            Actor("purchaser", (Grant(Role.CLERK, bureau, bureau),)),
            Actor("outsider"),
        )
        for name, read in LISTS.items():
            whole = [item.id for item in read(session, everything).items]
            own = [item.id for item in read(session, purchaser).items]
            assert read(session, outsider).items == [], name
            assert own, name
            assert set(own) <= set(whole), name
            if name != "deliveries":  # one message tells of both cities' alerts
                assert len(own) * 2 == len(whole), name
            for key in whole:
                if key in own:
                    assert ONE[name](session, purchaser, key).id == key
                else:
                    with pytest.raises(NotFoundError):
                        ONE[name](session, purchaser, key)
                with pytest.raises(NotFoundError):
                    ONE[name](session, outsider, key)


def test_a_message_shows_only_the_alerts_that_its_reader_sees(database: Database) -> None:
    first, _second = fill(database, 2)
    with database.reading(LOCAL_OPERATOR) as session:
        bureau = session.get_one(Contract, first).purchaser_id
        purchaser = Actor("purchaser", (Grant(Role.CLERK, bureau, bureau),))
        for item in delivery_queries.deliveries(session, purchaser, DeliveriesWanted()).items:
            found = delivery_queries.delivery(session, purchaser, item.id)
            whole = delivery_queries.delivery(session, LOCAL_OPERATOR, item.id)
            assert len(found.alert_ids) * 2 == len(whole.alert_ids)
