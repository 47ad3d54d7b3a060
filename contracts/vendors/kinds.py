"""The kinds of record of a vendor and of what a contract asks of it."""

from sqlalchemy import ColumnElement, true
from sqlalchemy import false as nothing

from contracts.access import organisations_in
from contracts.records.kinds import Owner, RecordKind
from contracts.vendors.checks import (
    check_admission,
    check_evaluation,
    check_qualification,
    check_requirement,
)
from contracts.vendors.entries import (
    AdmissionEntry,
    EvaluationConditionEntry,
    EvaluationEntry,
    PresenceEntry,
    QualificationEntry,
    QualificationRequirementEntry,
    ResourceEntry,
)
from contracts.vendors.findings import recheck_contract, recheck_vendor
from contracts.vendors.models import (
    Admission,
    ContractResource,
    EvaluationCondition,
    EvaluationStage,
    Grade,
    Qualification,
    QualificationRequirement,
    ResourceKind,
    ResourcePresence,
    VendorEvaluation,
)
from contracts.vendors.references import EVALUATION, ORGANISATION, RESOURCE
from contracts.vendors.words import GRADE_NAMES, RESOURCE_NAMES, STAGE_NAMES
from kernel.access.actor import Actor
from kernel.access.permissions import Permission

_GROUP = "承接主体"


def _shared_setting(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Everybody may read what a lead asks for; it is written for one's own organisations."""
    if not actor.may(permission):
        return nothing()
    scope = actor.scope(permission)
    if permission is Permission.CONTRACTS_READ or scope.everything:
        return true()
    return QualificationRequirement.organisation_id.in_(organisations_in(scope))


QUALIFICATIONS = RecordKind(
    name="qualifications",
    title="资质",
    group=_GROUP,
    owner=Owner.VENDOR,
    model=Qualification,
    entry=QualificationEntry,
    write=Permission.VENDORS_WRITE,
    read=Permission.CONTRACTS_READ,
    day="issued_on",
    columns=("kind", "number", "rank", "sectors", "issued_by", "issued_on", "expires_on"),
    natural_key=("kind", "number"),
    follows={"revoked_on": ()},
    rules=check_qualification,
    after=recheck_vendor,
    empty="没有登记资质。请按证书登记名称、编号、适用领域和有效期。",
)
REQUIREMENTS = RecordKind(
    name="qualification_requirements",
    title="资质要求",
    group=_GROUP,
    owner=Owner.ORGANISATION,
    model=QualificationRequirement,
    entry=QualificationRequirementEntry,
    write=Permission.VENDORS_WRITE,
    read=Permission.CONTRACTS_READ,
    day="valid_from",
    columns=("sector", "kind", "rank", "valid_from", "valid_to"),
    natural_key=("sector", "kind", "valid_from"),
    may_lie_ahead=True,
    rules=check_requirement,
    seen=_shared_setting,
    empty="还没有资质要求。由牵头单位按行业领域设定；设定后，缺资质的不能准入。",
)
ADMISSIONS = RecordKind(
    name="admissions",
    title="准入",
    group=_GROUP,
    owner=Owner.VENDOR,
    model=Admission,
    entry=AdmissionEntry,
    write=Permission.VENDORS_WRITE,
    read=Permission.CONTRACTS_READ,
    day="admitted_on",
    columns=("sector", "organisation_id", "admitted_on", "until_on", "ended_on"),
    natural_key=("organisation_id", "sector", "admitted_on"),
    references={"organisation_id": ORGANISATION, "evaluation_id": EVALUATION},
    follows={"ended_on": ("ended_reason",)},
    rules=check_admission,
    empty="没有准入记录。",
)
EVALUATIONS = RecordKind(
    name="vendor_evaluations",
    title="履约评价",
    group=_GROUP,
    owner=Owner.CONTRACT,
    model=VendorEvaluation,
    entry=EvaluationEntry,
    write=Permission.SUPERVISION_WRITE,
    day="evaluated_on",
    columns=("evaluated_on", "stage", "period", "organisation_id", "score", "grade"),
    natural_key=("organisation_id", "stage", "evaluated_on"),
    references={"organisation_id": ORGANISATION},
    words={EvaluationStage: STAGE_NAMES, Grade: GRADE_NAMES},
    rules=check_evaluation,
    after=recheck_contract,
    empty="没有履约评价。季度、年中、年度或期满评价后，请登记得分或等级。",
)
CONDITIONS = RecordKind(
    name="evaluation_conditions",
    title="付款所待的履约评价",
    group=_GROUP,
    owner=Owner.CONTRACT,
    model=EvaluationCondition,
    entry=EvaluationConditionEntry,
    write=Permission.CONTRACTS_WRITE,
    day="agreed_on",
    columns=("milestone_number", "stage", "least_grade", "clause"),
    natural_key=("milestone_number", "stage"),
    words={EvaluationStage: STAGE_NAMES, Grade: GRADE_NAMES},
    empty="没有登记。合同约定付款以履约评价为条件的，请登记节点序号和最低等级。",
)
RESOURCES = RecordKind(
    name="contract_resources",
    title="约定的人员与设备",
    group=_GROUP,
    owner=Owner.CONTRACT,
    model=ContractResource,
    entry=ResourceEntry,
    write=Permission.CONTRACTS_WRITE,
    day="agreed_on",
    columns=("kind", "item", "promised", "unit", "basis"),
    natural_key=("kind", "item", "basis"),
    words={ResourceKind: RESOURCE_NAMES},
    after=recheck_contract,
    empty="没有登记。合同或投标文件约定了人员、设备、场地的，请登记约定数。",
)
PRESENCES = RecordKind(
    name="resource_presences",
    title="到位情况",
    group=_GROUP,
    owner=Owner.CONTRACT,
    model=ResourcePresence,
    entry=PresenceEntry,
    write=Permission.SUPERVISION_WRITE,
    day="seen_on",
    columns=("seen_on", "resource_id", "present", "site", "counted_by"),
    natural_key=("resource_id", "seen_on", "site"),
    references={"resource_id": RESOURCE},
    after=recheck_contract,
    empty="没有清点记录。到场清点人员、设备后，请登记日期和到位数。",
)
VENDOR_KINDS = (
    QUALIFICATIONS,
    REQUIREMENTS,
    ADMISSIONS,
    EVALUATIONS,
    CONDITIONS,
    RESOURCES,
    PRESENCES,
)
