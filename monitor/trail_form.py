"""What may be asked of the trail, by its page and by the API alike, and how asking is noted."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app
from pydantic import BaseModel, BeforeValidator, Field, StringConstraints
from sqlalchemy import ColumnElement, select

from contracts.access import visible
from contracts.models import Contract
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.columns import EARLIEST_DAY, LATEST_DAY
from kernel.errors import InputError
from kernel.fields import Day, SearchWords
from kernel.paging import PagedQuery
from kernel.trail.models import AuditEntry
from kernel.trail.queries import Filter
from kernel.trail.record import record
from kernel.web.session import write_session


def _none_if_empty(value: object) -> object:
    return (value.strip() or None) if isinstance(value, str) else value


_EmptyIsAll = BeforeValidator(_none_if_empty)
_Word = Annotated[
    Annotated[str, StringConstraints(max_length=64, pattern="^[a-z0-9_]+$")] | None, _EmptyIsAll
]
_Words = Annotated[SearchWords | None, _EmptyIsAll]
_OptionalDay = Annotated[Day | None, _EmptyIsAll]


_FIRST, _LAST = date.fromisoformat(EARLIEST_DAY), date.fromisoformat(LATEST_DAY)


class TrailFilter(BaseModel):
    """Which entries; what is empty or left out means all."""

    kind: _Word = Field(None, description="对象种类（数据表名），如 payment")
    object: _Words = Field(None, description="对象的主键")
    person: _Words = Field(None, description="谁：登录名、任务名或 database:角色")
    action: _Word = Field(None, description="insert、update、delete、sign_in、read、export…")
    contract: _Words = Field(None, description="合同：id 或合同编号")
    since: _OptionalDay = Field(None, description="从哪一天起（含）")
    until: _OptionalDay = Field(None, description="到哪一天止（含）")

    def chosen(self) -> dict[str, Any]:
        """The choices made, as an address and as the trail's own entry hold them."""
        return self.model_dump(
            mode="json", exclude_none=True, include=set(TrailFilter.model_fields)
        )

    def entries(self, actor: Actor) -> Filter:
        """The same as the trail's queries take it.

        Raises ``InputError`` for a day that no trail can hold and for a period that ends before it
        begins.
        """
        for name, day in (("since", self.since), ("until", self.until)):
            if day is not None and not _FIRST <= day <= _LAST:
                raise InputError(name, f"{day} 不在 {_FIRST} 至 {_LAST} 之间")
        if self.since and self.until and self.until < self.since:
            raise InputError("until", f"止于 {self.until}，早于起始日 {self.since}")
        return Filter(
            object_kind=self.kind or "",
            object_id=self.object or "",
            actor=self.person or "",
            action=self.action or "",
            contract=None if self.contract is None else _of_contract(actor, self.contract),
            since=None if self.since is None else _begin(self.since),
            before=None if self.until is None else _begin(self.until + timedelta(days=1)),
        )


class EntriesWanted(TrailFilter, PagedQuery):
    """审计记录的筛选与分页。"""


class ExportWanted(TrailFilter):
    """审计记录的导出：与列表同样的筛选。"""

    format: Literal["csv", "jsonl"] = Field("csv", description="csv 或 jsonl（每行一个 JSON）")


def note_reading(action: str, facts: dict[str, Any]) -> None:
    """Who reads the trail, and what of it, is in the trail before anything is shown."""
    with write_session() as session:
        record(session, action, "audit_entry", "", facts)


def _of_contract(actor: Actor, asked: str) -> ColumnElement[bool]:
    try:
        return AuditEntry.contract_id == UUID(asked)
    except ValueError:
        numbered = select(Contract.id).where(
            Contract.number == asked, visible(actor, Permission.TRAIL_READ)
        )
        return AuditEntry.contract_id.in_(numbered)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(current_app.config["MONITOR_ZONE"]))
