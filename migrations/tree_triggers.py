"""Triggers that keep ``organisation_ancestor`` with every insert and move, and refuse a cycle.

In the database, not in the code that writes: an import, a page and a hand-run statement all move
organisations, and who sees what must follow at once.
"""

from sqlalchemy import Connection, text

_REMOVE = """
DELETE FROM organisation_ancestor
WHERE organisation_id IN (SELECT organisation_id FROM organisation_ancestor WHERE ancestor_id = NEW.id)
  AND ancestor_id NOT IN (SELECT organisation_id FROM organisation_ancestor WHERE ancestor_id = NEW.id)
"""
_ADD = """
INSERT INTO organisation_ancestor (organisation_id, ancestor_id)
SELECT below.organisation_id, above.ancestor_id
FROM organisation_ancestor AS below, organisation_ancestor AS above
WHERE below.ancestor_id = NEW.id AND above.organisation_id = NEW.parent_id
"""
_BEGIN = """
INSERT INTO organisation_ancestor (organisation_id, ancestor_id)
SELECT NEW.id, NEW.id
UNION ALL SELECT NEW.id, ancestor_id FROM organisation_ancestor WHERE organisation_id = NEW.parent_id
"""
_CYCLE = """
EXISTS (SELECT 1 FROM organisation_ancestor
        WHERE organisation_id = NEW.parent_id AND ancestor_id = NEW.id)
"""
CYCLE = "an organisation cannot lie below itself"

_SQLITE = (
    f"CREATE TRIGGER tree_begin AFTER INSERT ON organisation BEGIN {_BEGIN}; END",
    f"CREATE TRIGGER tree_cycle BEFORE UPDATE OF parent_id ON organisation "
    f"WHEN {_CYCLE} BEGIN SELECT RAISE(ABORT, '{CYCLE}'); END",
    f"CREATE TRIGGER tree_move AFTER UPDATE OF parent_id ON organisation "
    f"WHEN NEW.parent_id IS NOT OLD.parent_id BEGIN {_REMOVE}; {_ADD}; END",
)
_POSTGRESQL = (
    f"CREATE FUNCTION tree_begin() RETURNS trigger LANGUAGE plpgsql AS $$ "
    f"BEGIN {_BEGIN}; RETURN NULL; END $$",
    f"CREATE FUNCTION tree_move() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF {_CYCLE} THEN RAISE EXCEPTION '{CYCLE}' USING ERRCODE = 'check_violation'; END IF; "
    f"{_REMOVE}; {_ADD}; RETURN NULL; END $$",
    "CREATE TRIGGER tree_begin AFTER INSERT ON organisation "
    "FOR EACH ROW EXECUTE FUNCTION tree_begin()",
    "CREATE TRIGGER tree_move AFTER UPDATE OF parent_id ON organisation FOR EACH ROW "
    "WHEN (NEW.parent_id IS DISTINCT FROM OLD.parent_id) EXECUTE FUNCTION tree_move()",
)


def put_up(connection: Connection) -> None:
    """Make the triggers; the tables are there and hold the closure of what is in them."""
    is_sqlite = connection.dialect.name == "sqlite"
    for statement in _SQLITE if is_sqlite else _POSTGRESQL:
        connection.execute(text(statement))


def take_down(connection: Connection) -> None:
    """Drop the triggers where they are."""
    if connection.dialect.name == "sqlite":
        for name in ("tree_begin", "tree_cycle", "tree_move"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        return
    for name in ("tree_begin", "tree_move"):
        connection.execute(text(f"DROP FUNCTION IF EXISTS {name}() CASCADE"))
