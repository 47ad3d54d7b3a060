"""How many steps an act takes: the setting of the nearest organisation upwards, else a default."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from contracts.access import organisations_in
from contracts.models import Organisation
from contracts.reach_models import OrganisationAncestor
from contracts.steps.models import MONEY_KINDS, ActKind, Steps, StepSetting
from contracts.steps.schemas import SettingOut, SettingsWanted
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.access.roles import Role
from kernel.entry_fields import YuanFrom, line
from kernel.errors import ConflictError, InputError, NotFoundError
from kernel.fields import Day
from kernel.paging import AnyRow, Page, fetch_page
from kernel.sql import wait_for_lock

NOTHING = Decimal("0.00")
_LOCK = "step_setting"
MOST = 200
"""How many organisations a form offers; the others are set by the API."""
CHECKED_FROM = Decimal("50000.00")
DEFAULTS: dict[ActKind, tuple[tuple[Decimal, Steps], ...]] = {
    ActKind.PLAN_DECISION: ((NOTHING, Steps.CLERK_HEAD),),
    ActKind.ROUND_CONFIRMATION: ((NOTHING, Steps.CLERK_HEAD),),
    ActKind.PAYMENT: ((CHECKED_FROM, Steps.CLERK_CHECKER_HEAD), (NOTHING, Steps.CLERK_HEAD)),
    ActKind.PAYMENT_REVERSAL: (
        (CHECKED_FROM, Steps.CLERK_CHECKER_HEAD),
        (NOTHING, Steps.CLERK_HEAD),
    ),
}
"""Where nobody set anything, highest amount first. Assumed: no source gives amounts or steps."""


class SettingEntry(BaseModel):
    """步骤设置。"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    organisation_id: UUID | None = Field(None, description="机构 id；空为全系统")
    kind: ActKind = Field(description="事项种类")
    from_amount: YuanFrom = Field(NOTHING, description="起始金额，元；不涉及金额的事项为 0")
    steps: Steps = Field(description="步骤")
    valid_from: Day = Field(description="生效日期，不早于今日")
    reason: line(500) = Field("", description="原因；取消审批步骤时必须填写")  # type: ignore[valid-type]
    replaces: UUID | None = Field(None, description="所替换的设置 id；新增时为空")


def steps_of(
    session: Session, organisation_id: UUID, kind: ActKind, amount: Decimal | None, today: date
) -> Steps:
    """The steps of an act of ``amount`` yuan entered today, by one statement.

    The nearest organisation upwards that says anything of this amount decides; in it the highest
    threshold not above the amount, and of that the setting that began last.
    """
    yuan = amount or NOTHING
    above = select(OrganisationAncestor.ancestor_id).where(
        OrganisationAncestor.organisation_id == organisation_id
    )
    found = session.scalar(
        select(StepSetting.steps)
        .where(
            StepSetting.kind == kind,
            StepSetting.ended_at.is_(None),
            StepSetting.valid_from <= today,
            StepSetting.from_amount <= yuan,
            or_(StepSetting.organisation_id.is_(None), StepSetting.organisation_id.in_(above)),
        )
        .order_by(
            _depth().desc(),
            StepSetting.from_amount.desc(),
            StepSetting.valid_from.desc(),
            StepSetting.id.desc(),
        )
        .limit(1)
    )
    return found or next(steps for least, steps in DEFAULTS[kind] if yuan >= least)


def settings_of(session: Session, actor: Actor, wanted: SettingsWanted) -> Page[SettingOut]:
    """The settings that stand for the actor's organisations and for the whole service."""
    statement: Any = _open(actor)
    if wanted.organisation:
        statement = statement.where(StepSetting.organisation_id == wanted.organisation)
    return fetch_page(session, statement, [StepSetting.id], wanted, _out)


def setting(session: Session, actor: Actor, key: UUID) -> StepSetting:
    """One that stands; raises ``NotFoundError``."""
    found = session.scalars(_open(actor).where(StepSetting.id == key)).first()
    if found is None:
        raise NotFoundError("没有这项步骤设置，或不在您的管理范围内")
    return found


def organisations_to_set(session: Session, actor: Actor) -> list[Organisation]:
    """The organisations whose steps the actor sets, in the order of their codes."""
    return list(
        session.scalars(
            select(Organisation)
            .where(_settable(actor, Organisation.id))
            .order_by(Organisation.code)
            .limit(MOST)
        )
    )


