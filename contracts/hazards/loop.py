"""排查—交办—整改—复查—销号: where a hazard stands on a day, who holds it, what may come next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from contracts.hazards.models import HazardLevel, HazardStep
from contracts.hazards.words import ASSURANCES, HazardState, Holder
from kernel.errors import ConflictError, InputError

MAJOR_NEEDS: Final = (
    "重大隐患须落实责任、资金、时限、措施、预案后方可销号"
    "（《安全生产事故隐患排查治理暂行规定》第十五条）"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """The dates that hold of a hazard; None: not yet, or not known."""

    found_on: date
    assigned_on: date | None = None
    deadline: date | None = None
    rectified_on: date | None = None
    rechecked_on: date | None = None
    verified_on: date | None = None


def _by(day: date | None, as_of: date) -> bool:
    return day is not None and day <= as_of


def state_on(held: Standing, as_of: date) -> HazardState:
    """待整改 / 逾期 / 待复查 / 已销号 on a day that is not before it was found.

    The deadline's own day is still in time. A hazard rectified late is no longer overdue.
    """
    if _by(held.verified_on, as_of):
        return HazardState.VERIFIED
    if _by(held.rectified_on, as_of):
        return HazardState.TO_VERIFY
    if held.deadline is not None and held.deadline < as_of:
        return HazardState.OVERDUE
    return HazardState.TO_RECTIFY


def holder_on(held: Standing, as_of: date) -> Holder:
    """Who has to do something next: hand over, rectify, recheck or close.

    A hazard with a deadline has been handed over: the notice that sets it does so.
    """
    state = state_on(held, as_of)
    if state is HazardState.VERIFIED:
        return Holder.NOBODY
    if state is HazardState.TO_VERIFY:
        return Holder.PURCHASER if _by(held.rechecked_on, as_of) else Holder.VENDOR
    handed_over = _by(held.assigned_on, as_of) or held.deadline is not None
    return Holder.ENTERPRISE if handed_over else Holder.PURCHASER


def steps_on(held: Standing, level: HazardLevel, as_of: date) -> Sequence[HazardStep]:
    """The steps that may come next, the usual one first; a general hazard may skip 复查."""
    state, holder = state_on(held, as_of), holder_on(held, as_of)
    if state is HazardState.VERIFIED:
        return (HazardStep.REOPENED,)
    if state is HazardState.TO_VERIFY and holder is Holder.PURCHASER:
        return (HazardStep.VERIFIED, HazardStep.REOPENED)
    if state is HazardState.TO_VERIFY:
        short = () if level is HazardLevel.MAJOR else (HazardStep.VERIFIED,)
        return (HazardStep.RECHECKED, *short, HazardStep.REOPENED)
    if holder is Holder.PURCHASER:
        return (HazardStep.ASSIGNED, HazardStep.RECTIFIED)
    longer = () if held.deadline is None else (HazardStep.EXTENDED,)
    return (HazardStep.RECTIFIED, *longer)


@dataclass(frozen=True, slots=True)
class Taken:
    """A step as somebody takes it; ``deadline`` is the new one."""

    kind: HazardStep
    day: date
    deadline: date | None = None
    approved_by: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A hazard that a step is taken on: what holds of it, and when its last step was."""

    held: Standing
    level: HazardLevel
    last_day: date
    assurances: Mapping[str, str]


def judge(case: Case, step: Taken, today: date) -> None:
    """Refuse a step that breaks a rule.

    Raises ``ConflictError`` for a step that is not next, ``InputError`` naming the field for a day
    out of order, a deadline that does not fit, an extension nobody approved, a major hazard without
    五落实, and 退回整改 without a reason.
    """
    if step.day > today:
        raise InputError("day", f"日期不能晚于业务日期 {today}")
    if step.day < case.held.found_on:
        raise InputError("day", f"日期不能早于排查日期 {case.held.found_on}")
    if step.day < case.last_day:
        raise InputError("day", f"日期不能早于上一步的日期 {case.last_day}")
    if step.kind not in steps_on(case.held, case.level, today):
        raise ConflictError("这条隐患现在不能办理这一步，请看最新的办理经过")
    _judge_deadline(case, step)
    if step.kind is HazardStep.EXTENDED and not step.approved_by:
        raise InputError("approved_by", "延期须经批准，请填写批准人")
    if step.kind in (HazardStep.EXTENDED, HazardStep.REOPENED) and not step.remark:
        raise InputError("remark", "请写明原因")
    if step.kind is HazardStep.VERIFIED and case.level is HazardLevel.MAJOR:
        _judge_assurances(case)


def _judge_deadline(case: Case, step: Taken) -> None:
    if step.kind not in (HazardStep.ASSIGNED, HazardStep.EXTENDED, HazardStep.REOPENED):
        return
    if step.deadline is None:
        raise InputError("deadline", "请填写整改期限")
    if step.deadline < step.day:
        raise InputError("deadline", f"整改期限不能早于办理日期 {step.day}")
    former = case.held.deadline
    if step.kind is HazardStep.EXTENDED and former is not None and step.deadline <= former:
        raise InputError("deadline", f"延期后的期限须晚于原期限 {former}")


def _judge_assurances(case: Case) -> None:
    for name, label in ASSURANCES.items():
        if not case.assurances.get(name):
            raise InputError(name, f"{label}未填写；{MAJOR_NEEDS}")


def after(held: Standing, step: Taken) -> Standing:
    """What holds once the step is taken. 退回整改 takes back 整改, 复查 and 销号."""
    dates = {name: getattr(held, name) for name in Standing.__slots__}
    if step.kind is HazardStep.REOPENED:
        dates |= dict.fromkeys(("rectified_on", "rechecked_on", "verified_on"))
    if step.deadline is not None:
        dates["deadline"] = step.deadline
    if step.kind in (HazardStep.ASSIGNED, HazardStep.REOPENED):
        dates["assigned_on"] = step.day
    column = _DATED.get(step.kind)
    if column is not None:
        dates[column] = step.day
    return Standing(**dates)


_DATED: Final = {
    HazardStep.RECTIFIED: "rectified_on",
    HazardStep.RECHECKED: "rechecked_on",
    HazardStep.VERIFIED: "verified_on",
}
ENDS: Final = (HazardStep.EXTENDED, HazardStep.REOPENED)
"""Steps after which a past day is no longer answered by the hazard's own row."""
