"""Whether row policies bind the role that the service connects as (PostgreSQL)."""

from sqlalchemy import text

from kernel.database import Database

_ASKED = text("""
SELECT rolsuper, rolbypassrls, EXISTS (
    SELECT 1 FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = current_schema() AND relname = 'contract'
      AND pg_has_role(current_user, relowner, 'USAGE')
)
FROM pg_roles WHERE rolname = current_user
""")


def why_unbound(database: Database) -> str | None:
    """Why no row policy binds the role (Chinese); None when they bind it, or on SQLite.

    A superuser, a role with BYPASSRLS and the owner of the tables see every row whatever the
    policies say, so that the predicates of the queries are the only wall.
    """
    if database.is_sqlite:
        return None
    with database.engine.connect() as connection:
        is_super, bypasses, owns = connection.execute(_ASKED).one()
    reasons = [(is_super, "是超级用户"), (bypasses, "有 BYPASSRLS"), (owns, "是数据表的所有者")]
    return next((reason for holds, reason in reasons if holds), None)
