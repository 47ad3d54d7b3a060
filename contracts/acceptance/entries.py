"""What comes in of acceptances and of the reports that a service ends with."""

from uuid import UUID

from pydantic import Field

from contracts.acceptance.models import AcceptanceKind, Conclusion, ReportKind
from contracts.records.field_types import Given200, OnDay, Serial, Text200, Text500, Text1000
from contracts.records.kinds import RecordIn


class AcceptanceEntry(RecordIn):
    """验收：方案、验收组、服务对象参与、结论与整改。"""

    contract_id: UUID = Field(title="合同")
    number: Serial = Field(title="第几次验收")
    kind: AcceptanceKind = Field(title="验收种类")
    stage: Text200 = Field("", title="验收阶段", max_length=120, description="如 第一季度、前 4 轮")
    planned_on: OnDay = Field(title="方案日期", description="制定验收方案的日期")
    plan: Text1000 = Field("", title="验收方案", description="验收内容、标准与方法")
    held_on: OnDay | None = Field(None, title="验收日期")
    team_size: Serial | None = Field(None, title="验收组人数")
    team_units: Text500 = Field("", title="验收组成员单位", description="写单位即可，不必写姓名")
    served_took_part: bool | None = Field(None, title="服务对象参与")
    served_opinion: Text1000 = Field("", title="服务对象意见")
    conclusion: Conclusion | None = Field(None, title="验收结论")
    signed_on: OnDay | None = Field(None, title="签字日期", description="验收组成员在验收书上签字")
    document_number: Text200 = Field("", title="文号", description="验收书编号")
    mending_asked: Text1000 = Field("", title="整改要求")
    mend_by: OnDay | None = Field(None, title="整改期限")
    mended_on: OnDay | None = Field(None, title="整改完成日期")


class ServiceReportEntry(RecordIn):
    """服务报告的报送与验收；每报送一版登记一条。"""

    contract_id: UUID = Field(title="合同")
    kind: ReportKind = Field(title="报告种类")
    number: Serial = Field(title="第几版")
    title: Given200 = Field(title="报告名称")
    document_number: Text200 = Field("", title="文号")
    submitted_on: OnDay = Field(title="报送日期", description="服务期满前报牵头单位")
    decided_on: OnDay | None = Field(None, title="验收日期")
    conclusion: Conclusion | None = Field(None, title="验收结论", description="由牵头单位作出")
    mending_asked: Text1000 = Field("", title="修改要求")
    mend_by: OnDay | None = Field(None, title="修改期限")
    mended_on: OnDay | None = Field(None, title="修改完成日期")
