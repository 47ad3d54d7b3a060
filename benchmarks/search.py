"""The contract list and the search at 1,000,000 contracts beside the same at 10,000.

On PostgreSQL, through pages and API, as the application's role, so with row-level security; once
as one department among many of its size, once as oversight of them all.
"""

import tempfile
import time
from pathlib import Path
from statistics import median

from flask.testing import FlaskClient
from sqlalchemy import text

from benchmarks import scope
from benchmarks.ledger import build
from kernel.access.roles import Role
from kernel.database import Database
from migrations import search_triggers
from tests import postgres

SMALL, LARGE, OF_ONE, ROUNDS = 10_000, 1_000_000, 333, 25
_TEXTS = """
UPDATE contract SET
  name = (ARRAY['民爆', '非煤矿山', '危险化学品', '电力', '特种设备', '冶金', '煤矿', '烟花爆竹',
    '建筑施工', '道路运输', '消防', '水利'])[1 + mod(n, 12)] || '行业安全生产第三方监管服务' || n,
  content = '对辖区企业开展隐患排查、复查和安全培训，第' || mod(n, 997) || '片区'
    || CASE WHEN mod(n, {rare}) = 7 THEN '，含尾矿库专项检查' ELSE '' END
FROM (SELECT id AS key, CAST(substr(number, 2) AS int) AS n FROM contract) AS numbered
WHERE id = key
"""
_RARE = 20
_STATES = f"""
INSERT INTO contract_step (id, contract_id, state, since, document, why, recorded_at, recorded_by,
  assumed, source, note, version)
SELECT md5('s' || n)::uuid, md5('c' || n)::uuid, CASE WHEN n <= {_RARE} THEN 'suspended'
  ELSE 'completed' END, date '2023-11-01', '', '', now(), 'bench', '[]', '', '', 1
FROM generate_series(1, {{contracts}} / 2) n;
DELETE FROM plan_standing WHERE valid_to IS NULL AND contract_id IN (
  SELECT md5('c' || n * 10)::uuid FROM generate_series(1, {_RARE}) n);
UPDATE plan_standing SET valid_to = NULL WHERE contract_id IN (
  SELECT md5('c' || n * 10)::uuid FROM generate_series(1, {_RARE}) n);
"""
"""Half was completed; a few are suspended, a few have no plan."""
_PAGES = (
    ("list", "/contracts"),
    ("list by API", "/api/v1/contracts?limit=25"),
    ("list by service end", "/contracts?sort=service_end"),
    ("list by name", "/contracts?sort=name"),
    ("list by total", "/contracts?sort=-total"),
    ("list of late payments", "/contracts?overdue=yes"),
    ("list of late payments by total", "/contracts?overdue=yes&sort=-total"),
    ("list of a word by total", "/contracts?q=民爆&sort=-total"),
    ("list of a state of half", "/contracts?state=completed"),
    ("list of a rare state", "/contracts?state=suspended"),
    ("list of a state that none has", "/contracts?state=terminated"),
    ("list of a rare state by total", "/contracts?state=suspended&sort=-total"),
    ("list of a programme by total", "/contracts?programme=P3&sort=-total"),
    ("list of missing plans", "/contracts?plan_state=missing"),
    ("list of a common word", "/contracts?q=安全"),
    ("list of a word of a twelfth", "/contracts?q=民爆"),
    ("list of a word by service end", "/contracts?q=民爆&sort=service_end"),
    ("search, in every contract", "/api/v1/search?q=安全"),
    ("search, in a twelfth", "/api/v1/search?q=民爆"),
    ("search, in ten or so", "/api/v1/search?q=尾矿"),
    ("search, a number", "/api/v1/search?q=C0000042"),
    ("search, one sign", "/api/v1/search?q=爆"),
    ("search, nowhere", "/api/v1/search?q=稀土"),
    ("search page", "/search?q=民爆 培训"),
)


def measure() -> list[str]:
    """Build both ledgers, ask both in turn, and give the lines to print."""
    with postgres.server() as base, tempfile.TemporaryDirectory() as folder:
        postgres.create_app_role(base)
        small = _Ledger(base, Path(folder), SMALL)
        large = _Ledger(base, Path(folder), LARGE)
        lines = []
        for asker in ("department", "oversight"):
            lines.append(f"as {asker}:")
            for name, path in _PAGES:
                lines.append(_line(name, path, small.clients[asker], large.clients[asker]))
        small.database.dispose()
        large.database.dispose()
    return [
        f"contract list and search, {LARGE:,} contracts beside {SMALL:,} "
        f"(departments of {OF_ONE} contracts; aim at most 1.5):",
        *(f"  {line}" for line in lines),
    ]


class _Ledger:
    """A filled database and two who ask it."""

    def __init__(self, base: str, folder: Path, contracts: int) -> None:
        owner = postgres.create_database(base, f"bench_search_{contracts}")
        built = build(owner, contracts, 1_000, searched=False)
        with built.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(_TEXTS.format(rare=contracts // 10)))
            for statement in _STATES.format(contracts=contracts).split(";\n")[:-1]:
                connection.exec_driver_sql(statement)
        scope.fill(built, contracts, contracts // OF_ONE)
        database = Database(owner)
        with database.engine.begin() as connection:
            search_triggers.take_down(connection)
            search_triggers.put_up(connection)
        with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as done:
            done.execute(text("VACUUM ANALYZE"))
        database.dispose()
        self.database = Database(postgres.as_app_role(owner))
        self.clients = {
            "department": scope.client(self.database, folder, "clerk", Role.CLERK, "D5"),
            "oversight": scope.client(self.database, folder, "boss", Role.OVERSIGHT, "ROOT"),
        }


def _line(name: str, path: str, small: FlaskClient, large: FlaskClient) -> str:
    taken: dict[str, list[float]] = {"small": [], "large": []}
    for _ in range(ROUNDS):
        taken["small"].append(_timed(small, path))
        taken["large"].append(_timed(large, path))
    few, many = median(taken["small"][5:]), median(taken["large"][5:])
    return f"{name}: {many / few:.2f} x as long ({few * 1000:.0f} and {many * 1000:.0f} ms)"


def _timed(client: FlaskClient, path: str) -> float:
    began = time.perf_counter()
    response = client.get(path)
    if response.status_code != 200:
        raise RuntimeError(f"{path}: {response.status_code}")
    return time.perf_counter() - began
