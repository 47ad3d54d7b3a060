"""The checklists of a contract and the mid-year monitoring as kinds of the file."""

from contracts.checks.entries import (
    ClauseCheckEntry,
    ManagementCheckEntry,
    NegativeCheckEntry,
    PerformanceMonitoringEntry,
    SubcontractingCheckEntry,
)
from contracts.checks.models import (
    CLAUSES,
    HANDED_ON,
    MANAGEMENT,
    NEGATIVES,
    ClauseCheck,
    HandingOn,
    ManagementCheck,
    NegativeCheck,
    Outlook,
    PerformanceMonitoring,
    SubcontractingCheck,
)
from contracts.checks.rules import (
    check_clauses,
    check_handing_on,
    check_management,
    check_monitoring,
    check_negatives,
)
from contracts.records.kinds import Owner, RecordKind
from contracts.supervision.capacity import refuse_strange_name
from contracts.supervision.references import SUPERVISOR
from kernel.access.permissions import Permission

GROUP = "核查清单与监控"
_CHECKER = {"organisation_id": SUPERVISOR}
_ONCE_A_DAY = ("organisation_id", "checked_on")

CLAUSE_CHECKS = RecordKind(
    name="clause_checks",
    title="合同条款清单",
    group=GROUP,
    owner=Owner.CONTRACT,
    model=ClauseCheck,
    entry=ClauseCheckEntry,
    write=Permission.SUPERVISION_WRITE,
    day="checked_on",
    columns=("checked_on", *CLAUSES),
    natural_key=_ONCE_A_DAY,
    references=_CHECKER,
    allowed=refuse_strange_name,
    rules=check_clauses,
    empty="还没有核对合同条款。八项内容逐项核对：有没有，在第几条。",
)
SUBCONTRACTING_CHECKS = RecordKind(
    name="subcontracting_checks",
    title="转包核查",
    group=GROUP,
    owner=Owner.CONTRACT,
    model=SubcontractingCheck,
    entry=SubcontractingCheckEntry,
    write=Permission.SUPERVISION_WRITE,
    day="checked_on",
    columns=("checked_on", *HANDED_ON, "conclusion", "settled_on"),
    natural_key=_ONCE_A_DAY,
    words={
        HandingOn: {
            HandingOn.NONE: "未发现转包",
            HandingOn.AGREED: "合同约定的分包",
            HandingOn.SUSPECTED: "疑似转包",
            HandingOn.FOUND: "发现转包",
        }
    },
    references=_CHECKER,
    follows={"settled_on": ()},
    allowed=refuse_strange_name,
    rules=check_handing_on,
    empty="还没有转包核查。服务期内至少核查一次，人员、设备、成果、收款逐项核实。",
)
MANAGEMENT_CHECKS = RecordKind(
    name="management_checks",
    title="实施管理核查",
    group=GROUP,
    owner=Owner.CONTRACT,
    model=ManagementCheck,
    entry=ManagementCheckEntry,
    write=Permission.SUPERVISION_WRITE,
    day="checked_on",
    columns=("checked_on", *MANAGEMENT),
    natural_key=_ONCE_A_DAY,
    references=_CHECKER,
    allowed=refuse_strange_name,
    rules=check_management,
    empty="还没有核查。制度、领导机制、台账、接受监督四项逐项写明。",
)
NEGATIVE_CHECKS = RecordKind(
    name="negative_checks",
    title="负面清单核查",
    group=GROUP,
    owner=Owner.CONTRACT,
    model=NegativeCheck,
    entry=NegativeCheckEntry,
    write=Permission.SUPERVISION_WRITE,
    day="checked_on",
    columns=("checked_on", *NEGATIVES),
    natural_key=_ONCE_A_DAY,
    references=_CHECKER,
    allowed=refuse_strange_name,
    rules=check_negatives,
    empty="还没有核查。四种情形逐项写明存在或不存在。",
)
PERFORMANCE_MONITORINGS = RecordKind(
    name="performance_monitorings",
    title="绩效执行监控",
    group=GROUP,
    owner=Owner.CONTRACT,
    model=PerformanceMonitoring,
    entry=PerformanceMonitoringEntry,
    write=Permission.SUPERVISION_WRITE,
    day="monitored_on",
    columns=(
        "period_to", "monitored_on", "budget", "executed", "outputs_planned", "outputs_done",
        "outlook",
    ),
    natural_key=("period_to",),
    words={
        Outlook: {
            Outlook.CERTAIN: "确定能完成",
            Outlook.POSSIBLE: "有可能完成",
            Outlook.IMPOSSIBLE: "完全不可能完成",
        }
    },
    references=_CHECKER,
    allowed=refuse_strange_name,
    rules=check_monitoring,
    empty="还没有绩效执行监控表。一般每年 8 月，对照全年目标看资金和产出到了哪里。",
)  # fmt: skip
KINDS = (
    CLAUSE_CHECKS,
    SUBCONTRACTING_CHECKS,
    MANAGEMENT_CHECKS,
    NEGATIVE_CHECKS,
    PERFORMANCE_MONITORINGS,
)
