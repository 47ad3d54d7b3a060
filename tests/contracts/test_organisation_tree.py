"""The tree over time: names and parents change with dates, visibility follows, no cycle is made."""

import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from contracts.models import ContractParty, Organisation, PartyRole
from contracts.organisation_versions import OrganisationVersion
from contracts.organisations.preview import preview_move
from contracts.organisations.queries import named_organisation, nodes, path_to
from contracts.organisations.schemas import OrganisationMove
from contracts.reach_models import ContractReach, OrganisationAncestor
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.dated import holds_on
from kernel.errors import InputError, MonitorError
from tests.counts import DATABASE_EXAMPLES
from tests.ledger import ContractSpec, city, contract
from tests.organisations import CLOCK, TODAY, move, place


def closure(session: Session) -> set[tuple[UUID, UUID]]:
    rows = session.execute(
        select(OrganisationAncestor.organisation_id, OrganisationAncestor.ancestor_id)
    )
    return {(below, above) for below, above in rows}


def oracle(parents: dict[UUID, UUID | None]) -> set[tuple[UUID, UUID]]:
    """Each with itself and all that one meets on the way up."""
    pairs = set()
    for key in parents:
        at: UUID | None = key
        while at is not None:
            pairs.add((key, at))
            at = parents[at]
    return pairs


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.writing(LOCAL_OPERATOR) as opened:
        yield opened


NODES = 7
STEPS = st.lists(
    st.tuples(
        st.integers(0, NODES - 1),
        st.one_of(st.none(), st.integers(0, NODES - 1)),
        st.integers(0, 3),
    ),
    max_size=12,
)
TREES = st.lists(st.integers(-1, NODES - 2), min_size=NODES, max_size=NODES)


@pytest.mark.proof
@pytest.mark.timeout(900)
@settings(max_examples=DATABASE_EXAMPLES, suppress_health_check=list(HealthCheck))
@given(tree=TREES, steps=STEPS)
def test_moves_keep_the_closure_and_the_history(
    database: Database, tree: list[int], steps: list[tuple[int, int | None, int]]
) -> None:
    with database.rehearsing(LOCAL_OPERATOR) as session:
        keys: list[UUID] = []
        parents: dict[UUID, UUID | None] = {}
        for number, above in enumerate(tree):
            parent = keys[above % number] if number and above >= 0 else None
            keys.append(place(session, f"机构{number}", parent))
            parents[keys[-1]] = parent
        day = date(2020, 1, 1)
        seen_on = {day - timedelta(days=1): dict(parents)}
        for at, to, days in steps:
            day += timedelta(days=days)
            key, parent = keys[at], None if to is None else keys[to]
            if parent is not None and (parent, key) in oracle(parents):
                if parent != parents[key]:
                    with pytest.raises(InputError, match="循环"):
                        move(session, key, parent, day)
            else:
                move(session, key, parent, day)
                parents[key] = parent
            assert closure(session) == oracle(parents)
            seen_on[day] = dict(parents)
        session.expire_all()
        for asked, expected in seen_on.items():
            found = session.execute(
                select(OrganisationVersion.organisation_id, OrganisationVersion.parent_id).where(
                    holds_on(OrganisationVersion, asked)
                )
            ).all()
            assert dict(found) == expected


