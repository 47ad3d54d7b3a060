"""Who may hold which role: separation of administrators, last holders, nobody for oneself."""

import threading
from collections.abc import Callable
from datetime import date
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from kernel.access.actor import LOCAL_OPERATOR, Actor
from kernel.access.roles import ADMINISTRATORS, ROLES, Role
from kernel.database import Database
from kernel.edits import ChangedMeanwhile
from kernel.errors import ConflictError, InputError, MonitorError
from people.accounts import add_user, change_user, disable_user, enable_user
from people.actors import actor_of
from people.memberships import change_period, end, grant
from people.models import Membership, User
from people.queries import effective_of, memberships, users
from people.schemas import (
    MembershipEdit,
    MembershipsWanted,
    NewMembership,
    NewUser,
    UserEdit,
    UserState,
    UsersWanted,
)
from tests.organisations import CLOCK, TODAY, place

LATER = date(2024, 6, 30)


def bureau(session: Session, name: str = "应急管理局", parent: UUID | None = None) -> UUID:
    return place(session, name, parent)


def account(session: Session, login: str, expires_on: date | None = None) -> UUID:
    wanted = NewUser(login=login, name=login, expires_on=expires_on)
    return add_user(session, LOCAL_OPERATOR, CLOCK, wanted).id


def give(
    session: Session,
    user_id: UUID,
    role: Role,
    organisation_id: UUID | None = None,
    first: date = TODAY,
    last: date | None = None,
    actor: Actor = LOCAL_OPERATOR,
) -> UUID:
    wanted = NewMembership(
        user_id=user_id, role=role, organisation_id=organisation_id, valid_from=first, valid_to=last
    )
    return grant(session, actor, CLOCK, wanted).id


