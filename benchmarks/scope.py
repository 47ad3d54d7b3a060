"""The contract list of somebody who oversees 3,000 organisations beside that of one department.

Both as the application's role, so with row-level security, through the page, the same page size.
"""

import tempfile
import time
from pathlib import Path
from statistics import median
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select, text

from benchmarks.ledger import AS_OF, build
from contracts.models import Organisation
from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from migrations.schema import upgrade
from tests import postgres
from tests.people import person
from tests.web import client_as

CONTRACTS, DEPARTMENTS, ROUNDS = 100_000, 3_000, 60
_TREE = """
INSERT INTO organisation (id, code, name, short_name, kind, parent_id, recorded_at, recorded_by,
  assumed, source, note, version)
SELECT md5('root')::uuid, 'ROOT', 'province', '', 'government', NULL::uuid, now(), 'bench', '[]',
  '', '', 1;
INSERT INTO organisation (id, code, name, short_name, kind, parent_id, recorded_at, recorded_by,
  assumed, source, note, version)
SELECT md5('city' || n)::uuid, 'CITY' || n, 'city ' || n, '', 'government', md5('root')::uuid,
  now(), 'bench', '[]', '', '', 1 FROM generate_series(0, 14) n;
INSERT INTO organisation (id, code, name, short_name, kind, parent_id, recorded_at, recorded_by,
  assumed, source, note, version)
SELECT md5('d' || n)::uuid, 'D' || n, 'department ' || n, '', 'department',
  md5('city' || mod(n, 15))::uuid, now(), 'bench', '[]', '', '', 1
FROM generate_series(0, {departments} - 1) n;
INSERT INTO contract_party (contract_id, role, organisation_id, recorded_at, recorded_by)
SELECT md5('c' || n)::uuid, role, md5('d' || mod(n, {departments}))::uuid, now(), 'bench'
FROM generate_series(1, {contracts}) n, unnest(ARRAY['purchaser', 'payer']) role;
INSERT INTO contract_party (contract_id, role, organisation_id, recorded_at, recorded_by)
SELECT md5('c' || n)::uuid, 'lead', md5('city' || mod(n, 15))::uuid, now(), 'bench'
FROM generate_series(1, {contracts}) n;
UPDATE programme SET lead_id = md5('city' || mod(number, 15))::uuid
FROM generate_series(1, 20) number WHERE programme.id = md5('p' || number)::uuid;
UPDATE contract SET purchaser_id = party.organisation_id
FROM contract_party AS party WHERE party.contract_id = contract.id AND party.role = 'purchaser'
  AND party.position = 1
"""


def measure() -> list[str]:
    """Build the ledger, read both pages in turn, and give the lines to print."""
    with postgres.server() as base, tempfile.TemporaryDirectory() as folder:
        postgres.create_app_role(base)
        owner = postgres.create_database(base, "bench_scope")
        fill(build(owner, CONTRACTS, 1_000), CONTRACTS, DEPARTMENTS)
        database = Database(postgres.as_app_role(owner))
        wide = client(database, Path(folder), "overseer", Role.OVERSIGHT, "ROOT")
        narrow = client(database, Path(folder), "clerk", Role.CLERK, "D7")
        lines = [_line(name, path, wide, narrow) for name, path in _PAGES]
        database.dispose()
    return [
        f"{CONTRACTS:,} contracts: page for oversight of {DEPARTMENTS:,} organisations beside the "
        "page for one department (aim at most 1.3):",
        *lines,
    ]


_PAGES = (("list page", "/contracts"), ("list by API", "/api/v1/contracts?limit=25"))


def fill(database: Database, contracts: int, departments: int) -> None:
    """Share the contracts out to departments of fifteen cities; disposes of ``database``."""
    upgrade(database, app_role=postgres.APP_ROLE)
    with database.engine.begin() as connection:
        # Made at once, not by people: nothing of it belongs into a trail.
        connection.execute(text("SELECT set_config('session_replication_role', 'replica', true)"))
        connection.execute(text("TRUNCATE contract_party, contract_reach"))
        for statement in _TREE.format(departments=departments, contracts=contracts).split(";\n"):
            connection.execute(text(statement))
        connection.execute(text("DELETE FROM organisation_ancestor"))
        connection.execute(text(_CLOSURE))
        connection.execute(text(_REACH))
    with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))
    database.dispose()


_REACH = """
INSERT INTO contract_reach
SELECT party.contract_id, above.ancestor_id, bool_or(party.role IN ('purchaser', 'payer'))
FROM contract_party AS party
JOIN organisation_ancestor AS above ON above.organisation_id = party.organisation_id
GROUP BY party.contract_id, above.ancestor_id
"""
_CLOSURE = """
INSERT INTO organisation_ancestor
WITH RECURSIVE above(organisation_id, ancestor_id) AS (
  SELECT id, id FROM organisation
  UNION SELECT above.organisation_id, organisation.parent_id
  FROM above JOIN organisation ON organisation.id = above.ancestor_id
  WHERE organisation.parent_id IS NOT NULL)
SELECT organisation_id, ancestor_id FROM above
"""


def client(database: Database, folder: Path, login: str, role: Role, code: str) -> FlaskClient:
    """A client signed in as a new user with one role."""
    with database.writing(LOCAL_OPERATOR) as session:
        organisation_id: UUID = session.scalars(
            select(Organisation.id).where(Organisation.code == code)
        ).one()
        user_id = person(session, login, (role, organisation_id)).id
    return client_as(database, folder, user_id, AS_OF)


def _line(name: str, path: str, wide: FlaskClient, narrow: FlaskClient) -> str:
    taken: dict[str, list[float]] = {"wide": [], "narrow": []}
    for _ in range(ROUNDS):
        taken["wide"].append(_timed(wide, path))
        taken["narrow"].append(_timed(narrow, path))
    ratio = median(taken["wide"][10:]) / median(taken["narrow"][10:])
    return f"  {name}: {ratio:.2f} x as long"


def _timed(client: FlaskClient, path: str) -> float:
    began = time.perf_counter()
    response = client.get(path)
    if response.status_code != 200:
        raise RuntimeError(f"{path}: {response.status_code}")
    return time.perf_counter() - began
