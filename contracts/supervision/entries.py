"""What comes in of supervision: checks, penalties, listed hazards, causes of what stays unsolved."""

from uuid import UUID

from pydantic import Field

from contracts.records.field_types import (
    Given80,
    Given200,
    OnDay,
    Quantity,
    Serial,
    Text80,
    Text200,
    Text1000,
    Yuan,
)
from contracts.records.kinds import RecordIn
from contracts.supervision.models import CauseKind, SupervisorLevel


class SupervisionEntry(RecordIn):
    """督促检查：谁在哪天检查了什么，发现、要求了什么，答复如何。"""

    contract_id: UUID = Field(title="合同")
    organisation_id: UUID = Field(title="检查单位", description="购买主体、付款单位或牵头单位")
    checked_on: OnDay = Field(title="检查日期")
    method: Given80 = Field(
        title="检查方式", max_length=60, description="如 现场检查、查阅资料、约谈"
    )
    plan: Text200 = Field("", title="检查计划", description="所依据的检查计划名称或文号")
    looked_at: Text1000 = Field(title="检查内容", min_length=1)
    found: Text1000 = Field("", title="发现问题", description="没有发现问题的，写“未发现问题”")
    result: Text1000 = Field("", title="检查结论")
    asked_for: Text1000 = Field("", title="整改要求")
    answer_due_on: OnDay | None = Field(None, title="答复期限")
    answered_on: OnDay | None = Field(None, title="答复日期")
    answered: Text1000 = Field("", title="答复情况")
    document_number: Text200 = Field("", title="文号", description="检查通知或记录的文号")


class PenaltyEntry(RecordIn):
    """行政处罚：决定、处罚对象、金额，以及所依据的隐患。"""

    contract_id: UUID = Field(title="合同")
    decided_on: OnDay = Field(title="处罚日期")
    decision_number: Text80 = Field("", title="决定书文号")
    authority: Given200 = Field(title="处罚机关")
    enterprise_id: UUID | None = Field(None, title="被处罚企业")
    cases: Serial | None = Field(None, title="案件数")
    enterprises: Quantity | None = Field(None, title="处罚企业数")
    persons: Quantity | None = Field(None, title="处罚人数")
    amount: Yuan | None = Field(None, title="罚款金额")
    grounds: Text1000 = Field("", title="违法事实与依据")
    hazard_ids: tuple[UUID, ...] = Field((), title="所依据的隐患", max_length=100)


class ListedHazardEntry(RecordIn):
    """挂牌督办：重大隐患的挂牌、期限与摘牌。"""

    contract_id: UUID = Field(title="合同")
    listing_number: Given80 = Field(title="挂牌编号")
    hazard_id: UUID | None = Field(None, title="隐患", description="台账中逐条登记了的，请选那一条")
    described: Text1000 = Field("", title="隐患情况", description="没有逐条登记的，在此写明")
    supervisor_level: SupervisorLevel = Field(title="督办级别")
    listed_by: Given200 = Field(title="挂牌单位")
    listed_on: OnDay = Field(title="挂牌日期")
    lift_by: OnDay = Field(title="督办期限")
    lifted_on: OnDay | None = Field(None, title="摘牌日期")
    lift_document: Text200 = Field("", title="摘牌文号")


class UnresolvedCauseEntry(RecordIn):
    """未现场解决的问题：归类的原因与解决措施。"""

    contract_id: UUID = Field(title="合同")
    hazard_id: UUID | None = Field(None, title="隐患")
    noted_on: OnDay = Field(title="分析日期")
    problems: Serial | None = Field(None, title="问题数")
    cause_kind: CauseKind = Field(title="原因类别")
    cause: Text1000 = Field("", title="原因")
    measure: Text1000 = Field(title="解决措施", min_length=1)
    settle_by: OnDay | None = Field(None, title="解决期限")
    settled_on: OnDay | None = Field(None, title="解决日期")
    document_number: Text200 = Field("", title="文号", description="分析会纪要等")
