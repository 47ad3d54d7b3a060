"""How far contracts are seen in the tree: the triggers' tables equal what follows from the rows."""

from collections.abc import Callable
from threading import Thread
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from contracts.models import ContractParty, Organisation, OrganisationKind, PartyRole
from contracts.reach_models import ContractReach, OrganisationAncestor
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from tests.counts import DATABASE_EXAMPLES
from tests.emptying import empty
from tests.ledger import WHO, ContractSpec, city, contract
from tests.locks import waits_or_is_done
from tests.pages import BEGINS

HOLDERS = (PartyRole.PURCHASER, PartyRole.PAYER, PartyRole.LEAD)
Act = Callable[[Session, list[UUID], list[UUID]], None]


def above(parents: dict[UUID, UUID | None], key: UUID) -> list[UUID]:
    line: list[UUID] = [key]
    while (parent := parents[line[-1]]) is not None:
        line.append(parent)
    return line


def expected(session: Session) -> tuple[set[tuple[UUID, UUID]], dict[tuple[UUID, UUID], bool]]:
    """Both tables, told anew from the rows by walking up the tree."""
    parents = {row.id: row.parent_id for row in session.scalars(select(Organisation))}
    ancestors = {(key, top) for key in parents for top in above(parents, key)}
    reach: dict[tuple[UUID, UUID], bool] = {}
    for party in session.scalars(
        select(ContractParty).where(ContractParty.organisation_id.is_not(None))
    ):
        assert party.organisation_id is not None
        for top in above(parents, party.organisation_id):
            own = party.role in (PartyRole.PURCHASER, PartyRole.PAYER)
            reach[party.contract_id, top] = reach.get((party.contract_id, top), False) or own
    return ancestors, reach


def found(session: Session) -> tuple[set[tuple[UUID, UUID]], dict[tuple[UUID, UUID], bool]]:
    ancestors = {
        (row.organisation_id, row.ancestor_id)
        for row in session.scalars(select(OrganisationAncestor))
    }
    reach = {
        (row.contract_id, row.organisation_id): row.own
        for row in session.scalars(select(ContractReach))
    }
    return ancestors, reach


def moved(which: int, to: int) -> Act:
    def act(session: Session, organisations: list[UUID], _contracts: list[UUID]) -> None:
        key, parent = (
            organisations[which % len(organisations)],
            organisations[to % len(organisations)],
        )
        lies_below = select(OrganisationAncestor).where(
            OrganisationAncestor.organisation_id == parent, OrganisationAncestor.ancestor_id == key
        )
        if session.scalars(lies_below).first() is None:
            session.execute(
                update(Organisation).where(Organisation.id == key).values(parent_id=parent)
            )

    return act


def party(which: int, role: PartyRole, to: int | None) -> Act:
    def act(session: Session, organisations: list[UUID], contracts: list[UUID]) -> None:
        key = contracts[which % len(contracts)]
        session.execute(
            delete(ContractParty).where(
                ContractParty.contract_id == key, ContractParty.role == role
            )
        )
        if to is not None:
            session.add(
                ContractParty(
                    contract_id=key,
                    role=role,
                    organisation_id=organisations[to % len(organisations)],
                    **WHO,
                )
            )
        session.flush()

    return act


def handed_over(which: int, to: int) -> Act:
    def act(session: Session, organisations: list[UUID], contracts: list[UUID]) -> None:
        session.execute(
            update(ContractParty)
            .where(
                ContractParty.contract_id == contracts[which % len(contracts)],
                ContractParty.role.in_(HOLDERS),
            )
            .values(organisation_id=organisations[to % len(organisations)])
        )

    return act


numbers = st.integers(0, 30)
acts = st.lists(
    st.one_of(
        st.builds(moved, numbers, numbers),
        st.builds(party, numbers, st.sampled_from(HOLDERS), st.none() | numbers),
        st.builds(handed_over, numbers, numbers),
    ),
    max_size=12,
)


@pytest.mark.proof
@given(parents=st.lists(st.none() | numbers, min_size=1, max_size=10), acts=acts)
@settings(
    max_examples=DATABASE_EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_triggers_follow_every_change(
    owned: Database, parents: list[int | None], acts: list[Act]
) -> None:
    empty(owned)
    with owned.writing(LOCAL_OPERATOR) as session:
        place = city(session)
        organisations = [place.bureau.id]
        for number, parent in enumerate(parents):
            above_it = None if parent is None else organisations[parent % len(organisations)]
            added = Organisation(
                code=f"N{number}",
                name=f"机构{number}",
                kind=OrganisationKind.DEPARTMENT,
                parent_id=above_it,
                **WHO,
            )
            session.add(added)
            session.flush()
            organisations.append(added.id)
        contracts = [contract(session, place, f"C{n}", ContractSpec(BEGINS)) for n in range(3)]
        for act in acts:
            act(session, organisations, contracts)
        assert found(session) == expected(session)


def test_a_contract_entered_while_its_buyer_moves_is_seen_where_the_buyer_then_lies(
    owned: Database,
) -> None:
    with owned.writing(LOCAL_OPERATOR) as session:
        place = city(session)
        above_now, above_then, buyer = (
            Organisation(code=code, name=code, kind=OrganisationKind.DEPARTMENT, **WHO)
            for code in ("NOW", "THEN", "BUYER")
        )
        session.add_all([above_now, above_then])
        session.flush()
        buyer.parent_id = above_now.id
        session.add(buyer)
        key = contract(session, place, "C1", ContractSpec(BEGINS))

    def move() -> None:
        with owned.writing(LOCAL_OPERATOR) as session:
            session.execute(
                update(Organisation)
                .where(Organisation.id == buyer.id)
                .values(parent_id=above_then.id)
            )

    mover = Thread(target=move)
    with owned.writing(LOCAL_OPERATOR) as session:
        session.execute(
            update(ContractParty)
            .where(ContractParty.contract_id == key, ContractParty.role == PartyRole.PURCHASER)
            .values(organisation_id=buyer.id)
        )
        mover.start()
        waits_or_is_done(owned, mover)
    mover.join(timeout=30)
    with owned.writing(LOCAL_OPERATOR) as session:
        assert found(session) == expected(session)


def test_a_party_that_is_moved_by_hand_to_another_contract_leaves_no_sight_of_the_first(
    owned: Database,
) -> None:
    with owned.writing(LOCAL_OPERATOR) as session:
        place = city(session)
        first, second = (contract(session, place, n, ContractSpec(BEGINS)) for n in ("C1", "C2"))
        buyer = Organisation(code="N", name="N", kind=OrganisationKind.DEPARTMENT, **WHO)
        session.add(buyer)
        session.flush()
        session.execute(
            update(ContractParty)
            .where(ContractParty.contract_id == first, ContractParty.role == PartyRole.PURCHASER)
            .values(organisation_id=buyer.id)
        )
        session.execute(
            delete(ContractParty).where(
                ContractParty.contract_id == second, ContractParty.role == PartyRole.PURCHASER
            )
        )
        session.execute(
            update(ContractParty)
            .where(ContractParty.contract_id == first, ContractParty.role == PartyRole.PURCHASER)
            .values(contract_id=second)
        )
        assert found(session) == expected(session)
