"""The trail's triggers on PostgreSQL: one function notes each row's change, another refuses."""

from collections.abc import Iterable

from kernel.trail.secret_columns import NOT_NOTED
from migrations.trail_plan import Watched

APPEND_ONLY = "the trail is only ever appended to"
_BY_HAND = "coalesce(current_setting('monitor.actor', true), '') = ''"

NOTE = f"""
DECLARE
  who text := coalesce(current_setting('monitor.actor', true), '');
  was jsonb; is_now jsonb; whole jsonb; secret text; object text;
BEGIN
  IF TG_OP = 'INSERT' THEN whole := to_jsonb(NEW); is_now := whole;
  ELSIF TG_OP = 'DELETE' THEN whole := to_jsonb(OLD); was := whole;
  ELSE
    whole := to_jsonb(NEW);
    SELECT jsonb_object_agg(pair.key, pair.value), jsonb_object_agg(pair.key, whole -> pair.key)
      INTO was, is_now
      FROM jsonb_each(to_jsonb(OLD)) AS pair WHERE pair.value IS DISTINCT FROM whole -> pair.key;
    IF was IS NULL THEN RETURN NULL; END IF;
  END IF;
  IF TG_ARGV[3] <> '' THEN
    FOREACH secret IN ARRAY string_to_array(TG_ARGV[3], ',') LOOP
      IF was ->> secret IS NOT NULL THEN
        was := jsonb_set(was, ARRAY[secret], '"{NOT_NOTED}"'); END IF;
      IF is_now ->> secret IS NOT NULL THEN
        is_now := jsonb_set(is_now, ARRAY[secret], '"{NOT_NOTED}"'); END IF;
    END LOOP;
  END IF;
  IF strpos(TG_ARGV[0], ',') = 0 THEN object := whole ->> TG_ARGV[0];
  ELSE SELECT string_agg(whole ->> part, ',' ORDER BY place) INTO object
    FROM unnest(string_to_array(TG_ARGV[0], ',')) WITH ORDINALITY AS key(part, place);
  END IF;
  INSERT INTO audit_entry (recorded_at, actor, user_id, client, request_id, action, object_kind,
    object_id, contract_id, organisation_id, before, after, reason)
  VALUES (clock_timestamp(),
    CASE WHEN who = '' THEN 'database:' || session_user ELSE who END,
    coalesce(current_setting('monitor.user_id', true), ''),
    CASE WHEN who = '' THEN coalesce(host(inet_client_addr()), 'local')
         ELSE current_setting('monitor.client', true) END,
    coalesce(current_setting('monitor.request_id', true), ''), lower(TG_OP), TG_TABLE_NAME,
    left(coalesce(object, ''), 200), (whole ->> nullif(TG_ARGV[1], ''))::uuid,
    (whole ->> nullif(TG_ARGV[2], ''))::uuid, was, is_now,
    coalesce(current_setting('monitor.reason', true), ''));
  RETURN NULL;
END
"""
REFUSE = f"""
BEGIN
  RAISE EXCEPTION '{APPEND_ONLY}: % of %', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END
"""


def functions(schema: str) -> tuple[str, ...]:
    """Both functions. The noting one is the owner's, so that it writes what the writer may not read.

    Its search path is pinned, or a caller's own ``audit_entry`` would take the entries.
    """
    return (
        f"CREATE FUNCTION trail_note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
        f"SET search_path = pg_catalog, {schema}, pg_temp AS $trail${NOTE}$trail$",
        f"CREATE FUNCTION trail_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$trail${REFUSE}$trail$",
    )


def statements(tables: Iterable[Watched]) -> dict[str, str]:
    """The triggers by name."""
    made = {}
    for own in ("audit_entry", "audit_seal"):
        made[f"trail_refuse_{own}"] = (
            f"CREATE TRIGGER trail_refuse_{own} BEFORE UPDATE OR DELETE OR TRUNCATE ON {own} "
            "FOR EACH STATEMENT EXECUTE FUNCTION trail_refuse()"
        )
    for table in tables:
        made |= _triggers(table)
    return made


def _triggers(table: Watched) -> dict[str, str]:
    name = table.name
    when = f"WHEN ({_BY_HAND}) " if table.by_hand_only else ""
    given = (",".join(table.key), table.contract, table.organisation, ",".join(table.secrets))
    told = ", ".join(f"'{argument}'" for argument in given)
    return {
        f"trail_note_{name}": f"CREATE TRIGGER trail_note_{name} AFTER INSERT OR UPDATE OR DELETE "
        f'ON "{name}" FOR EACH ROW {when}EXECUTE FUNCTION trail_note({told})',
        # No row's trigger sees a TRUNCATE, so it is no way to change a ledger.
        f"trail_whole_{name}": f"CREATE TRIGGER trail_whole_{name} BEFORE TRUNCATE "
        f'ON "{name}" FOR EACH STATEMENT EXECUTE FUNCTION trail_refuse()',
    }
