"""制度, 年度服务方案, 批复与指标文件 and 成效 as kinds of the file."""

from contracts.library.entries import (
    ApprovalDocumentEntry,
    OutcomeFactEntry,
    RegulationEntry,
    YearlyPlanEntry,
)
from contracts.library.models import (
    ApprovalDocument,
    DocumentKind,
    OutcomeFact,
    OutcomeMeasure,
    Regulation,
    RegulationKind,
    YearlyPlan,
)
from contracts.library.rules import (
    check_approval_document,
    check_outcome,
    check_regulation,
    check_yearly_plan,
    refuse_other_decider,
    refuse_other_than_lead,
)
from contracts.library.sight import (
    documents_seen,
    led_programmes,
    outcomes_seen,
    planning_organisations,
    regulations_seen,
    yearly_plans_seen,
)
from contracts.records.kinds import Owner, RecordKind
from contracts.supervision.references import LEAD
from kernel.access.permissions import Permission

GROUP = "制度、方案与批复"

REGULATIONS = RecordKind(
    name="regulations",
    title="制度",
    group=GROUP,
    owner=Owner.ORGANISATION,
    model=Regulation,
    entry=RegulationEntry,
    write=Permission.SUPERVISION_WRITE,
    read=Permission.CONTRACTS_READ,
    seen=regulations_seen,
    day="issued_on",
    columns=("kind", "title", "document_number", "issued_on", "in_force_from", "in_force_to"),
    natural_key=("title", "issued_on"),
    words={
        RegulationKind: {
            RegulationKind.PURCHASE: "购买服务管理",
            RegulationKind.WORK_PLAN: "工作方案",
            RegulationKind.FINANCE: "财务管理",
            RegulationKind.SPECIAL_FUNDS: "专项资金管理",
            RegulationKind.SPENDING_APPROVAL: "支出审批",
            RegulationKind.SUPERVISION: "督促检查",
            RegulationKind.ASSESSMENT: "考核评估",
            RegulationKind.ACCEPTANCE: "验收结算",
            RegulationKind.VENDOR_ADMISSION: "承接主体准入",
            RegulationKind.FILES: "档案管理",
            RegulationKind.OTHER: "其他",
        }
    },
    rules=check_regulation,
    empty="还没有登记制度。财务管理、购买服务、考核评估等制度登记后，能看到本单位合同的人都能查到。",
)
YEARLY_PLANS = RecordKind(
    name="yearly_plans",
    title="年度服务方案",
    group=GROUP,
    owner=Owner.ORGANISATION,
    model=YearlyPlan,
    entry=YearlyPlanEntry,
    write=Permission.SUPERVISION_WRITE,
    read=Permission.CONTRACTS_READ,
    seen=yearly_plans_seen,
    owners=planning_organisations,
    day="filed_on",
    columns=(
        "plan_year", "number", "title", "lead_id", "budget", "filed_on", "returned_on",
        "approved_on",
    ),
    natural_key=("plan_year", "number"),
    references={"lead_id": LEAD},
    follows={"returned_on": (), "approved_on": ()},
    allowed=refuse_other_decider,
    rules=check_yearly_plan,
    empty="还没有报送。各部门每年 9 月 30 日前向牵头单位报送下一年度购买服务方案。",
)  # fmt: skip
APPROVAL_DOCUMENTS = RecordKind(
    name="approval_documents",
    title="批复与指标文件",
    group=GROUP,
    owner=Owner.PROGRAMME,
    model=ApprovalDocument,
    entry=ApprovalDocumentEntry,
    write=Permission.SUPERVISION_WRITE,
    read=Permission.MONEY_READ,
    seen=documents_seen,
    owners=led_programmes,
    day="issued_on",
    columns=(
        "kind", "title", "document_number", "issuer", "issued_on", "amount", "mend_by",
        "mended_on",
    ),
    natural_key=("kind", "title", "issued_on"),
    words={
        DocumentKind: {
            DocumentKind.INSPECTION_OPINION: "监察、审查意见",
            DocumentKind.REQUEST: "请示、申请",
            DocumentKind.APPROVAL: "批复",
            DocumentKind.FINANCE_REPORT: "财政办理报告",
            DocumentKind.PROJECT_PLAN: "项目实施方案",
            DocumentKind.BUDGET_RELEASE: "指标文",
            DocumentKind.COST_SHARES: "资金分担文件",
            DocumentKind.CATALOGUE: "购买目录与负面清单",
            DocumentKind.RESOLUTION: "会议纪要",
            DocumentKind.OTHER: "其他",
        }
    },
    follows={"mended_on": ("mending_done",)},
    deadlines={"mend_by": "mended_on"},
    allowed=refuse_other_than_lead,
    rules=check_approval_document,
    empty="还没有登记。请示、批复、财政下达的指标文和要求整改的审查意见登记在此。",
)  # fmt: skip
OUTCOME_FACTS = RecordKind(
    name="outcome_facts",
    title="成效",
    group=GROUP,
    owner=Owner.PROGRAMME,
    model=OutcomeFact,
    entry=OutcomeFactEntry,
    write=Permission.SUPERVISION_WRITE,
    seen=outcomes_seen,
    owners=led_programmes,
    day="period_to",
    columns=(
        "measure", "sectors", "period_from", "period_to", "value", "baseline", "reduction",
        "amount",
    ),
    natural_key=("measure", "sectors", "period_from", "period_to"),
    words={
        OutcomeMeasure: {
            OutcomeMeasure.CASUALTIES: "事故伤亡人数",
            OutcomeMeasure.DEATHS: "事故死亡人数",
            OutcomeMeasure.ACCIDENTS: "事故起数",
            OutcomeMeasure.HAZARDS_FOUND: "排查隐患数",
            OutcomeMeasure.MAJOR_HAZARDS: "重大事故隐患数",
            OutcomeMeasure.ENTERPRISES_PENALISED: "立案处罚企业数",
            OutcomeMeasure.PERSONS_PENALISED: "处罚人数",
            OutcomeMeasure.FINES: "罚没金额",
        }
    },
    allowed=refuse_other_than_lead,
    rules=check_outcome,
    empty="还没有登记成效。伤亡、事故等数字按期间登记，与上年同期比较。",
)  # fmt: skip
KINDS = (REGULATIONS, YEARLY_PLANS, APPROVAL_DOCUMENTS, OUTCOME_FACTS)
