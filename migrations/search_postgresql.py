"""The functions and triggers that keep the search index on PostgreSQL.

They run as the tables' owner: the service's role may not touch the index (``search_asking``).
"""

from collections.abc import Iterator

from contracts.search.models import SearchKind
from contracts.search.text import FULL_WIDTH, HALF_WIDTH, LOWER, UPPER
from migrations.search_asking import asking
from migrations.search_sources import BREAK, SOURCES, TABLE, Source

_WIDE = (FULL_WIDTH + UPPER).replace("'", "''")
_FOLDED = (HALF_WIDTH.translate(str.maketrans(UPPER, LOWER)) + LOWER).replace("'", "''")
_GRAMS = r"""
SELECT array_to_tsvector(array(
  SELECT sign || lead(sign, 1, E'\n') OVER () FROM unnest(string_to_array($1, NULL)) AS sign
  UNION ALL SELECT substr(run[1], i, 4) FROM regexp_matches($1, '[!-~]{4,}', 'g') AS run,
    generate_series(1, length(run[1]) - 3) AS i
  UNION ALL SELECT substr(run[1], i, 8) FROM regexp_matches($1, '[!-~]{8,}', 'g') AS run,
    generate_series(1, length(run[1]) - 7) AS i))
"""


def functions(schema: str) -> dict[str, str]:
    """The functions by name, in the order in which they are made; ``schema`` is quoted."""
    made = {
        "search_fold": "CREATE FUNCTION search_fold(text) RETURNS text LANGUAGE sql IMMUTABLE "
        f"PARALLEL SAFE AS $$ SELECT translate($1, '{_WIDE}', '{_FOLDED}') $$",
        "search_grams": "CREATE FUNCTION search_grams(text) RETURNS tsvector LANGUAGE sql "
        f"IMMUTABLE PARALLEL SAFE AS $$ {_GRAMS} $$",
    }
    for kind, source in SOURCES.items():
        for name, body in _bodies(kind, source):
            made[name] = (
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
                f"SET search_path = {schema}, pg_temp AS $$ BEGIN {body}; RETURN NULL; END $$"
            )
    return made | asking(schema)


def triggers() -> dict[str, str]:
    """The triggers by name. An insert is followed once a statement, however many rows it has."""
    made = {}
    for source in SOURCES.values():
        table = source.table
        differs = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in source.watched)
        made[f"search_add_{table}"] = (
            f"CREATE TRIGGER search_add_{table} AFTER INSERT ON {table} REFERENCING NEW TABLE "
            f"AS added FOR EACH STATEMENT EXECUTE FUNCTION search_add_{table}()"
        )
        made[f"search_change_{table}"] = (
            f"CREATE TRIGGER search_change_{table} AFTER UPDATE ON {table} FOR EACH ROW "
            f"WHEN ({differs}) EXECUTE FUNCTION search_change_{table}()"
        )
        made[f"search_remove_{table}"] = (
            f"CREATE TRIGGER search_remove_{table} AFTER DELETE ON {table} FOR EACH ROW "
            f"EXECUTE FUNCTION search_remove_{table}()"
        )
        for followed, (_, names) in source.followed.items():
            differs = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in names)
            made[f"search_follow_{followed}"] = (
                f"CREATE TRIGGER search_follow_{followed} AFTER UPDATE ON {followed} FOR EACH ROW "
                f"WHEN ({differs}) EXECUTE FUNCTION search_follow_{followed}()"
            )
    return made


def missing_rows(kind: SearchKind) -> str:
    """An INSERT of the entries that a table's rows lack."""
    lacking = f"NOT EXISTS (SELECT 1 FROM {TABLE} WHERE record_id = x.id)"
    return _insert(kind, SOURCES[kind].rows() + f" WHERE {lacking} ORDER BY x.id")


def _bodies(kind: SearchKind, source: Source) -> Iterator[tuple[str, str]]:
    table = source.table
    yield f"search_add_{table}", _insert(kind, source.rows("added") + " ORDER BY x.id")
    yield f"search_change_{table}", _update(source.rows() + " WHERE x.id = NEW.id")
    yield f"search_remove_{table}", f"DELETE FROM {TABLE} WHERE record_id = OLD.id"
    for followed, (key, _) in source.followed.items():
        yield f"search_follow_{followed}", _update(source.rows() + f" WHERE x.{key} = NEW.id")


def _insert(kind: SearchKind, rows: str) -> str:
    return (
        f"INSERT INTO {TABLE} (kind, record_id, contract_id, first_day, words, grams) "
        f"SELECT '{kind}', record_id, contract_id, first_day, words, search_grams(words) "
        f"FROM ({_folded(rows)}) AS folded"
    )


def _update(rows: str) -> str:
    return (
        f"UPDATE {TABLE} SET contract_id = now.contract_id, first_day = now.first_day, "
        f"words = now.words, grams = search_grams(now.words) FROM ({_folded(rows)}) AS now "
        f"WHERE {TABLE}.record_id = now.record_id"
    )


def _folded(rows: str) -> str:
    # OFFSET 0: folded once, not once for each column that is made of it.
    text = rows.replace(BREAK, "chr(10)")
    return (
        "SELECT record_id, contract_id, first_day, search_fold(raw) AS words "
        f"FROM ({text}) AS raw OFFSET 0"
    )