def test_contracts_follow_a_move_at_once_and_the_preview_tells_so(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        here, there = city(session, "甲市"), city(session, "乙市")
        contract(session, here, "HT-1", ContractSpec(date(2023, 3, 1)))
        contract(session, here, "HT-2", ContractSpec(date(2023, 3, 1)))
        bureau, old = here.bureau.id, here.bureau.parent_id
        new = there.bureau.parent_id
    assert old is not None
    assert new is not None
    wanted = OrganisationMove(parent_id=new, valid_from=TODAY)
    with database.rehearsing(LOCAL_OPERATOR) as session:
        told = preview_move(session, LOCAL_OPERATOR, CLOCK, bureau, wanted, 1)
    assert (told.organisations, told.contracts) == (1, 2)
    counted = {change.organisation_id: (change.contracts, change.own) for change in told.changes}
    assert counted == {old: (-2, -2), new: (2, 2)}
    with database.reading(LOCAL_OPERATOR) as session:
        assert session.get_one(Organisation, bureau).parent_id == old
    with database.writing(LOCAL_OPERATOR) as session:
        move(session, bureau, new)
    with database.reading(LOCAL_OPERATOR) as session:
        reached = session.scalars(
            select(ContractReach.organisation_id).where(
                ContractReach.organisation_id.in_([old, new])
            )
        ).all()
    assert set(reached) == {new}


def test_a_preview_does_not_count_what_stays_seen_through_others(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        here, there = city(session, "甲市"), city(session, "乙市")
        key = contract(session, here, "HT-1", ContractSpec(date(2023, 3, 1)))
        root = here.bureau.parent_id
        payer = place(session, "甲市财政局", root)
        session.execute(
            update(ContractParty)
            .where(ContractParty.contract_id == key, ContractParty.role == PartyRole.PAYER)
            .values(organisation_id=payer)
        )
        new = there.bureau.parent_id
    wanted = OrganisationMove(parent_id=new, valid_from=TODAY)
    with database.rehearsing(LOCAL_OPERATOR) as session:
        told = preview_move(session, LOCAL_OPERATOR, CLOCK, here.bureau.id, wanted, 1)
    assert [(change.organisation_id, change.contracts) for change in told.changes] == [(new, 1)]


def test_two_moves_at_once_that_would_make_a_cycle(database: Database) -> None:
    for attempt in range(5):
        with database.writing(LOCAL_OPERATOR) as session:
            keys = [place(session, f"{attempt}-{name}") for name in "甲乙"]
        outcome = _race(database, keys, move)
        assert sorted(outcome) == ["InputError", "done"]
        _assert_no_cycle(database)


def test_two_statements_by_hand_that_would_make_a_cycle(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        keys = [place(session, name) for name in "甲乙"]

    def by_hand(session: Session, key: UUID, parent: UUID) -> None:
        session.execute(update(Organisation).where(Organisation.id == key).values(parent_id=parent))

    outcome = _race(database, keys, by_hand)
    assert "done" in outcome
    assert len(set(outcome)) == 2
    _assert_no_cycle(database)


def _race(
    database: Database, keys: list[UUID], act: Callable[[Session, UUID, UUID], None]
) -> list[str]:
    gate = threading.Barrier(2)
    outcome: list[str] = []

    def run(key: UUID, parent: UUID) -> None:
        gate.wait()
        try:
            with database.writing(LOCAL_OPERATOR) as session:
                act(session, key, parent)
            outcome.append("done")
        except (MonitorError, DBAPIError) as error:
            outcome.append(type(error).__name__)

    pairs = ((keys[0], keys[1]), (keys[1], keys[0]))
    threads = [threading.Thread(target=run, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcome


def _assert_no_cycle(database: Database) -> None:
    with database.reading(LOCAL_OPERATOR) as session:
        rows = session.execute(select(Organisation.id, Organisation.parent_id)).all()
        assert closure(session) == oracle(dict(rows))


def test_the_tree_is_read_by_page_search_and_path(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        root = place(session, "根")
        keys = [place(session, f"局{number:03}", root) for number in range(60)]
        leaf = place(session, "叶", keys[7])
    with database.reading(LOCAL_OPERATOR) as session:
        first = nodes(session, parent=root)
        rest = nodes(session, parent=root, after=first.next or "")
        assert (len(first.items), len(rest.items), rest.next) == (50, 10, None)
        assert first.items[7].children == 1
        assert [n.name for n in nodes(session, parent=None).items] == ["根"]
        assert [n.parent_name for n in nodes(session, parent=None, words="叶").items] == ["局007"]
        assert [each.name for each in path_to(session, leaf)] == ["根", "局007", "叶"]
        assert named_organisation(session, "q", " 局001 ") == keys[1]
        with pytest.raises(InputError, match="没有“局”这个机构"):
            named_organisation(session, "q", "局")


def test_the_triggers_are_there(database: Database) -> None:
    statement = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if database.is_sqlite
        else "SELECT tgname FROM pg_trigger"
    )
    with database.engine.connect() as connection:
        found = set(connection.execute(text(statement)).scalars())
    assert {"version_begin", "version_follow"} <= found
