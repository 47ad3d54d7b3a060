"""The triggers that keep the search index on SQLite, in SQL alone: any program can fire them."""

from collections.abc import Iterator

from contracts.search.models import SearchKind
from contracts.search.text import FULL_WIDTH, HALF_WIDTH, SIZES
from migrations.search_sources import BREAK, GRAMS_TABLE, SOURCES, TABLE, Source

_PLAIN_SIGN, _QUOTE = "[!-~]", "'"
_LEVELS = 16


def statements() -> dict[str, str]:
    """The triggers by name."""
    made = dict(_full_text())
    for kind, source in SOURCES.items():
        made |= dict(_of_source(kind, source))
    return made


def missing_rows(kind: SearchKind) -> str:
    """An INSERT of the entries that a table's rows lack."""
    source = SOURCES[kind]
    lacking = f"x.id NOT IN (SELECT record_id FROM {TABLE} WHERE kind = '{kind}')"
    return _insert(kind, source, f"WHERE {lacking} ORDER BY x.id")


def _of_source(kind: SearchKind, source: Source) -> Iterator[tuple[str, str]]:
    table = source.table
    columns = ", ".join(source.watched)
    yield _trigger(
        f"search_add_{table}",
        f"AFTER INSERT ON {table}",
        _insert(kind, source, "WHERE x.id = NEW.id"),
    )
    yield _trigger(
        f"search_change_{table}",
        f"AFTER UPDATE OF {columns} ON {table}",
        _update(kind, source, "WHERE x.id = NEW.id"),
    )
    yield _trigger(
        f"search_remove_{table}",
        f"AFTER DELETE ON {table}",
        f"DELETE FROM {TABLE} WHERE record_id = OLD.id",
    )
    for followed, (key, names) in source.followed.items():
        yield _trigger(
            f"search_follow_{followed}",
            f"AFTER UPDATE OF {', '.join(names)} ON {followed}",
            _update(kind, source, f"WHERE x.{key} = NEW.id"),
        )


def _full_text() -> Iterator[tuple[str, str]]:
    # The full-text table keeps no text of its own: what is to be forgotten must be told to it.
    add = f"INSERT INTO {GRAMS_TABLE}(rowid, grams) VALUES (NEW.position, NEW.grams)"
    forget = (
        f"INSERT INTO {GRAMS_TABLE}({GRAMS_TABLE}, rowid, grams) "
        "VALUES ('delete', OLD.position, OLD.grams)"
    )
    yield _trigger("search_index_add", f"AFTER INSERT ON {TABLE}", add)
    yield _trigger("search_index_change", f"AFTER UPDATE OF grams ON {TABLE}", forget, add)
    yield _trigger("search_index_remove", f"AFTER DELETE ON {TABLE}", forget)


def _trigger(name: str, when: str, *body: str) -> tuple[str, str]:
    return name, f"CREATE TRIGGER {name} {when} BEGIN {'; '.join(body)}; END"


def _insert(kind: SearchKind, source: Source, where: str) -> str:
    return (
        f"INSERT INTO {TABLE} (kind, record_id, contract_id, first_day, words, grams) "
        f"SELECT '{kind}', record_id, contract_id, first_day, words, {_grams(kind)} "
        f"FROM ({_folded(source, where)})"
    )


def _update(kind: SearchKind, source: Source, where: str) -> str:
    rows = f"SELECT *, {_grams(kind)} AS pieces FROM ({_folded(source, where)})"
    return (
        f"UPDATE {TABLE} SET contract_id = now.contract_id, first_day = now.first_day, "
        f"words = now.words, grams = now.pieces FROM ({rows}) AS now "
        f"WHERE {TABLE}.record_id = now.record_id"
    )


def _folded(source: Source, where: str) -> str:
    """Rows with their text folded, step by step: a formula has but a hundred levels in SQLite.

    Each step is kept, or the text would be folded anew for each of its pieces.
    """
    steps = [f"{source.rows().replace(BREAK, 'char(10)')} {where}"]
    signs = list(zip(FULL_WIDTH, HALF_WIDTH, strict=True))
    for start in range(0, len(signs), _LEVELS):
        text = "raw"
        for full, half in signs[start : start + _LEVELS]:
            text = f"replace({text}, '{full}', '{half.replace(_QUOTE, _QUOTE * 2)}')"
        steps.append(_step(text, "raw", len(steps)))
    steps.append(_step("lower(raw)", "words", len(steps)))
    chain = ", ".join(f"step{n} AS MATERIALIZED ({rows})" for n, rows in enumerate(steps))
    return f"WITH {chain} SELECT * FROM step{len(steps) - 1}"


def _step(text: str, name: str, number: int) -> str:
    return f"SELECT record_id, contract_id, first_day, {text} AS {name} FROM step{number - 1}"


def _grams(kind: SearchKind) -> str:
    """The kind and all pieces of ``words``, each as a word of hexadecimal digits."""
    pieces = "hex(substr(words, i, 2))"
    for size in SIZES:
        run = _PLAIN_SIGN * size
        piece = f"substr(words, i, {size})"
        pieces += f" || CASE WHEN {piece} GLOB '{run}' THEN ' ' || hex({piece}) ELSE '' END"
    return (
        f"'{kind} ' || (WITH RECURSIVE sign(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM sign "
        f"WHERE i < length(words)) SELECT group_concat({pieces}, ' ') FROM sign)"
    )
