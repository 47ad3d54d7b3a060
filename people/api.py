"""API of users and memberships: for 系统管理员 the accounts, for 安全管理员 the roles."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag
from sqlalchemy.orm import Session

from kernel.access.permissions import Permission
from kernel.paging import Page
from kernel.web.described import EDIT_ERRORS, LIST_ERRORS, RECORD_ERRORS, RecordPath
from kernel.web.edits import seen_version
from kernel.web.permissions import requires
from kernel.web.replies import created, reply
from kernel.web.session import as_of, current_actor, current_clock, current_session, write_session
from people import accounts, queries
from people import memberships as roles
from people.schemas import (
    Disabling,
    MembershipEdit,
    MembershipOut,
    MembershipsWanted,
    NewMembership,
    NewUser,
    UserEdit,
    UserOut,
    UsersWanted,
)

api = APIBlueprint(
    "people_api",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="people", description="用户与任职")],
    abp_responses=LIST_ERRORS,
)


@api.get("/users", summary="用户列表", responses={200: Page[UserOut]})
@requires(Permission.USERS_READ)
def users(query: UsersWanted) -> Response:
    """按登录名排列；角色、机构与到期以所问日期为准，停用以此刻为准。"""
    return reply(queries.users(current_session(), as_of(), query))


@api.get("/users/<id>", summary="用户", responses={200: UserOut, **RECORD_ERRORS})
@requires(Permission.USERS_READ)
def user(path: RecordPath) -> Response:
    """一个账号。"""
    return reply(queries.user(current_session(), current_clock().business_date(), path.id))


@api.post("/users", summary="新增用户", responses={201: UserOut})
@requires(Permission.USERS_WRITE)
def add_user(body: NewUser) -> Response:
    """新账号没有角色，也还不能登录：角色由安全管理员授予，密码由本人凭一次性链接设置。"""
    with write_session(reason="新增用户") as session:
        key = accounts.add_user(session, current_actor(), current_clock(), body).id
        record = _user(session, key)
    return created(record, f"/api/v1/users/{record.id}")


@api.patch("/users/<id>", summary="修改用户", responses={200: UserOut, **EDIT_ERRORS})
@requires(Permission.USERS_WRITE)
def change_user(path: RecordPath, body: UserEdit) -> Response:
    """须带 If-Match。"""
    with _editing_user(path, "修改用户") as (session, seen):
        accounts.change_user(session, current_actor(), current_clock(), path.id, body, seen)
        record = _user(session, path.id)
    return reply(record)


@api.post("/users/<id>/disable", summary="停用账号", responses={200: UserOut, **EDIT_ERRORS})
@requires(Permission.USERS_WRITE)
def disable(path: RecordPath, body: Disabling) -> Response:
    """须带 If-Match。立即生效；每种管理员的最后一名不能停用。"""
    with _editing_user(path, f"停用账号：{body.reason}") as (session, seen):
        accounts.disable_user(session, current_actor(), current_clock(), path.id, body.reason, seen)
        record = _user(session, path.id)
    return reply(record)


@api.post("/users/<id>/enable", summary="启用账号", responses={200: UserOut, **EDIT_ERRORS})
@requires(Permission.USERS_WRITE)
def enable(path: RecordPath) -> Response:
    """须带 If-Match。"""
    with _editing_user(path, "启用账号") as (session, seen):
        accounts.enable_user(session, current_actor(), current_clock(), path.id, seen)
        record = _user(session, path.id)
    return reply(record)


@api.get("/memberships", summary="任职列表", responses={200: Page[MembershipOut]})
@requires(Permission.USERS_READ)
def memberships(query: MembershipsWanted) -> Response:
    """按授予先后排列，含已收回的；`effective` 以所问日期为准。"""
    return reply(queries.memberships(current_session(), as_of(), query))


@api.get("/memberships/<id>", summary="任职", responses={200: MembershipOut, **RECORD_ERRORS})
@requires(Permission.USERS_READ)
def membership(path: RecordPath) -> Response:
    """一个用户在一个机构的一个角色。"""
    return reply(queries.membership(current_session(), current_clock().business_date(), path.id))


@api.post("/memberships", summary="授予角色", responses={201: MembershipOut, 409: EDIT_ERRORS[409]})
@requires(Permission.MEMBERSHIPS_WRITE)
def grant(body: NewMembership) -> Response:
    """不能授予自己；三种管理员互不兼任，也不兼任业务角色。"""
    with write_session(reason="授予角色") as session:
        key = roles.grant(session, current_actor(), current_clock(), body).id
        record = queries.membership(session, current_clock().business_date(), key)
    return created(record, f"/api/v1/memberships/{record.id}")


@api.patch(
    "/memberships/<id>", summary="修改任职期限", responses={200: MembershipOut, **EDIT_ERRORS}
)
@requires(Permission.MEMBERSHIPS_WRITE)
def change_period(path: RecordPath, body: MembershipEdit) -> Response:
    """须带 If-Match。"""
    with _editing_membership(path, "修改任职期限") as (session, seen):
        roles.change_period(session, current_actor(), current_clock(), path.id, body, seen)
        record = queries.membership(session, current_clock().business_date(), path.id)
    return reply(record)


@api.post(
    "/memberships/<id>/end", summary="收回角色", responses={200: MembershipOut, **EDIT_ERRORS}
)
@requires(Permission.MEMBERSHIPS_WRITE)
def end(path: RecordPath) -> Response:
    """须带 If-Match。立即生效；每种管理员的最后一名不能收回。"""
    with _editing_membership(path, "收回角色") as (session, seen):
        roles.end(session, current_actor(), current_clock(), path.id, seen)
        record = queries.membership(session, current_clock().business_date(), path.id)
    return reply(record)


def _user(session: Session, key: UUID) -> UserOut:
    return queries.user(session, current_clock().business_date(), key)


@contextmanager
def _editing_user(path: RecordPath, reason: str) -> Iterator[tuple[Session, int]]:
    with write_session(reason=reason) as session:
        found = _user(session, path.id)
        yield session, seen_version(found, found.version)


@contextmanager
def _editing_membership(path: RecordPath, reason: str) -> Iterator[tuple[Session, int]]:
    with write_session(reason=reason) as session:
        found = queries.membership(session, current_clock().business_date(), path.id)
        yield session, seen_version(found, found.version)
