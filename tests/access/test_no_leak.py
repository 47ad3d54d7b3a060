"""Random worlds, a random person: nothing outside the person's sight is shown, nothing inside missing.

What is looked at: every address without a parameter (those that come later among them), every list,
every record by its key, searches, filters and their choices, counts, sums, the chart, the scores.
"""

import sys
from pathlib import Path

import pytest

from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from tests.access.leaks import look_everywhere
from tests.access.plans import Deal, Held, Plan, Span
from tests.access.world import marks, write
from tests.people import session_token
from tests.web import COOKIE, NOW, stranger

WORLDS = 2


@pytest.mark.timeout(1200)
def test_nobody_sees_what_is_not_theirs(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = look_everywhere(database, tmp_path, WORLDS)
    with capsys.disabled():
        sys.stdout.write(f"\nleak test: {found.worlds} worlds, {found.answers} answers searched\n")


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
