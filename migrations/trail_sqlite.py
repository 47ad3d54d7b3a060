"""The trail's triggers on SQLite: three a table that note each change, and those that refuse."""

from collections.abc import Iterable

from kernel.trail.secret_columns import NOT_NOTED
from migrations.trail_plan import Watched

APPEND_ONLY = "the trail is only ever appended to"
_BY_HAND = "coalesce((SELECT actor FROM trail_context WHERE id = 1), '') = ''"
_NOTE = f"""
INSERT INTO audit_entry (recorded_at, actor, user_id, client, request_id, action, object_kind,
  object_id, contract_id, organisation_id, before, after, reason)
SELECT strftime('%Y-%m-%d %H:%M:%f000', 'now'),
  CASE WHEN {_BY_HAND} THEN 'database:sqlite' ELSE who.actor END, coalesce(who.user_id, ''),
  CASE WHEN {_BY_HAND} THEN 'local' ELSE who.client END, coalesce(who.request_id, ''),
  '{{action}}', '{{table}}', {{object_id}}, {{contract}}, {{organisation}}, {{before}}, {{after}},
  coalesce(who.reason, '')
FROM {{source}} LEFT JOIN trail_context AS who ON who.id = 1
"""


def statements(tables: Iterable[Watched]) -> dict[str, str]:
    """The triggers by name."""
    made = dict(_refusals())
    for table in tables:
        made |= _triggers(table)
    return made


def _triggers(table: Watched) -> dict[str, str]:
    name, hand = table.name, f" AND {_BY_HAND}" if table.by_hand_only else ""
    old, new = _whole(table, "OLD"), _whole(table, "NEW")
    same = ", ".join(
        f"CASE WHEN OLD.\"{c}\" IS NEW.\"{c}\" THEN '$.{c}' ELSE '$.-' END" for c in table.columns
    )
    changed = " OR ".join(f'OLD."{c}" IS NOT NEW."{c}"' for c in table.columns)
    return {
        f"trail_insert_{name}": f'CREATE TRIGGER trail_insert_{name} AFTER INSERT ON "{name}" '
        f"WHEN 1{hand} BEGIN {_note(table, 'insert', 'NEW', 'NULL', new)}; END",
        f"trail_update_{name}": f'CREATE TRIGGER trail_update_{name} AFTER UPDATE ON "{name}" '
        f"WHEN ({changed}){hand} BEGIN "
        + _note(
            table, "update", "NEW", f"json_remove({old}, {same})", f"json_remove({new}, {same})"
        )
        + "; END",
        f"trail_delete_{name}": f'CREATE TRIGGER trail_delete_{name} AFTER DELETE ON "{name}" '
        f"WHEN 1{hand} BEGIN {_note(table, 'delete', 'OLD', old, 'NULL')}; END",
        f"trail_conflict_{name}": _conflict(table),
    }


def _conflict(table: Watched) -> str:
    """SQLite's REPLACE removes rows without a DELETE trigger: note those that an INSERT meets.

    The service itself never says REPLACE; what another program's statement then did with the row
    (replaced it, changed it, left it) follows from the next entries.
    """
    name = table.name
    meets = " OR ".join(
        "(" + " AND ".join(f'met."{c}" = NEW."{c}"' for c in columns) + ")"
        for columns in table.unique
    )
    note = _note(table, "conflict", "met", _whole(table, "met"), "NULL", f'"{name}" AS met')
    return (
        f'CREATE TRIGGER trail_conflict_{name} BEFORE INSERT ON "{name}" WHEN {_BY_HAND} '
        f"BEGIN {note} WHERE {meets}; END"
    )


def _note(
    table: Watched, action: str, row: str, before: str, after: str, source: str = "(SELECT 1)"
) -> str:
    return _NOTE.format(
        action=action,
        table=table.name,
        object_id=" || ',' || ".join(f"coalesce({_text(table, row, c)}, '')" for c in table.key),
        contract=f'{row}."{table.contract}"' if table.contract else "NULL",
        organisation=f'{row}."{table.organisation}"' if table.organisation else "NULL",
        before=before,
        after=after,
        source=source,
    )


def _whole(table: Watched, row: str) -> str:
    pairs = ", ".join(f"'{column}', {_value(table, row, column)}" for column in table.columns)
    return f"json_object({pairs})"


def _value(table: Watched, row: str, column: str) -> str:
    """A column as JSON holds it, alike on both databases."""
    value, kind = f'{row}."{column}"', table.columns[column]
    if column in table.secrets:
        return f"CASE WHEN {value} IS NOT NULL THEN '{NOT_NOTED}' END"
    if kind == "BOOLEAN":
        return f"json(CASE {value} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)"
    if kind == "JSON":
        return f"json(CASE WHEN json_valid({value}) THEN {value} ELSE json_quote({value}) END)"
    if kind == "BLOB":
        return f"hex({value})"
    return _text(table, row, column)


def _text(table: Watched, row: str, column: str) -> str:
    value = f'{row}."{column}"'
    if table.columns[column] != "CHAR(32)":
        return value
    parts = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
    return " || '-' || ".join(f"substr({value}, {start}, {size})" for start, size in parts)


def _refusals() -> dict[str, str]:
    """UPDATE and DELETE are refused, and an INSERT that would replace a row."""
    made = {}
    for table, taken in (
        ("audit_entry", "id = NEW.id"),
        ("audit_seal", "position = NEW.position OR entry_id = NEW.entry_id"),
    ):
        refuse = f"BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END"
        for event, when in (
            ("UPDATE", ""),
            ("DELETE", ""),
            ("INSERT", f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken}) "),
        ):
            name = f"trail_refuse_{event.lower()}_{table}"
            made[name] = f"CREATE TRIGGER {name} BEFORE {event} ON {table} {when}{refuse}"
    return made
