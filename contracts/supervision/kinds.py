"""督促检查, 行政处罚, 挂牌督办 and 未解决问题原因 as kinds of the file."""

from contracts.records.kinds import Owner, RecordKind
from contracts.service_models import SupervisionRecord
from contracts.supervision.capacity import refuse_strange_name
from contracts.supervision.entries import (
    ListedHazardEntry,
    PenaltyEntry,
    SupervisionEntry,
    UnresolvedCauseEntry,
)
from contracts.supervision.models import (
    CauseKind,
    ListedHazard,
    Penalty,
    SupervisorLevel,
    UnresolvedCause,
)
from contracts.supervision.penalty_hazards import HAZARDS_BEHIND
from contracts.supervision.references import ENTERPRISE, HAZARD, SUPERVISOR
from contracts.supervision.rules import (
    check_listed_hazard,
    check_penalty,
    check_supervision,
    check_unresolved_cause,
)
from kernel.access.permissions import Permission

GROUP = "督促检查与处罚"

SUPERVISIONS = RecordKind(
    name="supervisions",
    title="督促检查记录",
    group=GROUP,
    owner=Owner.CONTRACT,
    model=SupervisionRecord,
    entry=SupervisionEntry,
    write=Permission.SUPERVISION_WRITE,
    day="checked_on",
    columns=(
        "checked_on", "organisation_id", "method", "found", "asked_for", "answer_due_on",
        "answered_on",
    ),
    natural_key=("organisation_id", "checked_on", "method"),
    references={"organisation_id": SUPERVISOR},
    follows={"answered_on": ("answered",)},
    deadlines={"answer_due_on": "answered_on"},
    allowed=refuse_strange_name,
    rules=check_supervision,
    empty="还没有督促检查记录。购买主体和牵头单位每次检查后在此登记，是履约管理评分的依据。",
)  # fmt: skip
PENALTIES = RecordKind(
    name="penalties",
    title="行政处罚",
    group=GROUP,
    owner=Owner.CONTRACT,
    model=Penalty,
    entry=PenaltyEntry,
    write=Permission.SUPERVISION_WRITE,
    day="decided_on",
    columns=(
        "decided_on", "decision_number", "authority", "enterprise_id", "enterprises", "persons",
        "amount",
    ),
    natural_key=("decided_on", "decision_number", "enterprise_id"),
    references={"enterprise_id": ENTERPRISE},
    links={"hazard_ids": HAZARDS_BEHIND},
    rules=check_penalty,
    empty="还没有登记行政处罚。",
)  # fmt: skip
LISTED_HAZARDS = RecordKind(
    name="listed_hazards",
    title="挂牌督办",
    group=GROUP,
    owner=Owner.CONTRACT,
    model=ListedHazard,
    entry=ListedHazardEntry,
    write=Permission.SUPERVISION_WRITE,
    day="listed_on",
    columns=(
        "listing_number", "hazard_id", "described", "supervisor_level", "listed_on", "lift_by",
        "lifted_on",
    ),
    natural_key=("listing_number",),
    words={
        SupervisorLevel: {
            SupervisorLevel.COUNTY: "县（区）级",
            SupervisorLevel.CITY: "市级",
            SupervisorLevel.PROVINCE: "省（自治区）级",
            SupervisorLevel.NATION: "国家级",
        }
    },
    references={"hazard_id": HAZARD},
    follows={"lifted_on": ("lift_document",)},
    deadlines={"lift_by": "lifted_on"},
    rules=check_listed_hazard,
    empty="没有挂牌督办的重大隐患。",
)  # fmt: skip
UNRESOLVED_CAUSES = RecordKind(
    name="unresolved_causes",
    title="未解决问题原因",
    group=GROUP,
    owner=Owner.CONTRACT,
    model=UnresolvedCause,
    entry=UnresolvedCauseEntry,
    write=Permission.SUPERVISION_WRITE,
    day="noted_on",
    columns=("noted_on", "problems", "cause_kind", "measure", "settle_by", "settled_on"),
    natural_key=("noted_on", "cause_kind", "hazard_id"),
    words={
        CauseKind: {
            CauseKind.EQUIPMENT: "设备器材不足",
            CauseKind.MONEY: "资金不足",
            CauseKind.TECHNIQUE: "技术难度大",
            CauseKind.TIME: "需停产或较长工期",
            CauseKind.ENTERPRISE: "企业不配合或认识不足",
            CauseKind.DUTY: "责任不落实",
            CauseKind.OTHER: "其他",
        }
    },
    references={"hazard_id": HAZARD},
    follows={"settled_on": ()},
    deadlines={"settle_by": "settled_on"},
    rules=check_unresolved_cause,
    empty="还没有登记。现场没有解决的问题，逐个分析原因、归类并写明措施。",
)
KINDS = (SUPERVISIONS, PENALTIES, LISTED_HAZARDS, UNRESOLVED_CAUSES)
