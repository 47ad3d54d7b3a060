"""The second wall on PostgreSQL: raw statements of the application's role, with and without a tenant.

What a raw statement sees is compared with the oracle, and the code's own predicate, asked without a
wall, with both: neither shows what the other hides.
"""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from contracts.access import visible
from contracts.models import Contract, Organisation
from kernel.access.actor import LOCAL_OPERATOR, NOBODY, Actor, Grant
from kernel.access.roles import Role
from kernel.database import Database
from kernel.keys import new_key
from migrations.row_policies import SEEN
from people.actors import actor_of
from tests.access.oracle import Oracle
from tests.access.plans import Deal, Held, Plan, Span, plans
from tests.access.world import World, write
from tests.counts import DATABASE_EXAMPLES
from tests.web import TODAY

_ALERT = "JOIN alert ON alert.id = x.alert_id"
_EVENT = (
    "JOIN alert_event AS event ON event.id = {}.event_id JOIN alert ON alert.id = event.alert_id"
)
_CARRIED = f"JOIN delivery AS carried ON carried.message_id = x.{{}} {_EVENT.format('carried')}"
BY_CONTRACT = (
    "contract_party", "contract_total", "implementation_plan", "plan_standing", "service_round",
    "supervision_record", "milestone", "payment", "settlement", "alert", "act",
    "contract_step", "contract_share", "contract_amendment", "milestone_amount",
    "penalty", "penalty_hazard", "listed_hazard", "unresolved_cause", "acceptance",
    "service_report", "disclosure", "clause_check", "subcontracting_check", "management_check",
    "negative_check", "performance_monitoring", "document",
    "vendor_evaluation", "evaluation_condition", "contract_resource", "resource_presence",
    "contract_enterprise", "round_enterprise", "planned_round", "round_return", "round_equipment",
    "hazard", "hazard_event", "hazard_count",
)  # fmt: skip
CONTRACT_OF: dict[str, tuple[str, str]] = {
    "contract": ("x.id", ""),
    **dict.fromkeys(BY_CONTRACT, ("x.contract_id", "")),
    "finding": ("x.contract_id", ""),
    "survey": ("x.contract_id", ""),
    "survey_question": ("survey.contract_id", "JOIN survey ON survey.id = x.survey_id"),
    "alert_episode": ("alert.contract_id", _ALERT),
    "alert_event": ("alert.contract_id", _ALERT),
    "delivery": ("alert.contract_id", _EVENT.format("x")),
    "message": ("alert.contract_id", _CARRIED.format("id")),
    "delivery_attempt": ("alert.contract_id", _CARRIED.format("message_id")),
}
"""How the owner finds the contract of each row: a column, and the tables that lead to it."""
BY_TENANT = {"programme", "audit_entry", "audit_seal"}
"""Programmes are seen by any tenant; who sees how much of the trail, its own tests say."""

OF_PERSONS = {"import_run", "import_worklist"}
"""An import is looked at by who made it."""
OF_ORGANISATIONS = {"regulation", "yearly_plan", "approval_document", "outcome_fact"}
"""Of organisations and programmes: who sees them, ``tests/file`` says."""

ONE_DATABASE = [
    HealthCheck.function_scoped_fixture,
    HealthCheck.too_slow,
    HealthCheck.data_too_large,
]
pytestmark = [
    pytest.mark.parametrize("backend", ["postgresql"], indirect=True),
    pytest.mark.timeout(900),
]


def rows(session: Session, table: str) -> set[str]:
    """What a raw statement sees of a table: a fingerprint of each row."""
    told = "WHERE x.contract_id IS NOT NULL" if table in {"finding", "survey"} else ""
    return set(session.scalars(text(f"SELECT md5(x::text) FROM {table} AS x {told}")))


def rows_of(owner: Session, table: str, contracts: set[UUID]) -> set[str]:
    """The same for the rows of some contracts, as the owner finds them."""
    column, joins = CONTRACT_OF[table]
    statement = f"SELECT md5(x::text) FROM {table} AS x {joins} WHERE {column} = ANY (:keys)"
    return set(owner.scalars(text(statement), {"keys": sorted(contracts)}))


def contracts_seen(session: Session) -> set[UUID]:
    """What a raw statement sees of the contracts."""
    return set(session.scalars(text("SELECT id FROM contract")))


def by_predicate(owned: Database, actor: Actor) -> set[UUID]:
    """What the code's predicate shows where no wall stands behind it."""
    with owned.reading(actor) as owner:
        return set(owner.scalars(select(Contract.id).where(visible(actor))))


def test_each_table_with_a_policy_is_compared(backend: str) -> None:
    assert backend == "postgresql"
    assert SEEN.keys() == CONTRACT_OF.keys() | BY_TENANT | OF_PERSONS | OF_ORGANISATIONS


