"""Read the trail: a page of it, or all of it row by row."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, case, false, null, select, true
from sqlalchemy.orm import Session

from kernel.paging import AnyRow, AnySelect, Page, PagedQuery, fetch_page
from kernel.trail.models import ENTRY, AuditEntry, AuditSeal

BATCH = 1000


class EntryOut(BaseModel):
    """审计记录：一行数据的一次变更，或一次登录、查阅等事件。"""

    model_config = ConfigDict(from_attributes=True)

    id: int = Field(description="编号，按写入次序递增")
    recorded_at: datetime = Field(description="写入时刻（UTC）")
    actor: str = Field(description="谁：登录名、系统任务名，或 database:角色（绕开系统直接改库）")
    user_id: str = Field(description="用户 id；不是用户时为空")
    client: str = Field(description="从哪里：网络地址，local 为本机")
    request_id: str = Field(description="请求编号")
    action: str = Field(description="insert、update、delete，或 sign_in、read、export 等事件")
    object_kind: str = Field(description="对象种类（数据表名）")
    object_id: str = Field(description="对象的主键；多列主键以逗号连接")
    contract_id: UUID | None = Field(description="所属合同")
    organisation_id: UUID | None = Field(description="所属机构")
    before: dict[str, Any] | None = Field(description="变更前；修改时只列变化的列，金额单位为分")
    after: dict[str, Any] | None = Field(description="变更后；修改时只列变化的列，金额单位为分")
    reason: str = Field(description="原因")
    masked: bool = Field(description="内容是否因角色不显示")
    sealed: bool = Field(description="是否已封印入哈希链")


@dataclass(frozen=True, slots=True)
class Sight:
    """Predicates on ``AuditEntry``: which entries a reader sees, and of which the values too."""

    entries: ColumnElement[bool]
    values: ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Filter:
    """What is asked for; None and empty mean all. ``since`` inclusive, ``before`` exclusive."""

    object_kind: str = ""
    object_id: str = ""
    actor: str = ""
    action: str = ""
    contract: ColumnElement[bool] | None = None
    since: datetime | None = None
    before: datetime | None = None

    def predicates(self) -> list[ColumnElement[bool]]:
        """The same as predicates on ``AuditEntry``."""
        equal = {
            AuditEntry.object_kind: self.object_kind,
            AuditEntry.object_id: self.object_id,
            AuditEntry.actor: self.actor,
            AuditEntry.action: self.action,
        }
        found = [column == value for column, value in equal.items() if value]
        if self.contract is not None:
            found.append(self.contract)
        if self.since is not None:
            found.append(AuditEntry.recorded_at >= self.since)
        if self.before is not None:
            found.append(AuditEntry.recorded_at < self.before)
        return found


def entry_page(
    session: Session, sight: Sight, wanted: Filter, paging: PagedQuery
) -> Page[EntryOut]:
    """One page, newest first, by one statement. Raises ``InputError`` naming ``cursor``."""
    statement = _statement(sight, wanted)
    return fetch_page(session, statement, [AuditEntry.id], paging, _built, newest_first=True)


def entries(session: Session, sight: Sight, wanted: Filter) -> Iterator[EntryOut]:
    """All of them, oldest first, some at a time, so that a long trail fits any memory."""
    statement = _statement(sight, wanted).order_by(AuditEntry.id).limit(BATCH)
    after = 0
    while rows := session.execute(statement.where(AuditEntry.id > after)).all():
        yield from map(_built, rows)
        after = rows[-1].id


def _statement(sight: Sight, wanted: Filter) -> AnySelect:
    hidden = {"before", "after", "reason"}
    columns = [
        case((sight.values, column), else_=null()).label(column.name)
        if column.name in hidden
        else column
        for column in ENTRY.columns
    ]
    # An entry of no contract answers neither yes nor no to a question about its contract.
    masked = case((sight.values, false()), else_=true())
    sealed = select(AuditSeal.entry_id).where(AuditSeal.entry_id == AuditEntry.id).exists()
    return select(*columns, masked.label("masked"), sealed.label("sealed")).where(
        sight.entries, *wanted.predicates()
    )


def _built(row: AnyRow) -> EntryOut:
    told = row._mapping  # noqa: SLF001 — SQLAlchemy's public name for it
    return EntryOut.model_validate({**told, "reason": told["reason"] or ""})
