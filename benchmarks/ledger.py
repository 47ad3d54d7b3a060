"""A large ledger on PostgreSQL, made set-based: three milestones and one plan a contract.

Two milestones of each contract were paid on their due date, the third falls due next year; in
``overdue`` contracts the second was not paid. Every plan was approved before service started.
"""

from datetime import date

from sqlalchemy import text
from sqlalchemy.engine import Connection

from kernel.database import Database
from migrations import search_triggers, trail_triggers
from migrations.schema import upgrade

AS_OF = date(2023, 12, 31)
_FRAME = """
INSERT INTO organisation (id, code, name, short_name, kind, recorded_at, recorded_by, assumed,
  source, note, version)
SELECT md5('o' || n)::uuid, 'O' || n, 'bureau ' || n, '', 'department', now(), 'bench', '[]',
  '', '', 1 FROM generate_series(1, 20) n;
INSERT INTO vendor (id, name, recorded_at, recorded_by, assumed, source, note, version)
SELECT md5('v' || n)::uuid, 'vendor ' || n, now(), 'bench', '[]', '', '', 1
FROM generate_series(1, 200) n;
INSERT INTO programme (id, code, name, fiscal_year, lead_id, approval_document, recorded_at,
  recorded_by, assumed, source, note, version)
SELECT md5('p' || n)::uuid, 'P' || n, 'programme ' || n, 2023, md5('o' || n)::uuid, '', now(),
  'bench', '[]', '', '', 1 FROM generate_series(1, 20) n;
"""
_CONTRACTS = """
INSERT INTO contract (id, number, name, purchaser_id, vendor_id, programme_id, sectors, content,
  signed_on, service_start, service_end, recorded_at, recorded_by, assumed, source, note, version)
SELECT md5('c' || n)::uuid, 'C' || n, 'contract ' || n, md5('o' || mod(n, 20) + 1)::uuid,
  md5('v' || mod(n, 200) + 1)::uuid, md5('p' || mod(n, 20) + 1)::uuid, '', '', date '2023-01-02' + mod(n, 90),
  date '2023-01-10' + mod(n, 90), date '2024-01-10' + mod(n, 90), now(), 'bench', '[]', '', '', 1
FROM generate_series(1, {contracts}) n;
INSERT INTO milestone (id, contract_id, number, name, kind, share, trigger_kind, due_on_given,
  due_on, recorded_at, recorded_by, assumed, source, note, version)
SELECT md5('m' || n || '/' || k)::uuid, md5('c' || n)::uuid, k, 'part ' || k, 'progress', 30000000,
  'date', date '2023-02-01' + mod(n, 90) + (k - 1) * 182, date '2023-02-01' + mod(n, 90) + (k - 1) * 182,
  now(), 'bench', '[]', '', '', 1
FROM generate_series(1, {contracts}) n, generate_series(1, 3) k;
INSERT INTO contract_total (id, contract_id, valid_from, amount, recorded_at, recorded_by)
SELECT md5('t' || n)::uuid, md5('c' || n)::uuid, date '2023-01-02' + mod(n, 90),
  10000000 + mod(n::bigint * 7919, 90000) * 1000, now(), 'bench' FROM generate_series(1, {contracts}) n;
INSERT INTO settlement (milestone_id, valid_from, valid_to, contract_id, due_on, amount, paid,
  unpaid)
SELECT m.id, c.signed_on, CASE WHEN m.paid THEN m.due_on END, c.id, m.due_on, 3000000, 0, 3000000
FROM (SELECT id, contract_id, due_on, number = 1 OR (number = 2 AND contract_id NOT IN
  (SELECT md5('c' || n)::uuid FROM generate_series(1, {overdue}) n)) AS paid FROM milestone) m
JOIN contract c ON c.id = m.contract_id;
INSERT INTO settlement (milestone_id, valid_from, contract_id, due_on, amount, paid, unpaid)
SELECT milestone_id, valid_to, contract_id, due_on, amount, amount, 0 FROM settlement
WHERE valid_to IS NOT NULL;
INSERT INTO plan_standing (contract_id, valid_from, valid_to, due_on, state)
SELECT id, signed_on, signed_on + 3, service_start - 1, 'missing' FROM contract;
INSERT INTO plan_standing (contract_id, valid_from, due_on, state)
SELECT id, signed_on + 3, service_start - 1, 'approved' FROM contract;
"""


def build(address: str, contracts: int, overdue: int, *, searched: bool = True) -> Database:
    """Fill an empty PostgreSQL database with ``contracts`` of which ``overdue`` pay late.

    Without ``searched`` nothing of it is to be found: what is searched is yet to be written.
    """
    database = Database(address)
    upgrade(database)
    with database.engine.begin() as connection:
        # Made at once, not by people: nothing of it belongs into a trail.
        trail_triggers.take_down(connection)
        search_triggers.take_down(connection)
        for statement in (_FRAME + _CONTRACTS).split(";\n"):
            if statement.strip():
                _run(connection, statement.format(contracts=contracts, overdue=overdue))
        trail_triggers.put_up(connection)
        if searched:
            search_triggers.put_up(connection)
    with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))
    return database


def _run(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement)
