"""What refuses a rule, a yearly plan, an approval document or an outcome."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import select

from contracts.library.models import DocumentKind, OutcomeMeasure
from contracts.library.sight import led_programmes
from contracts.models import Programme
from contracts.records.day_rules import (
    refuse_ahead,
    refuse_alone,
    refuse_before,
    refuse_mending,
)
from contracts.records.kinds import Entering
from contracts.supervision.capacity import WRITE, works_in
from kernel.errors import InputError
from kernel.shares import PLACES


def check_regulation(entering: Entering) -> None:
    """A rule ends after it began."""
    refuse_before(entering.entry, "in_force_to", entering.entry.in_force_from, "施行")


def check_yearly_plan(entering: Entering) -> None:
    """Returned or recognised after it was filed, and not both. Late is recorded."""
    entry = entering.entry
    refuse_ahead(entry, entering.today, "returned_on", "approved_on")
    refuse_before(entry, "returned_on", entry.filed_on, "报送")
    refuse_before(entry, "approved_on", entry.filed_on, "报送")
    if entry.returned_on is not None and entry.approved_on is not None:
        raise InputError("returned_on", "一版方案要么退回，要么认可；退回后重报的另登记一版")


def refuse_other_decider(entering: Entering) -> None:
    """The lead alone returns or recognises a yearly plan."""
    entry = entering.entry
    if _decided(entry) != _decided(entering.record) and not works_in(
        entering.session, entering.actor, entry.lead_id
    ):
        field = "approved_on" if entry.approved_on is not None else "returned_on"
        raise InputError(field, "年度服务方案由牵头单位退回或认可，您不在牵头单位任职")


def check_approval_document(entering: Entering) -> None:
    """Money has its paper, and what is to be mended its order."""
    entry = entering.entry
    if entry.kind is DocumentKind.BUDGET_RELEASE:
        refuse_alone(entry, "kind", "document_number", "指标文须写明文号")
        refuse_alone(entry, "kind", "amount", "指标文须写明金额")
    refuse_alone(entry, "amount_city", "amount", "写了市级承担的金额，须写明总金额")
    if entry.amount_city is not None and entry.amount_city > entry.amount:
        raise InputError("amount_city", f"市级承担的不能超过总金额 {entry.amount} 元")
    refuse_alone(entry, "mending_done", "mended_on", "写了整改情况，须写明整改完成日期")
    refuse_mending(entry, entering.today, entry.issued_on, "发文")


def check_outcome(entering: Entering) -> None:
    """A figure for a period that is over; a percent that follows from its own counts."""
    entry = entering.entry
    refuse_before(entry, "period_to", entry.period_from, "开始")
    refuse_before(entry, "reported_on", entry.period_to, "到期间止")
    refuse_ahead(entry, entering.today, "reported_on")
    if entry.measure is OutcomeMeasure.FINES:
        refuse_alone(entry, "measure", "amount", "罚没金额写在“金额”中，单位为元")
    elif entry.value is None and entry.reduction is None:
        raise InputError("value", "本期数和减少幅度至少写明一项")
    printed, follows = entry.reduction, fallen(entry.baseline, entry.value)
    if printed is not None and follows is not None:
        places = -min(0, int(printed.as_tuple().exponent))
        if _rounded(follows, places) != printed:
            message = (
                f"由 {entry.baseline} 到 {entry.value}，减少 {_rounded(follows, 2)} %，与填写的不符"
            )
            raise InputError("reduction", message)


def refuse_other_than_lead(entering: Entering) -> None:
    """The programme's lead alone enters its papers and outcomes."""
    led = select(Programme.id).where(
        Programme.id == entering.entry.programme_id, led_programmes(entering.actor, WRITE)
    )
    if entering.session.scalar(led) is None:
        raise InputError("programme_id", "只有项目的牵头单位登记批复、指标文件和成效")


def fallen(baseline: int | None, value: int | None) -> Decimal | None:
    """By what percent ``value`` lies below ``baseline``; negative when it rose, None when unknown."""
    if baseline is None or value is None or baseline == 0:
        return None
    return _rounded(Decimal(baseline - value) * 100 / baseline, PLACES)


def _rounded(percent: Decimal, places: int) -> Decimal:
    return percent.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _decided(plan: Any | None) -> tuple[date | None, date | None]:
    return (None, None) if plan is None else (plan.returned_on, plan.approved_on)
