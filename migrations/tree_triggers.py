"""Triggers that keep the closed tree and the contracts' reach with every change, and refuse a cycle.

In the database, not in the code that writes: an import, a page and a hand-run statement all move
organisations and name parties, and who sees what must follow at once. On PostgreSQL they run as
the tables' owner: row policies rest on what they write.
"""

from sqlalchemy import Connection, text

_OWN = "role IN ('purchaser', 'payer')"
_BELOW = "SELECT organisation_id FROM organisation_ancestor WHERE ancestor_id = NEW.id"
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
_ALONE = "PERFORM pg_advisory_xact_lock(hashtextextended('organisation tree', 0))"
"""Two moves at once would each miss the other's: neither sees the cycle that both make."""
_NO_MOVE = "PERFORM pg_advisory_xact_lock_shared(hashtextextended('organisation tree', 0))"
"""A party named while its organisation moves would be seen where that lay before."""

_MOVED = f"SELECT contract_id FROM contract_party WHERE organisation_id IN ({_BELOW})"
_REACH = f"""
INSERT INTO contract_reach (contract_id, organisation_id, own)
SELECT party.contract_id, above.ancestor_id, {{any}}(party.{_OWN})
FROM contract_party AS party
JOIN organisation_ancestor AS above ON above.organisation_id = party.organisation_id
WHERE party.contract_id IN ({{contracts}})
GROUP BY party.contract_id, above.ancestor_id
"""
_MOVE = (
    f"DELETE FROM organisation_ancestor WHERE organisation_id IN ({_BELOW}) "
    f"AND ancestor_id NOT IN ({_BELOW})",
    """
    INSERT INTO organisation_ancestor (organisation_id, ancestor_id)
    SELECT below.organisation_id, above.ancestor_id
    FROM organisation_ancestor AS below, organisation_ancestor AS above
    WHERE below.ancestor_id = NEW.id AND above.organisation_id = NEW.parent_id
    """,
    f"DELETE FROM contract_reach WHERE contract_id IN ({_MOVED})",
    _REACH.replace("{contracts}", _MOVED),
)
_JOIN = f"""
INSERT INTO contract_reach (contract_id, organisation_id, own)
SELECT NEW.contract_id, ancestor_id, NEW.{_OWN}
FROM organisation_ancestor WHERE organisation_id = NEW.organisation_id
ON CONFLICT (contract_id, organisation_id) DO UPDATE SET own = contract_reach.own OR excluded.own
"""


def _renewed(contracts: str) -> tuple[str, str]:
    return (
        f"DELETE FROM contract_reach WHERE contract_id IN ({contracts})",
        _REACH.replace("{contracts}", contracts),
    )


_CHANGED = _renewed("OLD.contract_id, NEW.contract_id")
_LEFT = _renewed("OLD.contract_id")


def _sqlite() -> list[str]:
    def trigger(name: str, when: str, *statements: str) -> str:
        body = "; ".join(statements).replace("{any}", "max")
        return f"CREATE TRIGGER {name} {when} BEGIN {body}; END"

    return [
        trigger("tree_begin", "AFTER INSERT ON organisation", _BEGIN),
        trigger(
            "tree_cycle",
            f"BEFORE UPDATE OF parent_id ON organisation WHEN {_CYCLE}",
            f"SELECT RAISE(ABORT, '{CYCLE}')",
        ),
        trigger(
            "tree_move",
            "AFTER UPDATE OF parent_id ON organisation WHEN NEW.parent_id IS NOT OLD.parent_id",
            *_MOVE,
        ),
        trigger("reach_join", "AFTER INSERT ON contract_party", _JOIN),
        trigger("reach_change", "AFTER UPDATE ON contract_party", *_CHANGED),
        trigger("reach_leave", "AFTER DELETE ON contract_party", *_LEFT),
    ]


def _postgresql(schema: str) -> list[str]:
    def function(name: str, *statements: str) -> str:
        body = "; ".join(statements).replace("{any}", "bool_or")
        return (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
            f"SET search_path = {schema}, pg_temp AS $$ BEGIN {body}; RETURN NULL; END $$"
        )

    def trigger(name: str, when: str, condition: str = "") -> str:
        return (
            f"CREATE TRIGGER {name} AFTER {when} FOR EACH ROW {condition} EXECUTE FUNCTION {name}()"
        )

    refuse = f"IF {_CYCLE} THEN RAISE EXCEPTION '{CYCLE}' USING ERRCODE = 'check_violation'; END IF"
    return [
        function("tree_begin", _ALONE, _BEGIN),
        function("tree_move", _ALONE, refuse, *_MOVE),
        function("reach_join", _NO_MOVE, _JOIN),
        function("reach_change", _NO_MOVE, *_CHANGED),
        function("reach_leave", _NO_MOVE, *_LEFT),
        trigger("tree_begin", "INSERT ON organisation"),
        trigger(
            "tree_move",
            "UPDATE OF parent_id ON organisation",
            "WHEN (NEW.parent_id IS DISTINCT FROM OLD.parent_id)",
        ),
        trigger("reach_join", "INSERT ON contract_party"),
        trigger("reach_change", "UPDATE ON contract_party"),
        trigger("reach_leave", "DELETE ON contract_party"),
    ]


NAMES = ("tree_begin", "tree_cycle", "tree_move", "reach_join", "reach_change", "reach_leave")


def put_up(connection: Connection) -> None:
    """Make the triggers; the tables are there and hold what follows from what is in them."""
    if connection.dialect.name == "sqlite":
        statements = _sqlite()
    else:
        schema = connection.execute(text("SELECT quote_ident(current_schema())")).scalar_one()
        statements = _postgresql(schema)
    for statement in statements:
        connection.execute(text(statement))


def take_down(connection: Connection) -> None:
    """Drop the triggers where they are."""
    is_sqlite = connection.dialect.name == "sqlite"
    for name in NAMES:
        drop = f"TRIGGER IF EXISTS {name}" if is_sqlite else f"FUNCTION IF EXISTS {name}() CASCADE"
        connection.execute(text(f"DROP {drop}"))


def drift(connection: Connection) -> list[str]:
    """Triggers that are missing."""
    if connection.dialect.name == "sqlite":
        found = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        wanted = set(NAMES)
    else:
        found = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        wanted = set(NAMES) - {"tree_cycle"}
    up = set(connection.execute(text(found)).scalars())
    return [f"trigger {name} missing" for name in sorted(wanted - up)]