@pytest.mark.proof
def test_policy_predicate_and_oracle_agree(database: Database, owned: Database) -> None:
    @settings(max_examples=DATABASE_EXAMPLES, suppress_health_check=ONE_DATABASE)
    @given(plan=plans())
    def look(plan: Plan) -> None:
        with database.writing(LOCAL_OPERATOR) as session:
            world = write(session, plan)
            actor = actor_of(session, world.user_id, TODAY)
        assert actor is not None
        expected = {world.deals[index].id for index in Oracle(plan).seen("c")}
        assert by_predicate(owned, actor) == expected
        with database.reading(actor) as session, owned.reading(LOCAL_OPERATOR) as owner:
            for table in CONTRACT_OF:
                assert rows(session, table) == rows_of(owner, table, expected), table

    look()


def test_without_a_tenant_a_raw_statement_gets_nothing(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        write(session, ONE)
    with database.engine.connect() as untold:
        for table in SEEN:
            assert untold.scalar(text(f"SELECT count(*) FROM {table}")) == 0, table
    with database.reading(NOBODY) as session:
        for table in SEEN:
            assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0, table


def test_a_finding_on_a_whole_programme_is_for_its_lead_s_side(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        world = write(session, ONE)
    above, lead, elsewhere = (organisation.id for organisation in world.organisations)
    counted = text("SELECT count(*) FROM finding WHERE contract_id IS NULL")
    seen = {}
    for role, place in [
        (Role.OVERSIGHT, lead),
        (Role.AUDITOR, above),
        (Role.CLERK, lead),
        (Role.OVERSIGHT, elsewhere),
    ]:
        with database.reading(Actor("x", (Grant(role, place, place),))) as session:
            seen[role, place] = session.scalar(counted)
    assert list(seen.values()) == [1, 1, 0, 0]


def test_a_move_changes_predicate_and_policy_at_once(database: Database, owned: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        world = write(session, ONE)
    (above, _below, elsewhere), contract = world.organisations, world.deals[0].id
    before = Actor("before", (Grant(Role.OVERSIGHT, above.id, above.id),))
    after = Actor("after", (Grant(Role.OVERSIGHT, elsewhere.id, elsewhere.id),))
    with database.writing(LOCAL_OPERATOR) as session:
        assert _sees(database, owned, before) == {contract}
        assert _sees(database, owned, after) == set()
        _move(session, world)
        # Not committed: nobody else sees it moved yet, neither by the one nor by the other.
        assert _sees(database, owned, before) == {contract}
    assert _sees(database, owned, before) == set()
    assert _sees(database, owned, after) == {contract}


def test_an_actor_writes_nothing_outside_the_own_scope(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        world = write(session, ONE)
    stranger = Actor(
        "x", (Grant(Role.CLERK, world.organisations[2].id, world.organisations[2].id),)
    )
    contract, records = world.deals[0].id, world.deals[0].records
    added = {
        "service_round": "INSERT INTO service_round (id, contract_id, number, rounds_covered, kind, "
        "assumed, source, note, recorded_at, recorded_by, version) SELECT :id, :contract, 9, 1, "
        "'drill', '[]', '', '', now(), 'x', 1",
        "settlement": "INSERT INTO settlement (milestone_id, valid_from, contract_id, paid) "
        "VALUES (:milestone, :day, :contract, 0)",
    }
    keys = {
        "id": new_key(),
        "contract": contract,
        "milestone": records["milestones"],
        "day": date(2023, 9, 9),
    }
    for table, statement in added.items():
        with (
            pytest.raises(DBAPIError, match=f'row-level security policy for table "{table}"'),
            database.writing(stranger) as session,
        ):
            session.execute(text(statement), keys)
    with database.writing(stranger) as session:
        for table in ("contract", "milestone", "payment", "implementation_plan", "service_round"):
            changed = text(f"UPDATE {table} SET note = 'mine' RETURNING 1")
            assert session.execute(changed).all() == [], table


ONE = Plan(
    parents=(None, 0, None),
    leads=(1,),
    deals=(Deal(1, None, 0),),
    messages=(frozenset({0}),),
    roles=(Held(Role.CLERK, 1, Span.OPEN),),
)
"""One department below a government, with a contract; and a government elsewhere."""


def _sees(database: Database, owned: Database, actor: Actor) -> set[UUID]:
    with database.reading(actor) as session:
        found = contracts_seen(session)
    assert by_predicate(owned, actor) == found
    return found


def _move(session: Session, world: World) -> None:
    _above, below, elsewhere = world.organisations
    session.execute(
        update(Organisation).where(Organisation.id == below.id).values(parent_id=elsewhere.id)
    )


@pytest.mark.parametrize("table", ["contract_reach", "organisation_ancestor", "audit_seal"])
def test_the_service_cannot_move_the_wall_itself(database: Database, table: str) -> None:
    """Policies rest on tables that triggers write as the owner; seals are only appended to."""
    with (
        database.writing(LOCAL_OPERATOR) as session,
        pytest.raises(DBAPIError, match="permission denied"),
    ):
        session.execute(text(f"DELETE FROM {table}"))
