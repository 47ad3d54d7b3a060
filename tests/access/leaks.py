"""The search for a leak: random worlds, one after the other, each looked at by its own person."""

from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from tests.access.oracle import Oracle
from tests.access.plans import Plan, plans
from tests.access.reader import LOOKED_AT_ANYWAY, Reader
from tests.access.routes import plain_addresses
from tests.access.world import write
from tests.people import session_token
from tests.web import COOKIE, NOW, stranger

NO_FACTS = {"/healthz", "/readyz", "/api/docs", "/api/openapi.json", *LOOKED_AT_ANYWAY}
# The worlds of earlier examples stay: the next person must not see them either.
ONE_DATABASE = [
    HealthCheck.function_scoped_fixture,
    HealthCheck.too_slow,
    HealthCheck.data_too_large,
]


@dataclass
class Counted:
    """How many worlds were made and how many answers searched."""

    worlds: int = 0
    answers: int = 0


def look_everywhere(database: Database, data_dir: Path, examples: int) -> Counted:
    """Make worlds and look at all that their person can open; fails at the first leak or gap."""
    client = stranger(database, data_dir)
    addresses = [path for path in plain_addresses(client.application) if path not in NO_FACTS]
    counted = Counted()

    @settings(max_examples=examples, suppress_health_check=ONE_DATABASE)
    @given(plan=plans())
    def look(plan: Plan) -> None:
        with database.writing(LOCAL_OPERATOR) as session:
            world = write(session, plan)
            client.set_cookie(COOKIE, session_token(session, world.user_id, NOW))
        reader = Reader(client, world, Oracle(plan))
        reader.read_everything(addresses)
        counted.worlds += 1
        counted.answers += reader.looked_at

    look()
    return counted
