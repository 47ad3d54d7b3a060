"""Screens of the tree, accounts and roles: forms keep what was typed, clashes are shown, cost is flat."""

import re
from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contracts.models import Organisation, OrganisationKind
from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.permissions import Permission
from kernel.access.roles import ROLES, Role
from kernel.database import Database
from people.models import Membership, User
from people.sign_in.models import OneTimeLink
from tests.ledger import WHO, ContractSpec, city, contract
from tests.pages import BEGINS, page, statements
from tests.people import hold, person
from tests.web import client_as


@pytest.fixture
def bureau(database: Database) -> UUID:
    """A bureau with a contract in 甲市, and 乙市 beside it."""
    with database.writing(LOCAL_OPERATOR) as session:
        here = city(session, "甲市")
        city(session, "乙市")
        contract(session, here, "HT-1", ContractSpec(BEGINS))
        return here.bureau.id


@pytest.fixture
def system(database: Database, tmp_path: Path, bureau: UUID) -> FlaskClient:
    """The system administrator's browser."""
    with database.writing(LOCAL_OPERATOR) as session:
        key = person(session, "system", (Role.SYSTEM_ADMIN, None)).id
    return client_as(database, tmp_path, key)


@pytest.fixture
def security(database: Database, tmp_path: Path, bureau: UUID) -> FlaskClient:
    """The security administrator's browser."""
    with database.writing(LOCAL_OPERATOR) as session:
        key = person(session, "security", (Role.SECURITY_ADMIN, None)).id
    return client_as(database, tmp_path, key)


def post(client: FlaskClient, address: str, form: str = "", **typed: str) -> tuple[int, str]:
    """Fill in the form that ``form`` shows (else the address itself) and send it."""
    shown = page(client, form or address)
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown)
    version = re.search(r'name="version" value="(\d+)"', shown)
    assert token is not None
    hidden = {"csrf_token": token[1]}
    if version is not None:
        hidden["version"] = version[1]
    answer = client.post(address, data={**hidden, **typed}, follow_redirects=True)
    return answer.status_code, answer.text


def test_the_tree_opens_branch_by_branch(system: FlaskClient, bureau: UUID) -> None:
    shown = page(system, "/organisations")
    assert "甲市人民政府" in shown
    assert "甲市应急管理局" not in shown
    branch = re.search(r'hx-get="(/organisations/[^"]+/branch)"', shown)
    assert branch is not None
    assert "应急管理局" in page(system, branch[1])
    found = page(system, "/organisations?q=甲市应急")
    assert f"/organisations/{bureau}" in found
    assert "没有找到“丙”" in page(system, "/organisations?q=丙")


def test_a_move_is_previewed_then_made(system: FlaskClient, bureau: UUID) -> None:
    address = f"/organisations/{bureau}/move"
    typed = {"parent": "乙市人民政府", "valid_from": "2023-12-01"}
    status, told = post(system, address, act="preview", **typed)
    assert status == 200
    assert "移动 <strong>1</strong> 个机构（含自己），涉及 <strong>1</strong> 份合同" in told
    assert "不再看到 1 份" in told
    assert "多看到 1 份" in told
    assert "乙市人民政府" not in page(system, f"/organisations/{bureau}")
    status, after = post(system, address, act="move", **typed)
    assert status == 200
    assert "已移动" in after
    assert "2023-12-01 前" in after


def test_a_cycle_is_refused_at_its_field(system: FlaskClient, database: Database) -> None:
    with database.reading(LOCAL_OPERATOR) as session:
        root = session.scalars(
            select(Organisation.id).where(Organisation.name == "甲市人民政府")
        ).one()
    typed = {"parent": "甲市应急管理局", "valid_from": "2023-12-01", "act": "preview"}
    status, shown = post(system, f"/organisations/{root}/move", **typed)
    assert status == 422
    assert "那样上下级会成循环" in shown
    assert 'value="甲市应急管理局"' in shown


def test_a_form_keeps_what_was_typed(system: FlaskClient) -> None:
    typed = {"code": "X", "name": "新局", "kind": "department", "division_code": "12"}
    status, shown = post(system, "/organisations/new", parent="没有的", **typed)
    assert (status, "没有“没有的”这个机构" in shown) == (422, True)
    status, shown = post(system, "/organisations/new", parent="", **typed)
    assert status == 422
    assert "应为六位数字" in shown
    assert 'value="新局"' in shown
    status, shown = post(system, "/users/new", login="坏", name="王")
    assert status == 422
    assert "应为 2 至 64 位小写字母" in shown


