"""Row-level security on PostgreSQL: the second wall behind the predicates of ``queries.py``.

A transaction tells the database whose it is (``kernel.tenant``); one that tells nothing sees
nothing. The policies bind every role but the tables' owner and superusers, so the service connects
as a role that is neither.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, inspect, text

from migrations.search_sources import SHADOWS

NAME = "tenant"


def _setting(name: str) -> str:
    # Read once a statement, as a sub-select: read for each row it would cost more than the rest.
    return f"(SELECT coalesce(current_setting('monitor.{name}', true), ''))"


def _listed(name: str) -> str:
    return (
        f"ANY ((SELECT string_to_array(nullif(current_setting('monitor.{name}', true), ''), ',')"
        "::uuid[])::uuid[])"
    )


_EVERYTHING = f"{_setting('reach')} = 'all'"
_ANY_TENANT = f"({_EVERYTHING} OR {_setting('own')} <> '' OR {_setting('led')} <> '')"


def _reached(contract: str) -> str:
    """The contract is in the actor's reach, by whichever of two ways is the cheaper one.

    A page of 25 rows looks each up (OFFSET 0 forbids PostgreSQL to gather all of them first, which
    at a million contracts would cost a page half a second); a sum over all rows gathers them once
    (``kernel.tenant.expect_many``).
    """
    mine = (
        f"(reach.organisation_id = {_listed('led')} "
        f"OR (reach.own AND reach.organisation_id = {_listed('own')}))"
    )
    gathered = f"{contract} IN (SELECT reach.contract_id FROM contract_reach AS reach WHERE {mine})"
    looked_up = (
        "EXISTS (SELECT 1 FROM contract_reach AS reach "
        f"WHERE reach.contract_id = {contract} AND {mine} OFFSET 0)"
    )
    return (
        f"({_EVERYTHING} OR CASE WHEN {_setting('many')} = 'on' "
        f"THEN {gathered} ELSE {looked_up} END)"
    )


def reached_contract(contract: str) -> str:
    """The wall's condition on a column that names a contract, for functions that run as the owner."""
    return _reached(contract)


def _through(table: str, key: str, column: str) -> str:
    """Seen where the row it belongs to is seen, whose own policy decides."""
    return (
        f"({_EVERYTHING} OR EXISTS (SELECT 1 FROM {table} AS above WHERE above.{key} = {column}))"
    )


def _of_contract_or_programme(table: str) -> str:
    """Of a contract that is reached; what tells of a whole programme its lead's side sees."""
    leads = (
        "EXISTS (SELECT 1 FROM programme JOIN organisation_ancestor AS above "
        "ON above.organisation_id = programme.lead_id "
        f"WHERE programme.id = {table}.programme_id AND above.ancestor_id = {_listed('led')})"
    )
    whole = f"({table}.contract_id IS NULL AND {leads})"
    return f"({_reached(f'{table}.contract_id')} OR {whole})"


def _within(*organisations: str) -> str:
    """One of the organisations is the actor's own or below it."""
    mine = f"(above.ancestor_id = {_listed('own')} OR above.ancestor_id = {_listed('led')})"
    found = " OR ".join(
        "EXISTS (SELECT 1 FROM organisation_ancestor AS above "
        f"WHERE above.organisation_id = {column} AND {mine})"
        for column in organisations
    )
    return f"({_EVERYTHING} OR {found})"


def _shared_by(organisation: str) -> str:
    """The actor's own organisation's, or one's that has a part in a contract that is seen."""
    party = (
        "EXISTS (SELECT 1 FROM contract_party AS party "
        f"WHERE party.organisation_id = {organisation})"
    )
    return f"({_within(organisation)} OR {party})"


def _of_led_programme(table: str) -> str:
    """Papers of a programme: the side of its lead sees them."""
    led = (
        f"EXISTS (SELECT 1 FROM programme WHERE programme.id = {table}.programme_id "
        f"AND {_within('programme.lead_id')})"
    )
    return f"({_EVERYTHING} OR {led})"


_TRAIL = (
    f"({_setting('trail')} = 'all' OR ({_setting('trail')} = 'reached' AND ("
    "audit_entry.object_kind IN ('vendor', 'vendor_former_name', 'vendor_merge', "
    "'vendor_qualification') "
    f"OR (audit_entry.contract_id IS NOT NULL AND {_reached('audit_entry.contract_id')}) "
    "OR (audit_entry.contract_id IS NULL AND EXISTS (SELECT 1 FROM organisation_ancestor AS above "
    "WHERE above.organisation_id = audit_entry.organisation_id "
    f"AND above.ancestor_id = {_listed('led')})))))"
)

