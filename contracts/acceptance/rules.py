"""What refuses an acceptance: 政府采购法 41, its 实施条例 45, and the duties of the lead bureau."""

from datetime import date
from typing import Any

from contracts.acceptance.models import Conclusion
from contracts.records.day_rules import (
    refuse_ahead,
    refuse_alone,
    refuse_before,
    refuse_mending,
)
from contracts.records.kinds import Entering
from contracts.supervision.capacity import contract_of, refuse_other_than_lead
from kernel.errors import InputError

_SIGNED = "政府采购法第四十一条"
_SERVED = "政府采购法实施条例第四十五条"


def check_acceptance(entering: Entering) -> None:
    """Planned, held, signed by the team, with those served; what is not in order is to be mended."""
    entry = entering.entry
    contract = contract_of(entering)
    refuse_ahead(entry, entering.today, "held_on", "signed_on")
    refuse_before(entry, "held_on", contract.service_start, "开始服务")
    refuse_before(entry, "held_on", entry.planned_on, "制定验收方案")
    refuse_before(entry, "signed_on", entry.held_on, "验收")
    if entry.conclusion is None:
        refuse_alone(entry, "signed_on", "conclusion", "验收书已签字，须写明结论")
    else:
        _check_concluded(entry)
    refuse_mending(entry, entering.today, entry.held_on, "验收")
    _check_mending(entry)


def check_service_report(entering: Entering) -> None:
    """Handed in after service began; decided once, not before it came."""
    entry = entering.entry
    refuse_before(entry, "submitted_on", contract_of(entering).service_start, "开始服务")
    refuse_before(entry, "decided_on", entry.submitted_on, "报送")
    refuse_ahead(entry, entering.today, "decided_on")
    refuse_alone(entry, "conclusion", "decided_on", "写了验收结论，须写明验收日期")
    refuse_alone(entry, "decided_on", "conclusion", "写了验收日期，须写明验收结论")
    refuse_mending(entry, entering.today, entry.decided_on, "验收")
    _check_mending(entry)


def refuse_other_decider(entering: Entering) -> None:
    """The lead bureau alone accepts a report (Hami report, duties)."""
    if _decision(entering.entry) != _decision(entering.record):
        message = "《安全技术服务报告》和评估报告由牵头单位验收，您不在这份合同的牵头单位任职"
        refuse_other_than_lead(entering, "conclusion", message)


def _decision(report: Any | None) -> tuple[date | None, Conclusion | None]:
    return (None, None) if report is None else (report.decided_on, report.conclusion)


def _check_concluded(entry: Any) -> None:
    if entry.held_on is None:
        raise InputError("held_on", "有验收结论，须写明验收日期")
    if entry.signed_on is None:
        raise InputError("signed_on", f"验收组成员应在验收书上签字后才有结论（{_SIGNED}）")
    if entry.team_size is None:
        raise InputError("team_size", f"须写明验收组人数，成员对验收书负责（{_SIGNED}）")
    if entry.served_took_part is None:
        message = f"须写明是否邀请了服务对象参与（{_SERVED}）"
        raise InputError("served_took_part", message)
    if entry.served_took_part and not entry.served_opinion:
        raise InputError("served_opinion", f"服务对象参与的，须写明其意见（{_SERVED}）")


def _check_mending(entry: Any) -> None:
    if entry.conclusion in (Conclusion.CONDITIONAL, Conclusion.FAILED):
        refuse_alone(entry, "conclusion", "mending_asked", "结论不是合格的，须写明要求整改什么")
        refuse_alone(entry, "conclusion", "mend_by", "结论不是合格的，须写明整改期限")