def test_a_new_user_gets_a_link_shown_once(system: FlaskClient, database: Database) -> None:
    status, shown = post(system, "/users/new", login="ping", name="评", expires_on="2024-06-30")
    assert status == 200
    assert "只显示这一次" in shown
    assert "/new-password/" in shown
    with database.reading(LOCAL_OPERATOR) as session:
        user = session.scalars(select(User).where(User.login == "ping")).one()
        assert session.scalars(select(OneTimeLink.user_id)).all() == [user.id]
    assert "/new-password/" not in page(system, f"/users/{user.id}")


def test_the_second_editor_decides_on_a_page(
    security: FlaskClient, database: Database, bureau: UUID
) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        user = person(session, "wang", (Role.CLERK, bureau)).id
        held = session.scalars(select(Membership.id).where(Membership.user_id == user)).one()
    address = f"/memberships/{held}"
    mine = {"valid_from": "2023-01-01", "valid_to": "2024-06-30", "version": "1"}
    status, _shown = post(security, address, valid_from="2023-01-01", valid_to="2024-03-31")
    assert status == 200
    status, told = post(security, address, **mine)
    assert status == 409
    assert "security 已修改过" in told
    assert "2024-03-31" in told
    assert "<strong>2024-06-30</strong>" in told
    version = re.search(r'name="version" value="(\d+)"', told)
    assert version is not None
    status, after = post(security, address, **{**mine, "version": version[1]})
    assert status == 200
    assert "2024-06-30" in after


def test_refusals_of_roles_are_said_on_the_form(
    security: FlaskClient, database: Database, bureau: UUID
) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        user = person(session, "wang", (Role.CLERK, bureau)).id
        only = person(session, "only", (Role.AUDIT_ADMIN, None)).id
        held = session.scalars(select(Membership.id).where(Membership.user_id == only)).one()
    address = f"/users/{user}/memberships/new"
    typed = {"role": "audit_admin", "organisation": "", "valid_from": "2023-12-31"}
    status, shown = post(security, address, **typed)
    assert (status, "不能兼任其他角色（三员分立）" in shown) == (422, True)
    status, shown = post(security, address, **{**typed, "role": "head"})
    assert (status, "请写明为哪个机构担任负责人" in shown) == (422, True)
    status, shown = post(security, f"/memberships/{held}/end", f"/memberships/{held}")
    assert (status, "这是最后一名审计管理员" in shown) == (409, True)


def test_an_account_is_disabled_with_its_reason(system: FlaskClient, database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        key = person(session, "wang").id
    address = f"/users/{key}"
    status, shown = post(system, f"{address}/disable", address, reason=" ")
    assert (status, "不能为空" in shown) == (422, True)
    status, shown = post(system, f"{address}/disable", address, reason="调离")
    assert (status, "原因：调离" in shown) == (200, True)
    status, shown = post(system, f"{address}/enable", address)
    assert (status, "账号已启用" in shown) == (200, True)


def test_everybody_reads_the_table_of_roles(
    database: Database, tmp_path: Path, bureau: UUID
) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        key = person(session, "clerk", (Role.CLERK, bureau)).id
    client = client_as(database, tmp_path, key)
    shown = page(client, "/roles")
    for rule in ROLES.values():
        assert rule.name in shown
    for permission in Permission:
        assert permission.label in shown
    assert shown.count(">✓<") == sum(len(rule.permissions) for rule in ROLES.values())
    assert client.get("/users").status_code == 403
    assert client.get("/organisations/new").status_code == 403


def test_pages_cost_the_same_for_many(
    system: FlaskClient, database: Database, bureau: UUID
) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        key = person(session, "first", (Role.CLERK, bureau)).id
    addresses = (
        "/organisations",
        "/organisations?q=局",
        f"/organisations/{bureau}",
        f"/organisations/{bureau}/branch",
        f"/organisations/{bureau}/move",
        "/organisations/options?parent=局",
        "/users",
        f"/users/{key}",
        "/users?organisation=甲市应急管理局&role=clerk",
    )
    few = [_cost(system, database, address) for address in addresses]
    with database.writing(LOCAL_OPERATOR) as session:
        session.add_all(
            Organisation(
                code=f"N{n}",
                name=f"新{n:03}局",
                kind=OrganisationKind.DEPARTMENT,
                parent_id=bureau,
                **WHO,
            )
            for n in range(120)
        )
        for n in range(40):
            user = person(session, f"u{n:02}", (Role.CLERK, bureau), (Role.CHECKER, bureau))
            hold(session, user.id, Role.AUDITOR, bureau)
    assert [_cost(system, database, address) for address in addresses] == few


def _cost(client: FlaskClient, database: Database, address: str) -> int:
    with statements(database) as seen:
        page(client, address)
    return len(seen)
