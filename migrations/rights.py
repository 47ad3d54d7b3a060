"""What the application's role may do on PostgreSQL: no more than the service needs."""

from sqlalchemy import Connection, inspect, text

from kernel.errors import InputError
from migrations import undo_function

DELETED_FROM = {"contract_party", "plan_standing", "saved_view", "settlement"}
"""Derived tables, and parties that a corrected ledger no longer names; facts are never deleted."""
READ_ONLY = {"alembic_version", "contract_reach", "organisation_ancestor"}
"""Row policies rest on the latter two, which triggers write as the tables' owner."""
HIDDEN = frozenset({"search_entry"})
"""Asked through functions that hold the wall (``search_asking``), written by triggers alone."""
APPENDED_TO = frozenset({"audit_entry", "audit_seal", "hazard_event"})
"""Tables whose rows are never changed once written."""


def grant(connection: Connection, role: str) -> None:
    """Give ``role`` its rights on what is there; raises ``InputError`` when there is no such role."""
    known = connection.execute(
        text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}
    ).scalar()
    if not known:
        raise InputError(
            "MONITOR_DATABASE_URL",
            f"数据库中没有角色 {role}；请先执行 CREATE ROLE {role} LOGIN PASSWORD '…'",
        )
    name = connection.dialect.identifier_preparer.quote(role)
    found = inspect(connection)
    schema = connection.dialect.identifier_preparer.quote(found.default_schema_name or "public")
    connection.execute(text(f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {name}"))
    connection.execute(text(f"GRANT USAGE ON SCHEMA {schema} TO {name}"))
    connection.execute(text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {name}"))
    for table in found.get_table_names():
        if table in HIDDEN:
            continue
        rights = ", ".join(_rights(table))
        connection.execute(text(f"GRANT {rights} ON {table} TO {name}"))
    undo_function.grant(connection, name)


def _rights(table: str) -> list[str]:
    if table in READ_ONLY:
        return ["SELECT"]
    if table in APPENDED_TO:
        return ["SELECT", "INSERT"]
    return ["SELECT", "INSERT", "UPDATE", *(["DELETE"] if table in DELETED_FROM else [])]