def test_a_person_works_in_several_memberships_at_once(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        one, two = bureau(session, "应急管理局"), bureau(session, "工业和信息化局")
        key = account(session, "wang")
        give(session, key, Role.CLERK, one)
        give(session, key, Role.CHECKER, one)
        give(session, key, Role.AUDITOR, two)
        give(session, key, Role.HEAD, two, date(2024, 1, 1))
    with database.reading(LOCAL_OPERATOR) as session:
        held = effective_of(session, [key], TODAY)[key]
        assert [(h.role_name, h.organisation and h.organisation.name) for h in held] == [
            ("经办", "应急管理局"),
            ("审核", "应急管理局"),
            ("审计评价", "工业和信息化局"),
        ]
        actor = actor_of(session, key, TODAY)
        assert actor is not None
        assert {g.organisation_id for g in actor.grants} == {one, two}


@pytest.mark.parametrize("administrator", sorted(ADMINISTRATORS))
@pytest.mark.parametrize("other", sorted(Role))
def test_administrators_are_apart(database: Database, administrator: Role, other: Role) -> None:
    if other is administrator:
        return
    with database.rehearsing(LOCAL_OPERATOR) as session:
        place = None if other in ADMINISTRATORS else bureau(session)
        one, two = account(session, "one"), account(session, "two")
        give(session, one, administrator)
        with pytest.raises(InputError) as refused:
            give(session, one, other, place)
        assert refused.value.problems[0].field == "role"
        give(session, two, other, place)
        with pytest.raises(InputError, match=r"不能兼任|管理员不能兼任"):
            give(session, two, administrator)


def test_roles_apart_in_time_do_not_mix(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        place, key = bureau(session), account(session, "one")
        clerk = give(session, key, Role.CLERK, place, date(2023, 1, 1), date(2023, 12, 31))
        give(session, key, Role.AUDIT_ADMIN, None, date(2024, 1, 1))
        longer = MembershipEdit(valid_to=date(2024, 1, 1))
        with pytest.raises(InputError, match="此人同期是审计管理员"):
            change_period(session, LOCAL_OPERATOR, CLOCK, clerk, longer, 1)


def test_nobody_grants_changes_or_ends_a_role_of_their_own(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        me, other = account(session, "me"), account(session, "other")
        mine = give(session, me, Role.SECURITY_ADMIN)
        give(session, other, Role.SECURITY_ADMIN)
        actor = Actor("me", user_id=me)
        acts: tuple[Callable[[], object], ...] = (
            lambda: give(session, me, Role.CLERK, None, actor=actor),
            lambda: change_period(session, actor, CLOCK, mine, MembershipEdit(valid_to=LATER), 1),
            lambda: end(session, actor, CLOCK, mine, 1),
        )
        for act in acts:
            with pytest.raises(ConflictError, match="不能办理自己的角色"):
                act()
        with pytest.raises(ConflictError, match="不能停用自己的账号"):
            disable_user(session, actor, CLOCK, me, "离职", 1)


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_the_last_administrator_stays(database: Database, role: Role) -> None:
    name = ROLES[role].name
    with database.writing(LOCAL_OPERATOR) as session:
        first, second = account(session, "first"), account(session, "second")
        membership = give(session, first, role)
        give(session, second, role, None, TODAY, LATER)
    acts: tuple[Callable[[Session], object], ...] = (
        lambda s: end(s, LOCAL_OPERATOR, CLOCK, membership, 1),
        lambda s: disable_user(s, LOCAL_OPERATOR, CLOCK, first, "离职", 1),
        lambda s: change_period(
            s, LOCAL_OPERATOR, CLOCK, membership, MembershipEdit(valid_to=LATER), 1
        ),
        lambda s: change_period(
            s, LOCAL_OPERATOR, CLOCK, membership, MembershipEdit(valid_from=LATER), 1
        ),
        lambda s: change_user(s, LOCAL_OPERATOR, CLOCK, first, UserEdit(expires_on=LATER), 1),
    )
    for act in acts:
        with (
            pytest.raises(ConflictError, match=f"没有长期任职的{name}"),
            database.writing(LOCAL_OPERATOR) as s,
        ):
            act(s)
    with database.writing(LOCAL_OPERATOR) as session:
        third = account(session, "third")
        give(session, third, role)
        end(session, LOCAL_OPERATOR, CLOCK, membership, 1)
    with (
        pytest.raises(ConflictError, match="没有长期任职"),
        database.writing(LOCAL_OPERATOR) as session,
    ):
        disable_user(session, LOCAL_OPERATOR, CLOCK, third, "离职", 1)


def test_the_only_administrator_is_said_to_be_the_last(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        key = account(session, "only")
        membership = give(session, key, Role.SYSTEM_ADMIN)
    with (
        pytest.raises(ConflictError, match="这是最后一名系统管理员"),
        database.writing(LOCAL_OPERATOR) as session,
    ):
        end(session, LOCAL_OPERATOR, CLOCK, membership, 1)
    with database.reading(LOCAL_OPERATOR) as session:
        assert effective_of(session, [key], TODAY)


def at_once(database: Database, acts: dict[UUID, Callable[[Session, Actor], object]]) -> list[str]:
    """What each was told who acted in the same moment."""
    gate, told = threading.Barrier(len(acts)), list[str]()

    def act(who: UUID) -> None:
        gate.wait()
        actor = Actor("admin", user_id=who, everything=True)
        try:
            with database.writing(actor) as session:
                acts[who](session, actor)
            told.append("done")
        except MonitorError as error:
            told.append(error.message)

    threads = [threading.Thread(target=act, args=(who,)) for who in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


def test_two_administrators_who_remove_each_other_at_once(database: Database) -> None:
    for attempt in range(5):
        with database.writing(LOCAL_OPERATOR) as session:
            for each in session.query(Membership).filter(Membership.ended_at.is_(None)):
                each.ended_at = CLOCK.now()
            keys = [account(session, f"admin{attempt}{n}") for n in range(2)]
            held = [give(session, key, Role.SECURITY_ADMIN) for key in keys]

        def remove(session: Session, actor: Actor, of: dict[UUID, UUID]) -> None:
            assert actor.user_id
            end(session, actor, CLOCK, of[actor.user_id], 1)

        act = partial(remove, of=dict(zip(keys, reversed(held), strict=True)))
        assert at_once(database, dict.fromkeys(keys, act)) == [
            "done", "这是最后一名安全管理员；请先授予另一个人，再收回或停用",
        ]  # fmt: skip


def test_two_administrators_who_disable_each_other_at_once(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        keys = [account(session, f"admin{n}") for n in range(2)]
        for key in keys:
            give(session, key, Role.SYSTEM_ADMIN)

    def disable(session: Session, actor: Actor) -> None:
        (other,) = set(keys) - {actor.user_id}
        disable_user(session, actor, CLOCK, other, "离职", 1)

    assert at_once(database, dict.fromkeys(keys, disable)) == [
        "done", "这是最后一名系统管理员；请先授予另一个人，再收回或停用",
    ]  # fmt: skip


def test_the_second_of_two_editors_is_told_what_changed(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        key, place = account(session, "wang"), bureau(session)
        held = give(session, key, Role.CLERK, place)
        first = MembershipEdit(valid_to=date(2024, 3, 31))
        change_period(session, LOCAL_OPERATOR, CLOCK, held, first, 1)
        second = MembershipEdit(valid_to=date(2024, 6, 30))
        with pytest.raises(ChangedMeanwhile) as told:
            change_period(session, LOCAL_OPERATOR, CLOCK, held, second, 1)
        assert told.value.problems[0].message == "任职至现为“2024-03-31”，您要改为“2024-06-30”"
        end(session, LOCAL_OPERATOR, CLOCK, held, 2)
        with pytest.raises(ChangedMeanwhile) as told:
            change_period(session, LOCAL_OPERATOR, CLOCK, held, second, 2)
        assert told.value.problems[0].message == "状态现为“已收回”，您要改为“任职中”"
        with pytest.raises(ConflictError, match="已经收回"):
            change_period(session, LOCAL_OPERATOR, CLOCK, held, second, 3)


def test_what_cannot_be_a_membership_is_refused_by_field(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        key, place = account(session, "wang"), bureau(session)
        wrong: tuple[tuple[str, dict[str, object]], ...] = (
            ("user_id", {"user_id": UUID(int=1), "role": Role.CLERK, "organisation_id": place}),
            ("organisation_id", {"role": Role.CLERK}),
            ("organisation_id", {"role": Role.CLERK, "organisation_id": UUID(int=1)}),
            ("organisation_id", {"role": Role.AUDIT_ADMIN, "organisation_id": place}),
            ("valid_to", {"role": Role.AUDIT_ADMIN, "valid_to": date(2023, 1, 1)}),
            ("valid_from", {"role": Role.AUDIT_ADMIN, "valid_from": date(203, 1, 1)}),
        )
        for field, values in wrong:
            wanted = NewMembership.model_validate({"user_id": key, "valid_from": TODAY, **values})
            with pytest.raises(InputError) as refused:
                grant(session, LOCAL_OPERATOR, CLOCK, wanted)
            assert refused.value.problems[0].field == field
        give(session, key, Role.CLERK, place)
        with pytest.raises(ConflictError, match="已有这项任职"):
            give(session, key, Role.CLERK, place)


def test_accounts_are_added_limited_disabled_and_opened_again(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        key = account(session, " Evaluator.1 ", date(2024, 1, 31))
        assert session.get_one(User, key).login == "evaluator.1"
        with pytest.raises(InputError, match=r"登录名 evaluator\.1 已有人用"):
            account(session, "EVALUATOR.1")
        with pytest.raises(InputError, match="最后一天已经过去"):
            account(session, "late", date(2023, 12, 30))
        assert actor_of(session, key, date(2024, 1, 31)) is not None
        assert actor_of(session, key, date(2024, 2, 1)) is None
        disable_user(session, LOCAL_OPERATOR, CLOCK, key, "评价结束", 1)
        assert actor_of(session, key, TODAY) is None
        with pytest.raises(ChangedMeanwhile):
            change_user(session, LOCAL_OPERATOR, CLOCK, key, UserEdit(name="评价员"), 1)
        enable_user(session, LOCAL_OPERATOR, CLOCK, key, 2)
        assert actor_of(session, key, TODAY) is not None


def test_lists_of_people_are_filtered_and_scoped_by_subtree(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        root = bureau(session, "市人民政府")
        below = bureau(session, "应急管理局", root)
        keys = {login: account(session, login) for login in ("a1", "b2", "c3")}
        keys["d4"] = account(session, "d4", LATER)
        give(session, keys["a1"], Role.CLERK, below)
        give(session, keys["b2"], Role.HEAD, root)
        give(session, keys["c3"], Role.SYSTEM_ADMIN)
        give(session, keys["d4"], Role.CLERK, below, date(2024, 2, 1))
        disable_user(session, LOCAL_OPERATOR, CLOCK, keys["b2"], "调离", 1)

    def found(**asked: object) -> list[str]:
        with database.reading(LOCAL_OPERATOR) as session:
            page = users(session, TODAY, UsersWanted.model_validate(asked))
            return [each.login for each in page.items]

    assert found() == ["a1", "b2", "c3", "d4"]
    assert found(organisation=root) == ["a1", "b2"]
    assert found(role=Role.CLERK) == ["a1"]
    assert found(state=UserState.DISABLED) == ["b2"]
    assert found(state=UserState.TEMPORARY) == ["d4"]
    assert found(q="C3") == ["c3"]
    with database.reading(LOCAL_OPERATOR) as session:
        first = users(session, TODAY, UsersWanted(limit=3))
        rest = users(session, TODAY, UsersWanted(limit=3, cursor=first.next))
        assert [each.login for each in rest.items] == ["d4"]
        assert len(memberships(session, TODAY, MembershipsWanted(organisation=root)).items) == 3
        assert set(effective_of(session, list(keys.values()), TODAY)) == {
            keys["a1"],
            keys["b2"],
            keys["c3"],
        }