BY_CONTRACT = (
    "penalty", "penalty_hazard", "listed_hazard", "unresolved_cause", "acceptance",
    "service_report", "disclosure", "clause_check", "subcontracting_check", "management_check",
    "negative_check", "performance_monitoring",
    "contract_party", "contract_total", "implementation_plan", "plan_standing", "service_round",
    "supervision_record", "milestone", "payment", "settlement", "alert", "act",
    "vendor_evaluation", "evaluation_condition", "contract_resource", "resource_presence",
    "contract_step", "contract_share", "contract_amendment", "milestone_amount",
    "planned_round", "round_return", "round_equipment",
    "contract_enterprise", "round_enterprise", "hazard", "hazard_event", "hazard_count",
)  # fmt: skip

SEEN: Mapping[str, str] = {
    "contract": _reached("contract.id"),
    **{table: _reached(f"{table}.contract_id") for table in BY_CONTRACT},
    "finding": _of_contract_or_programme("finding"),
    "survey": _of_contract_or_programme("survey"),
    "survey_question": _through("survey", "id", "survey_question.survey_id"),
    "regulation": _shared_by("regulation.organisation_id"),
    "yearly_plan": _within("yearly_plan.organisation_id", "yearly_plan.lead_id"),
    "approval_document": _of_led_programme("approval_document"),
    "outcome_fact": _of_led_programme("outcome_fact"),
    "document": (
        f"({_reached('document.contract_id')} OR (document.contract_id IS NULL AND {_ANY_TENANT}))"
    ),
    "programme": _ANY_TENANT,
    "import_run": f"({_EVERYTHING} OR import_run.user_id::text = {_setting('user_id')})",
    "import_worklist": _through("import_run", "id", "import_worklist.run_id"),
    "audit_entry": _TRAIL,
    "audit_seal": f"{_setting('trail')} <> ''",
    "alert_episode": _through("alert", "id", "alert_episode.alert_id"),
    "alert_event": _through("alert", "id", "alert_event.alert_id"),
    "delivery": _through("alert_event", "id", "delivery.event_id"),
    "message": _through("delivery", "message_id", "message.id"),
    "delivery_attempt": _through("message", "id", "delivery_attempt.message_id"),
}
"""Who sees a row of each table that holds facts of contracts."""

WRITTEN_BEFORE_SEEN = {"contract", "contract_party", "contract_total", "message", "programme"}
"""Rows that are written before what makes them seen: any tenant may add one."""

WRITTEN_BY_ALL = {"audit_entry"}
"""Rows that anybody's act adds, by one who sees nothing too: a sign-in that failed."""

WITHOUT = {
    "alembic_version", "announced_year", "api_token", "api_token_use", "app_user", "channel",
    "contract_reach", "enterprise", "membership", "one_time_link", "organisation", "organisation_ancestor",
    "organisation_version", "recovery_code", "request_key", "scan_run", "second_factor", "security_policy",
    "sign_in_session", "sign_in_throttle", "sso_identity", "sso_membership", "step_setting", "stored_file",
    "qualification_requirement", "saved_view", "search_entry", *SHADOWS,
    "trail_context", "user_password", "vendor", "vendor_admission",
    "vendor_former_name", "vendor_merge", "vendor_qualification", "working_day_override",
}  # fmt: skip
"""Tables that hold no contract's facts: the tree, shared reference data, accounts, the machinery."""


def put_up(connection: Connection) -> None:
    """Make a policy on each table that is there (PostgreSQL only)."""
    if connection.dialect.name != "postgresql":
        return
    present = set(inspect(connection).get_table_names())
    for table in sorted(SEEN.keys() & present):
        added = _added(table)
        connection.execute(text(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"))
        connection.execute(
            text(f"CREATE POLICY {NAME} ON {table} USING ({SEEN[table]}) WITH CHECK ({added})")
        )


def _added(table: str) -> str:
    if table in WRITTEN_BY_ALL:
        return "true"
    return _ANY_TENANT if table in WRITTEN_BEFORE_SEEN else SEEN[table]


def take_down(connection: Connection) -> None:
    """Drop every policy of ours."""
    if connection.dialect.name != "postgresql":
        return
    found = connection.execute(
        text(
            "SELECT tablename FROM pg_policies WHERE policyname = :name "
            "AND schemaname = current_schema()"
        ),
        {"name": NAME},
    )
    for table in found.scalars().all():
        connection.execute(text(f"DROP POLICY {NAME} ON {table}"))
        connection.execute(text(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"))


def drift(connection: Connection) -> list[str]:
    """Tables that neither list names, and policies that are missing."""
    present = set(inspect(connection).get_table_names())
    problems = [
        f"{table}: neither has a row policy nor is named as needing none"
        for table in sorted(present - SEEN.keys() - WITHOUT)
    ]
    if connection.dialect.name != "postgresql":
        return problems
    up = set(
        connection.execute(
            text("SELECT tablename FROM pg_policies WHERE policyname = :name"), {"name": NAME}
        ).scalars()
    )
    return problems + [f"{table}: row policy missing" for table in sorted(SEEN.keys() - up)]
