"""What comes in of rules, yearly plans, approval documents and outcomes."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.library.models import DocumentKind, OutcomeMeasure, RegulationKind
from contracts.records.field_types import (
    Given200,
    OnDay,
    Quantity,
    Serial,
    Text200,
    Text1000,
    Yuan,
)
from contracts.records.kinds import RecordIn
from kernel.shares import PLACES, WHOLE, Share

PlanYear = Annotated[int, Field(ge=1990, le=2200)]
Fallen = Annotated[Share, Field(ge=0, le=WHOLE, decimal_places=PLACES)]
"""By how many percent something fell."""


class RegulationEntry(RecordIn):
    """制度：本单位的管理制度、工作方案与办法。"""

    organisation_id: UUID = Field(title="制定单位")
    kind: RegulationKind = Field(title="制度类别")
    title: Given200 = Field(title="制度名称")
    document_number: Text200 = Field("", title="文号")
    issued_on: OnDay = Field(title="印发日期")
    in_force_from: OnDay | None = Field(None, title="施行日期")
    in_force_to: OnDay | None = Field(None, title="失效日期", description="自这一天起不再有效")
    summary: Text1000 = Field("", title="主要内容")


class YearlyPlanEntry(RecordIn):
    """年度服务方案：下一年度购买服务的方案，上一年 9 月 30 日前报牵头单位。"""

    organisation_id: UUID = Field(title="报送单位")
    lead_id: UUID = Field(title="牵头单位")
    plan_year: PlanYear = Field(title="方案年度", description="拟购买服务的年度，如 2024")
    number: Serial = Field(title="第几版")
    title: Given200 = Field(title="方案名称")
    document_number: Text200 = Field("", title="文号")
    sectors: Text200 = Field("", title="行业领域")
    budget: Yuan | None = Field(None, title="预算金额")
    filed_on: OnDay = Field(title="报送日期", description="应在方案年度上一年的 9 月 30 日前")
    returned_on: OnDay | None = Field(None, title="退回日期")
    approved_on: OnDay | None = Field(None, title="认可日期", description="由牵头单位填写")


class ApprovalDocumentEntry(RecordIn):
    """批复与指标文件：请示、批复、指标文、审查意见及其整改。"""

    programme_id: UUID = Field(title="预算项目")
    kind: DocumentKind = Field(title="文件种类")
    title: Given200 = Field(title="文件名称")
    document_number: Text200 = Field("", title="文号")
    issuer: Given200 = Field(title="发文单位")
    issued_on: OnDay = Field(title="发文日期")
    amount: Yuan | None = Field(None, title="金额")
    amount_city: Yuan | None = Field(None, title="其中市级承担", description="其余由区县承担")
    mending_asked: Text1000 = Field("", title="要求整改的事项")
    mend_by: OnDay | None = Field(None, title="整改期限")
    mended_on: OnDay | None = Field(None, title="整改完成日期")
    mending_done: Text1000 = Field("", title="整改情况")


class OutcomeFactEntry(RecordIn):
    """成效：一段时间里伤亡、事故等的数量，与此前比较。"""

    programme_id: UUID = Field(title="预算项目")
    measure: OutcomeMeasure = Field(title="成效指标")
    sectors: Text200 = Field("", title="行业领域")
    period_from: OnDay = Field(title="期间起")
    period_to: OnDay = Field(title="期间止")
    value: Quantity | None = Field(None, title="本期数")
    baseline: Quantity | None = Field(None, title="上期数", description="与之比较的上年同期数")
    reduction: Fallen | None = Field(None, title="减少幅度", description="来源写明的百分比")
    amount: Yuan | None = Field(None, title="金额", description="罚没金额等")
    reported_on: OnDay | None = Field(None, title="报告日期")
    document_number: Text200 = Field("", title="文号", description="月报、通报或报告的文号")
