"""What an actor may do and whose contracts it sees, from roles, organisations and token scopes."""

from itertools import combinations
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from kernel.access.actor import LOCAL_OPERATOR, NOBODY, Actor, Grant, Scope
from kernel.access.permissions import Permission
from kernel.access.roles import ADMINISTRATORS, ROLES, Reach, Role

A, B = uuid4(), uuid4()
FACTS = {
    Permission.CONTRACTS_READ,
    Permission.SERVICE_READ,
    Permission.MONEY_READ,
    Permission.ALERTS_READ,
    Permission.FINDINGS_READ,
    Permission.SCORES_READ,
    Permission.MESSAGES_READ,
}
CHANGES = {permission for permission in Permission if not permission.endswith((".read", ".export"))}

grants = st.lists(
    st.builds(Grant, st.sampled_from(Role), st.just(None), st.sampled_from([A, B]), st.booleans()),
    max_size=5,
).map(tuple)
scopes = st.none() | st.frozensets(st.sampled_from(Permission))


@given(grants, scopes, st.sampled_from(Permission))
def test_scope_and_permission_agree(
    held: tuple[Grant, ...], token: frozenset[Permission] | None, asked: Permission
) -> None:
    actor = Actor("x", held, token_scopes=token)
    giving = [grant for grant in held if asked in ROLES[grant.role].permissions]
    allowed = token is None or asked in token
    assert actor.may(asked) == (allowed and bool(giving))
    wide = {g.root for g in giving if ROLES[g.role].reach in (Reach.LED, Reach.LEVEL)}
    own = {g.root for g in giving if ROLES[g.role].reach is Reach.OWN}
    found = actor.scope(asked)
    assert found.led == (wide if allowed else set())
    assert found.own == (own if allowed else set())
    whole = any(g.whole and ROLES[g.role].reach in (Reach.LED, Reach.LEVEL) for g in giving)
    assert found.everything == (allowed and whole)


def test_no_administrator_sees_a_fact_and_no_two_are_alike() -> None:
    for role in ADMINISTRATORS:
        assert ROLES[role].permissions.isdisjoint(FACTS)
        assert ROLES[role].reach is Reach.NONE
    together = [ROLES[role].permissions & CHANGES for role in sorted(ADMINISTRATORS)]
    for one, other in combinations(together, 2):
        assert one.isdisjoint(other)


def test_an_auditor_changes_nothing() -> None:
    assert ROLES[Role.AUDITOR].permissions.isdisjoint(CHANGES)
    assert ROLES[Role.FINANCE].permissions.isdisjoint(CHANGES)


def test_each_step_belongs_to_one_role() -> None:
    for permission in (Permission.ACTS_ENTER, Permission.ACTS_CHECK, Permission.ACTS_APPROVE):
        assert sum(permission in rule.permissions for rule in ROLES.values()) == 1


def test_the_operator_may_all_and_nobody_nothing() -> None:
    for permission in Permission:
        assert LOCAL_OPERATOR.may(permission)
        assert LOCAL_OPERATOR.scope(permission) == Scope(everything=True)
        assert not NOBODY.may(permission)
        assert NOBODY.scope(permission) == Scope()
    assert (
        Actor("x", everything=True, token_scopes=frozenset()).scope(Permission.CONTRACTS_READ)
        == Scope()
    )
