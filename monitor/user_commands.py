"""``monitor user``: accounts. A password is never printed: its owner sets it by a one-time link."""

import json

import click
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.access.permissions import Permission
from kernel.cause import Cause
from kernel.errors import NotFoundError
from kernel.web.problems import input_error
from monitor.service import Service, open_service
from people import accounts, queries
from people.models import User
from people.schemas import Disabling, NewUser, UserOut, UserState, UsersWanted
from people.sign_in.own_account import reset_password

_STATES = {
    UserState.ACTIVE: "正常",
    UserState.TEMPORARY: "临时",
    UserState.EXPIRED: "已到期",
    UserState.DISABLED: "已停用",
}
_JSON = click.option("--json", "as_json", is_flag=True, help="输出 JSON")
_PAGE = 200


@click.group("user")
def user_commands() -> None:
    """用户账号：新增、停用、启用、重置密码、列表。"""


@user_commands.command("add")
@click.argument("login")
@click.option("--name", required=True, help="姓名")
@click.option("--expires-on", help="临时账号的最后一天，如 2026-12-31")
@_JSON
def add(login: str, name: str, expires_on: str | None, *, as_json: bool) -> None:
    """新增账号，给出设置密码的一次性链接；角色由安全管理员授予。"""
    try:
        wanted = NewUser.model_validate({"login": login, "name": name, "expires_on": expires_on})
    except ValidationError as error:
        raise input_error(error) from None
    with open_service(Permission.USERS_WRITE) as service:
        with service.database.writing(service.actor, _cause("新增用户")) as session:
            user = accounts.add_user(session, service.actor, service.clock, wanted)
            token = reset_password(session, user.id, service.clock.now())
        _tell_link(service, user.login, token, "已新增账号", as_json=as_json)


@user_commands.command("reset")
@click.argument("login")
@click.option("--second-factor", is_flag=True, help="同时停用动态口令（手机丢失时）")
@_JSON
def reset(login: str, *, second_factor: bool, as_json: bool) -> None:
    """作废密码、退出全部登录，给出设置密码的一次性链接。"""
    with open_service(Permission.USERS_WRITE) as service:
        with service.database.writing(service.actor, _cause("重置密码")) as session:
            user = _user(session, login)
            now = service.clock.now()
            token = reset_password(session, user.id, now, with_second_factor=second_factor)
        _tell_link(service, user.login, token, "已重置账号", as_json=as_json)


@user_commands.command("disable")
@click.argument("login")
@click.option("--reason", required=True, help="停用原因")
@_JSON
def disable(login: str, reason: str, *, as_json: bool) -> None:
    """停用账号：在各处的登录和令牌立即失效。"""
    try:
        plain = Disabling(reason=reason).reason
    except ValidationError as error:
        raise input_error(error) from None
    cause = _cause(f"停用账号：{plain}")
    with (
        open_service(Permission.USERS_WRITE) as service,
        service.database.writing(service.actor, cause) as session,
    ):
        user = _user(session, login)
        accounts.disable_user(session, service.actor, service.clock, user.id, plain, user.version)
    _tell(user.login, "disabled", "已停用", as_json=as_json)


@user_commands.command("enable")
@click.argument("login")
@_JSON
def enable(login: str, *, as_json: bool) -> None:
    """启用已停用的账号。"""
    with (
        open_service(Permission.USERS_WRITE) as service,
        service.database.writing(service.actor, _cause("启用账号")) as session,
    ):
        user = _user(session, login)
        accounts.enable_user(session, service.actor, service.clock, user.id, user.version)
    _tell(user.login, "active", "已启用", as_json=as_json)


@user_commands.command("list")
@_JSON
def show(*, as_json: bool) -> None:
    """列出全部账号。"""
    with open_service(Permission.USERS_READ) as service:
        found = _all(service)
    if as_json:
        listed = [user.model_dump(mode="json") for user in found]
        click.echo(json.dumps(listed, ensure_ascii=False))
        return
    if not found:
        click.echo("还没有用户；运行 monitor serve 会给出建立三名管理员的一次性链接")
    for user in found:
        until = f"（至 {user.expires_on}）" if user.expires_on else ""
        click.echo(f"{user.login}  {user.name}  {_STATES[user.state]}{until}")


def _all(service: Service) -> list[UserOut]:
    found: list[UserOut] = []
    cursor: str | None = None
    with service.database.reading(service.actor) as session:
        while True:
            wanted = UsersWanted.model_validate({"limit": _PAGE, "cursor": cursor})
            page = queries.users(session, service.clock.business_date(), wanted)
            found += page.items
            cursor = page.next
            if cursor is None:
                return found


def _user(session: Session, login: str) -> User:
    found = session.scalar(select(User).where(User.login == login.strip().lower()))
    if found is None:
        raise NotFoundError(f"没有账号 {login}；用 monitor user list 查看")
    return found


def _cause(reason: str) -> Cause:
    return Cause(client="local", reason=reason)


def _tell_link(service: Service, login: str, token: str, said: str, *, as_json: bool) -> None:
    address = f"{service.settings.link_base}/new-password/{token}"
    if as_json:
        click.echo(json.dumps({"login": login, "link": address}))
        return
    click.echo(f"{said} {login}。请把这个一次性链接（24 小时内有效，只显示这一次）交给本人：")
    click.echo(address)


def _tell(login: str, state: str, said: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"login": login, "state": state}))
    else:
        click.echo(f"账号 {login} {said}")
