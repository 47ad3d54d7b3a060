"""What refuses an act of supervision. Facts of old ledgers are recorded all the same."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from contracts.hazards.models import Hazard, HazardLevel
from contracts.records.day_rules import refuse_ahead, refuse_alone, refuse_before
from contracts.records.kinds import Entering
from contracts.supervision.capacity import contract_of
from contracts.supervision.models import CauseKind
from kernel.errors import InputError

_WORK_SAFETY_LAW = "安全生产法第四十一条"


def check_supervision(entering: Entering) -> None:
    """After signing; what is asked for has a deadline, and is answered later."""
    entry = entering.entry
    refuse_before(entry, "checked_on", contract_of(entering).signed_on, "签订合同")
    refuse_before(entry, "answer_due_on", entry.checked_on, "检查")
    refuse_alone(
        entry, "asked_for", "answer_due_on", "提出了整改要求，须写明答复期限，否则无从督办"
    )
    refuse_alone(entry, "answer_due_on", "asked_for", "写了答复期限，须写明要求整改什么")
    refuse_alone(entry, "answered", "answered_on", "写了答复情况，须写明哪天答复的")
    refuse_alone(entry, "answered_on", "answered", "写了答复日期，须写明答复情况")
    refuse_alone(entry, "answered_on", "asked_for", "没有整改要求，无从答复")
    refuse_ahead(entry, entering.today, "answered_on")
    refuse_before(entry, "answered_on", entry.checked_on, "检查")


def check_penalty(entering: Entering) -> None:
    """Somebody was penalised, and not before the hazards behind it were found."""
    entry = entering.entry
    if not any((entry.enterprise_id, entry.enterprises, entry.persons)):
        message = "须写明处罚了谁：企业、企业数或人数至少一项"
        raise InputError("enterprises", message)
    if entry.enterprise_id is not None and entry.enterprises == 0:
        raise InputError("enterprises", "写明了被处罚企业，企业数不能为 0")
    found = _last_found(entering, entry.hazard_ids)
    refuse_before(entry, "decided_on", found, "查出所依据的隐患")


def check_listed_hazard(entering: Entering) -> None:
    """Only a major hazard is listed (安全生产法 41), and none is lifted before it is closed."""
    entry = entering.entry
    if entry.hazard_id is None and not entry.described:
        raise InputError("hazard_id", "须选定隐患，或在“隐患情况”中写明")
    refuse_before(entry, "lift_by", entry.listed_on, "挂牌")
    refuse_before(entry, "lifted_on", entry.listed_on, "挂牌")
    refuse_ahead(entry, entering.today, "lifted_on")
    refuse_alone(entry, "lifted_on", "lift_document", "摘牌须写明文号")
    refuse_alone(entry, "lift_document", "lifted_on", "写了摘牌文号，须写明摘牌日期")
    if entry.hazard_id is not None:
        _check_hazard(entering)


def check_unresolved_cause(entering: Entering) -> None:
    """A cause of no kind is told in words, and settled after it was noted."""
    entry = entering.entry
    if entry.cause_kind is CauseKind.OTHER and not entry.cause:
        raise InputError("cause", "类别为“其他”的，须写明原因")
    if entry.hazard_id is not None and entry.problems not in (None, 1):
        raise InputError("problems", "选定了一条隐患，问题数应为 1")
    refuse_before(entry, "settle_by", entry.noted_on, "分析")
    refuse_before(entry, "settled_on", entry.noted_on, "分析")
    refuse_ahead(entry, entering.today, "settled_on")


def _check_hazard(entering: Entering) -> None:
    entry = entering.entry
    level, found_on, verified_on = entering.session.execute(
        select(Hazard.level, Hazard.found_on, Hazard.verified_on).where(
            Hazard.id == entry.hazard_id
        )
    ).one()
    if level is not HazardLevel.MAJOR:
        raise InputError("hazard_id", f"这条是一般隐患；挂牌督办的是重大隐患（{_WORK_SAFETY_LAW}）")
    refuse_before(entry, "listed_on", found_on, "查出隐患")
    if entry.lifted_on is not None and (verified_on is None or verified_on > entry.lifted_on):
        told = f"{verified_on} 才销号" if verified_on else "还没有销号"
        message = f"隐患{told}；治理完成、复查销号之后才能摘牌（{_WORK_SAFETY_LAW}）"
        raise InputError("lifted_on", message)


def _last_found(entering: Entering, hazard_ids: Sequence[UUID]) -> date | None:
    if not hazard_ids:
        return None
    statement = select(func.max(Hazard.found_on)).where(Hazard.id.in_(hazard_ids))
    return entering.session.scalar(statement)
