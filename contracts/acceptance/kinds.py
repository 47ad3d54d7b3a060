"""验收 and 服务报告 as kinds of the file."""

from contracts.acceptance.entries import AcceptanceEntry, ServiceReportEntry
from contracts.acceptance.models import (
    Acceptance,
    AcceptanceKind,
    Conclusion,
    ReportKind,
    ServiceReport,
)
from contracts.acceptance.passed import tell_who_waits
from contracts.acceptance.rules import check_acceptance, check_service_report, refuse_other_decider
from contracts.records.kinds import Owner, RecordKind
from kernel.access.permissions import Permission

GROUP = "验收"
CONCLUSIONS = {
    Conclusion.PASSED: "合格",
    Conclusion.CONDITIONAL: "整改后合格",
    Conclusion.FAILED: "不合格",
}
_MENDED = {"mended_on": ()}
_MEND_BY = {"mend_by": "mended_on"}

ACCEPTANCES = RecordKind(
    name="acceptances",
    title="验收",
    group=GROUP,
    owner=Owner.CONTRACT,
    model=Acceptance,
    entry=AcceptanceEntry,
    write=Permission.SUPERVISION_WRITE,
    day="planned_on",
    columns=(
        "number", "kind", "stage", "held_on", "team_size", "served_took_part", "conclusion",
        "signed_on", "mend_by", "mended_on",
    ),
    natural_key=("number",),
    words={
        AcceptanceKind: {AcceptanceKind.STAGE: "阶段验收", AcceptanceKind.FINAL: "最终验收"},
        Conclusion: CONCLUSIONS,
    },
    follows={
        "held_on": (
            "team_size", "team_units", "served_took_part", "served_opinion", "conclusion",
            "mending_asked", "mend_by",
        ),
        "signed_on": (),
        **_MENDED,
    },
    deadlines=_MEND_BY,
    rules=check_acceptance,
    after=tell_who_waits,
    empty="还没有验收。先登记验收方案，验收后补登验收组、服务对象意见、结论和签字日期。",
)  # fmt: skip
SERVICE_REPORTS = RecordKind(
    name="service_reports",
    title="服务报告",
    group=GROUP,
    owner=Owner.CONTRACT,
    model=ServiceReport,
    entry=ServiceReportEntry,
    write=Permission.SUPERVISION_WRITE,
    day="submitted_on",
    columns=(
        "kind", "number", "title", "submitted_on", "decided_on", "conclusion", "mend_by",
        "mended_on",
    ),
    natural_key=("kind", "number"),
    words={
        ReportKind: {
            ReportKind.TECHNICAL: "安全技术服务报告",
            ReportKind.ASSESSMENT: "服务工作评估报告",
        },
        Conclusion: CONCLUSIONS,
    },
    follows={"decided_on": ("conclusion", "mending_asked", "mend_by"), **_MENDED},
    deadlines=_MEND_BY,
    allowed=refuse_other_decider,
    rules=check_service_report,
    empty="还没有报送。《安全技术服务报告》和服务工作评估报告须在服务期满前报牵头单位。",
)  # fmt: skip
KINDS = (ACCEPTANCES, SERVICE_REPORTS)