def set_steps(
    session: Session, actor: Actor, entry: SettingEntry, today: date, now: datetime
) -> StepSetting:
    """Write a setting in place of the latest of its organisation, kind and amount.

    Raises ``InputError``, and ``ConflictError`` when the latest is not the one it replaces.
    """
    wait_for_lock(session, _LOCK)
    _allow(session, actor, entry.organisation_id)
    if entry.valid_from < today:
        raise InputError("valid_from", f"不能早于今日 {today}：已提出的事项按当时的设置办理")
    if entry.from_amount and entry.kind not in MONEY_KINDS:
        raise InputError("from_amount", "这种事项不涉及金额，起始金额应为 0")
    if entry.steps is Steps.CLERK and not entry.reason:
        raise InputError("reason", "取消审批步骤须写明原因，记入审计")
    standing = session.scalars(
        select(StepSetting)
        .where(
            StepSetting.organisation_id.is_not_distinct_from(entry.organisation_id),
            StepSetting.kind == entry.kind,
            StepSetting.from_amount == entry.from_amount,
            StepSetting.ended_at.is_(None),
        )
        .order_by(StepSetting.valid_from, StepSetting.id)
    ).all()
    if (standing[-1].id if standing else None) != entry.replaces:
        raise ConflictError("这一机构、事项和金额已有别的设置，或已被别人修改；请看最新设置后再改")
    for row in standing:
        # What counts today goes on counting until a later day's setting begins.
        if entry.valid_from == today or row.valid_from >= entry.valid_from:
            _end(row, actor, now)
    named = ("organisation_id", "kind", "from_amount", "steps", "valid_from", "reason")
    added = StepSetting(
        **{name: getattr(entry, name) for name in named}, recorded_at=now, recorded_by=actor.name
    )
    session.add(added)
    session.flush()
    return added


def end_steps(
    session: Session, actor: Actor, key: UUID, version: int, now: datetime
) -> StepSetting:
    """End a setting, so that what stands above counts; raises ``ConflictError`` when it changed."""
    wait_for_lock(session, _LOCK)
    row = setting(session, actor, key)
    _allow(session, actor, row.organisation_id)
    if row.version != version:
        raise ConflictError("这项设置已被别人修改；请看最新设置后再改")
    _end(row, actor, now)
    session.flush()
    return row


def sets_everywhere(actor: Actor) -> bool:
    """The security administrator, and who is not bound at all, sets the steps of everybody."""
    return actor.everything or actor.holds(Role.SECURITY_ADMIN)


def _open(actor: Actor) -> Select[StepSetting]:
    return (
        select(StepSetting)
        .options(joinedload(StepSetting.organisation))
        .where(
            StepSetting.ended_at.is_(None),
            or_(
                StepSetting.organisation_id.is_(None),
                _settable(actor, StepSetting.organisation_id),
            ),
        )
    )


def _out(row: AnyRow) -> SettingOut:
    return SettingOut.of(row[0])


def _settable(
    actor: Actor, organisation: InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None]
) -> ColumnElement[bool]:
    if sets_everywhere(actor):
        return true()
    return organisation.in_(organisations_in(actor.scope(Permission.STEPS_WRITE)))


def _allow(session: Session, actor: Actor, organisation_id: UUID | None) -> None:
    """Raises ``InputError``: an organisation that is not there is not told from one out of reach."""
    if organisation_id is None:
        allowed = sets_everywhere(actor)
    else:
        allowed = (
            session.scalar(
                select(Organisation.id).where(
                    Organisation.id == organisation_id, _settable(actor, Organisation.id)
                )
            )
            is not None
        )
    if not allowed:
        raise InputError(
            "organisation_id", "只能设置本单位及下级单位的步骤；全系统由安全管理员设置"
        )


def _end(row: StepSetting, actor: Actor, now: datetime) -> None:
    row.ended_at, row.ended_by, row.version = now, actor.name, row.version + 1


def _depth() -> ColumnElement[int]:
    """How deep in the tree the setting's organisation lies; 0 for the whole service."""
    return (
        select(func.count())
        .select_from(OrganisationAncestor)
        .where(OrganisationAncestor.organisation_id == StepSetting.organisation_id)
        .scalar_subquery()
    )
