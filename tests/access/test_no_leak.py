"""Random worlds, a random person: nothing outside the person's sight is shown, nothing inside missing.

What is looked at: every address without a parameter (those that come later among them), every list,
every record by its key, searches, filters and their choices, counts, sums, the chart, the scores.
"""

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from tests.access.oracle import Oracle
from tests.access.plans import Deal, Held, Plan, Span, plans
from tests.access.reader import LOOKED_AT_ANYWAY, Reader
from tests.access.routes import plain_addresses
from tests.access.world import marks, write
from tests.people import session_token
from tests.web import COOKIE, NOW, stranger

# The worlds of earlier examples stay: the next person must not see them either.
NO_FACTS = {"/healthz", "/readyz", "/api/docs", "/api/openapi.json", *LOOKED_AT_ANYWAY}
ONE_DATABASE = [
    HealthCheck.function_scoped_fixture,
    HealthCheck.too_slow,
    HealthCheck.data_too_large,
]


@pytest.mark.timeout(1200)
def test_nobody_sees_what_is_not_theirs(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    client = stranger(database, tmp_path)
    addresses = [path for path in plain_addresses(client.application) if path not in NO_FACTS]
    counted = {"cases": 0, "answers": 0}

    @settings(suppress_health_check=ONE_DATABASE)
    @given(plan=plans())
    def look(plan: Plan) -> None:
        with database.writing(LOCAL_OPERATOR) as session:
            world = write(session, plan)
            client.set_cookie(COOKIE, session_token(session, world.user_id, NOW))
        reader = Reader(client, world, Oracle(plan))
        reader.read_everything(addresses)
        counted["cases"] += 1
        counted["answers"] += reader.looked_at

    look()
    with capsys.disabled():
        sys.stdout.write(f"\nleak test: {counted['cases']} worlds, {counted['answers']} answers\n")
    assert counted["cases"] >= 1


def test_every_kind_of_mark_is_there_to_be_found(database: Database, tmp_path: Path) -> None:
    """The test above would notice a leak: who sees everything meets every kind but a frozen body."""
    plan = Plan(
        parents=(None,),
        leads=(0,),
        deals=(Deal(0, 0, 0),),
        messages=(frozenset({0}),),
        roles=(Held(Role.OVERSIGHT, 0, Span.OPEN),),
    )
    client = stranger(database, tmp_path)
    with database.writing(LOCAL_OPERATOR) as session:
        world = write(session, plan)
        client.set_cookie(COOKIE, session_token(session, world.user_id, NOW))
    (deal,), (message,) = world.deals, world.messages
    addresses = ["/", f"/contracts/{deal.id}", f"/deliveries/{message.id}"]
    found = "".join(client.get(address).text for address in addresses)
    assert {kind for _number, kind in marks(found)} == set("csmafnodr")
