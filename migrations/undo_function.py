"""The function that takes an import's rows away on PostgreSQL, where the service may delete no fact.

It runs as the tables' owner and deletes nothing but the rows that the trail says this one import
added, for whom the import's record is visible (docs/decisions/0010-undo-of-imports.md).
"""

from sqlalchemy import Connection, inspect, text

NAME = "import_undo"
_BODY = """
DECLARE this import_run; gone bigint; keys text[]; key text;
BEGIN
  SELECT * INTO this FROM import_run WHERE id = run FOR UPDATE;
  IF this.id IS NULL OR this.state <> 'done' OR this.trail_from IS NULL OR this.trail_to IS NULL
     OR NOT (coalesce(current_setting('monitor.reach', true), '') = 'all'
             OR this.user_id::text = coalesce(current_setting('monitor.user_id', true), '')) THEN
    RAISE EXCEPTION 'not an import that its actor may undo' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM pg_tables WHERE tablename = kind AND schemaname = current_schema)
     OR kind IN ('audit_entry', 'audit_seal', 'app_user', 'membership', 'import_run') THEN
    RAISE EXCEPTION 'no table of an import: %', kind USING ERRCODE = 'restrict_violation';
  END IF;
  CREATE TEMP TABLE import_added ON COMMIT DROP AS
    SELECT object_id FROM audit_entry
    WHERE id > this.trail_from AND id <= this.trail_to AND request_id = 'import:' || this.id::text
      AND object_kind = kind AND action = 'insert';
  SELECT array_agg(a.attname ORDER BY array_position(i.indkey::int2[], a.attnum)) INTO keys
    FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
    WHERE i.indrelid = kind::regclass AND i.indisprimary;
  IF array_length(keys, 1) > 1 THEN
    SELECT string_agg(format('(to_jsonb(t) ->> %L)', part), ' || '','' || ') INTO key
      FROM unnest(keys) part;
    EXECUTE format('DELETE FROM %I t WHERE %s IN (SELECT object_id FROM import_added)', kind, key);
  ELSE
    IF kind IN ('contract', 'programme') THEN
      EXECUTE format('DELETE FROM finding WHERE %I IN (SELECT object_id::uuid FROM import_added)',
                     kind || '_id');
    ELSIF kind = 'organisation' THEN
      DELETE FROM organisation_ancestor
        WHERE organisation_id IN (SELECT object_id::uuid FROM import_added);
    END IF;
    EXECUTE format('DELETE FROM %I WHERE %I IN (SELECT object_id::uuid FROM import_added)', kind,
                   keys[1]);
  END IF;
  GET DIAGNOSTICS gone = ROW_COUNT;
  DROP TABLE import_added;
  RETURN gone;
END
"""


def put_up(connection: Connection) -> None:
    """Make the function where there are imports to undo (PostgreSQL only)."""
    if not _is_wanted(connection):
        return
    quoted = connection.dialect.identifier_preparer.quote(
        inspect(connection).default_schema_name or "public"
    )
    connection.execute(
        text(
            f"CREATE FUNCTION {NAME}(run uuid, kind text) RETURNS bigint LANGUAGE plpgsql "
            f"SECURITY DEFINER SET search_path = {quoted}, pg_temp AS $undo${_BODY}$undo$"
        )
    )
    connection.execute(text(f"REVOKE ALL ON FUNCTION {NAME}(uuid, text) FROM PUBLIC"))


def grant(connection: Connection, role: str) -> None:
    """Let the service's role, already quoted, call it."""
    if _is_wanted(connection):
        connection.execute(text(f"GRANT EXECUTE ON FUNCTION {NAME}(uuid, text) TO {role}"))


def take_down(connection: Connection) -> None:
    """Drop the function where it is."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"DROP FUNCTION IF EXISTS {NAME}(uuid, text)"))


def drift(connection: Connection) -> list[str]:
    """The function missing, or not as this release makes it."""
    if not _is_wanted(connection):
        return []
    body = connection.execute(
        text("SELECT prosrc FROM pg_proc WHERE proname = :name"), {"name": NAME}
    ).scalar()
    return [] if body == _BODY else [f"function {NAME} missing or different"]


def _is_wanted(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql" and inspect(connection).has_table("import_run")
