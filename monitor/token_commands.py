"""``monitor token``: API tokens by the operator at the machine. A token is printed once."""

import json
from datetime import datetime
from uuid import UUID

import click
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.cause import Cause
from kernel.errors import FieldProblem, InputError, NotFoundError
from kernel.refusals import refusal_sentence
from monitor.service import open_service
from people.actors import actor_of
from people.models import User
from people.tokens import tokens
from people.tokens.schemas import NewToken, TokenOut, TokensWanted

_SHOWN = 200
_STATES = {"live": "有效", "expired": "已过期", "revoked": "已撤销"}


@click.group("token")
def token_commands() -> None:
    """接口令牌：程序以某个用户的身份读取数据时使用。"""


@token_commands.command("add")
@click.argument("login")
@click.option("--name", required=True, help="用途，如 财政局看板")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice([permission.value for permission in Permission]),
    help="权限范围，可以重复；不超过用户现有的权限",
)
@click.option("--days", default=90, show_default=True, help="有效天数，最多 365")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def add(login: str, name: str, scopes: tuple[str, ...], days: int, *, as_json: bool) -> None:
    """为用户 LOGIN 新建令牌；令牌只显示这一次。"""
    new = _read(name, scopes, days)
    with open_service() as service:
        cause = Cause(client="local", reason="新建接口令牌")
        with service.database.writing(service.actor, cause) as session:
            holder = actor_of(session, _user(session, login), service.clock.business_date())
            if holder is None:
                raise InputError("login", f"用户 {login} 已停用或已到期")
            made = tokens.make_token(session, service.actor, holder, service.clock.now(), new)
    if as_json:
        click.echo(made.model_dump_json())
        return
    click.echo(f"已为 {login} 新建令牌“{made.name}”，{made.expires_at:%Y-%m-%d} 到期（UTC）")
    click.echo(f"令牌（只显示这一次，请交给使用者）：{made.token}")


@token_commands.command("list")
@click.argument("login")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def show(login: str, *, as_json: bool) -> None:
    """列出用户 LOGIN 的令牌，最近创建的在前；不显示令牌本身。"""
    with open_service() as service, service.database.reading(service.actor) as session:
        found = _all_of(session, service.actor, _user(session, login), service.clock.now())
    if as_json:
        items = [item.model_dump(mode="json") for item in found]
        click.echo(json.dumps(items, ensure_ascii=False))
        return
    if not found:
        click.echo(f"{login} 还没有令牌；用 monitor token add {login} 新建")
    for one in found:
        used = f"{one.last_used_at:%Y-%m-%d %H:%M} UTC" if one.last_used_at else "未使用"
        click.echo(
            f"{one.prefix}  {one.name}  {_STATES[one.state.value]}  "
            f"{one.expires_at:%Y-%m-%d} 到期  最近使用 {used}  {' '.join(one.scopes)}"
        )


@token_commands.command("revoke")
@click.argument("prefix")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def revoke(prefix: str, *, as_json: bool) -> None:
    """撤销以 PREFIX（cm_ 加 8 个字符）开头的令牌，立即失效。"""
    with open_service() as service:
        cause = Cause(client="local", reason="撤销接口令牌")
        with service.database.writing(service.actor, cause) as session:
            token_id = tokens.token_named(session, prefix)
            ended = tokens.revoke_token(session, service.actor, service.clock.now(), token_id)
    click.echo(ended.model_dump_json() if as_json else f"令牌 {ended.prefix}“{ended.name}”已撤销")


def _read(name: str, scopes: tuple[str, ...], days: int) -> NewToken:
    try:
        return NewToken.model_validate({"name": name, "scopes": list(scopes), "valid_days": days})
    except ValidationError as error:
        options = {"valid_days": "--days", "name": "--name", "scopes": "--scope"}
        problems = [
            FieldProblem(
                options[str(fault["loc"][0])],
                refusal_sentence(fault["type"], fault.get("ctx", {}), fault["msg"]),
            )
            for fault in error.errors()
        ]
        refusal = InputError(problems[0].field, problems[0].message)
        refusal.problems = tuple(problems)
        raise refusal from None


def _user(session: Session, login: str) -> UUID:
    found = session.scalar(select(User.id).where(User.login == login.lower()))
    if found is None:
        raise NotFoundError(f"没有用户 {login}")
    return found


def _all_of(session: Session, actor: Actor, user_id: UUID, now: datetime) -> list[TokenOut]:
    found: list[TokenOut] = []
    cursor: str | None = None
    while True:
        wanted = TokensWanted(limit=_SHOWN, cursor=cursor, user=user_id, state=None)
        page = tokens.list_tokens(session, actor, now, wanted)
        found += page.items
        cursor = page.next
        if cursor is None:
            return found
