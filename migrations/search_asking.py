"""The functions that ask PostgreSQL's search index; ``contracts.search.finding`` calls them.

Below a row policy an index on text is of no use: its operators could tell of hidden rows, so
PostgreSQL asks the policy of every row first. The service's role therefore may not read the index
at all, and ``search_find``, which runs as the owner, holds the same wall itself.
"""

from migrations.row_policies import reached_contract
from migrations.search_sources import TABLE

FEW = 3000
"""So many entries are read one by one sooner than found in another way."""
_SCOPED = """EXISTS (SELECT 1 FROM contract_reach AS reach WHERE reach.contract_id = e.contract_id
  AND (reach.organisation_id = ANY($5) OR (reach.own AND reach.organisation_id = ANY($4)))
  OFFSET 0)"""
_WALL = f"$wall${reached_contract('e.contract_id')}$wall$"
_NEAR = f"""
    SELECT array_agg(contract_id) INTO near FROM (
      (SELECT contract_id FROM contract_reach WHERE organisation_id = ANY(search_find.led) LIMIT {FEW + 1})
      UNION (SELECT contract_id FROM contract_reach
             WHERE organisation_id = ANY(search_find.own) AND contract_reach.own LIMIT {FEW + 1})) AS one;
    IF coalesce(cardinality(near), 0) <= {FEW} THEN
      SELECT coalesce(array_agg(one.position), '{{}}') INTO few FROM (
        SELECT e.position FROM {TABLE} AS e
        WHERE e.contract_id = ANY(near) AND e.kind = what LIMIT {FEW + 1}) AS one;
      IF cardinality(few) > {FEW} THEN few := NULL; END IF;
    END IF;
"""
"""All that the asker may see, where that is little."""
_FIND = f"""
DECLARE
  has text; beyond text; ordered text; near uuid[]; few bigint[]; found bigint[];
  pick text := 'SELECT array_agg(one.position) FROM (SELECT e.position FROM %s AS e '
    'WHERE %s%s LIMIT $3) AS one';
BEGIN
  SELECT string_agg(format('strpos(e.words, %L) > 0', word), ' AND ') INTO has
    FROM unnest(wanted) AS word;
  has := concat_ws(' AND ', has, '(e.first_day IS NULL OR e.first_day <= $1)',
    CASE WHEN NOT everything THEN $scope${_SCOPED}$scope$ END,
    CASE WHEN what IN ('contract', 'hazard') THEN {_WALL} END);
  beyond := format('e.kind = %L AND e.position %s $2', what, CASE WHEN newest THEN '<' ELSE '>' END);
  ordered := CASE WHEN newest THEN ' ORDER BY e.position DESC' ELSE ' ORDER BY e.position' END;
  IF NOT everything THEN {_NEAR} END IF;
  IF few IS NULL THEN
    EXECUTE format(pick, format('(SELECT * FROM {TABLE} AS e WHERE %s%s LIMIT {FEW})', beyond,
      ordered), has, ordered) INTO found USING as_of, start, most, own, led;
    IF cardinality(found) >= most THEN
      RETURN QUERY SELECT e.position, e.record_id FROM {TABLE} AS e WHERE e.position = ANY(found);
      RETURN;
    END IF;
    EXECUTE format('SELECT coalesce(array_agg(one.position), ''{{}}'') FROM (SELECT e.position '
      'FROM {TABLE} AS e WHERE e.kind = %L AND e.grams @@ $1 LIMIT {FEW + 1}) AS one', what)
      INTO few USING query;
    IF newest IS NULL AND cardinality(few) > {FEW} THEN
      EXECUTE format(pick, '{TABLE}', 'e.position = ANY($6) AND ' || has, '')
        INTO found USING as_of, start, most, own, led, few;
      IF cardinality(found) >= most THEN
        RETURN QUERY SELECT e.position, e.record_id FROM {TABLE} AS e WHERE e.position = ANY(found);
        RETURN;
      END IF;
    END IF;
  END IF;
  IF cardinality(few) <= {FEW} THEN has := 'e.position = ANY($6) AND ' || has; END IF;
  EXECUTE format(pick, '{TABLE}', beyond || ' AND ' || has, ordered)
    INTO found USING as_of, start, most, own, led, few;
  RETURN QUERY SELECT e.position, e.record_id FROM {TABLE} AS e WHERE e.position = ANY(found);
END
"""
"""The next entries that hold all words: of little, all of it; else among the next in order, which
common words are; else by the index, where a word is rare; else in order until there are enough.
Where ``newest`` is NULL any will do: the index's first may be enough."""


def asking(schema: str) -> dict[str, str]:
    """The functions by name; ``schema`` is quoted."""
    pinned = f"SECURITY DEFINER STABLE SET search_path = {schema}, pg_temp"
    return {
        "search_find": (
            "CREATE FUNCTION search_find(what text, query tsquery, wanted text[], as_of date, "
            "everything boolean, own uuid[], led uuid[], start bigint, newest boolean, most int) "
            f"RETURNS TABLE (place bigint, found_id uuid) LANGUAGE plpgsql {pinned} "
            f"AS $find${_FIND}$find$"
        ),
        "search_holds": (
            "CREATE FUNCTION search_holds(record uuid, wanted text[]) RETURNS boolean "
            f"LANGUAGE sql {pinned} AS $$ SELECT EXISTS (SELECT 1 FROM {TABLE} AS e "
            "WHERE e.record_id = record AND "
            "(SELECT bool_and(strpos(e.words, word) > 0) FROM unnest(wanted) AS word)) $$"
        ),
    }
