"""What comes in of the checklists of a contract, and of the mid-year monitoring."""

from uuid import UUID

from pydantic import Field

from contracts.checks.models import HandingOn, Outlook
from contracts.records.field_types import OnDay, Quantity, Text200, Text300, Text1000, Yuan
from contracts.records.kinds import RecordIn


class ClauseCheckEntry(RecordIn):
    """合同条款清单：八项内容逐项写明有或没有，在第几条。"""

    contract_id: UUID = Field(title="合同")
    organisation_id: UUID = Field(title="核查单位", description="购买主体、付款单位或牵头单位")
    checked_on: OnDay = Field(title="核查日期")
    service_content: bool | None = Field(None, title="服务内容")
    service_content_evidence: Text300 = Field("", title="服务内容：条款或依据")
    contract_price: bool | None = Field(None, title="合同金额")
    contract_price_evidence: Text300 = Field("", title="合同金额：条款或依据")
    requirements: bool | None = Field(None, title="服务要求及标准")
    requirements_evidence: Text300 = Field("", title="服务要求及标准：条款或依据")
    service_period: bool | None = Field(None, title="服务期限")
    service_period_evidence: Text300 = Field("", title="服务期限：条款或依据")
    service_place: bool | None = Field(None, title="服务地点")
    service_place_evidence: Text300 = Field("", title="服务地点：条款或依据")
    payment_terms: bool | None = Field(None, title="付款方式")
    payment_terms_evidence: Text300 = Field("", title="付款方式：条款或依据")
    rights_and_duties: bool | None = Field(None, title="权利与义务")
    rights_and_duties_evidence: Text300 = Field("", title="权利与义务：条款或依据")
    breach: bool | None = Field(None, title="违约责任与赔偿")
    breach_evidence: Text300 = Field("", title="违约责任与赔偿：条款或依据")
    document_number: Text200 = Field("", title="文号", description="核查表编号")


class SubcontractingCheckEntry(RecordIn):
    """转包核查：逐项核实由承接主体自己完成，并写明结论。"""

    contract_id: UUID = Field(title="合同")
    organisation_id: UUID = Field(title="核查单位", description="购买主体、付款单位或牵头单位")
    checked_on: OnDay = Field(title="核查日期")
    own_people: bool | None = Field(None, title="派出的是本单位人员")
    own_people_evidence: Text300 = Field("", title="派出的是本单位人员：依据")
    own_equipment: bool | None = Field(None, title="设备由本单位提供")
    own_equipment_evidence: Text300 = Field("", title="设备由本单位提供：依据")
    own_reports: bool | None = Field(None, title="成果由本单位盖章出具")
    own_reports_evidence: Text300 = Field("", title="成果由本单位盖章出具：依据")
    paid_to_vendor: bool | None = Field(None, title="服务费付至本单位账户")
    paid_to_vendor_evidence: Text300 = Field("", title="服务费付至本单位账户：依据")
    people_as_promised: bool | None = Field(None, title="到场人员与承诺一致")
    people_as_promised_evidence: Text300 = Field("", title="到场人员与承诺一致：依据")
    quality_measures: bool | None = Field(None, title="有保证质量的措施")
    quality_measures_evidence: Text300 = Field("", title="有保证质量的措施：依据")
    conclusion: HandingOn = Field(title="核查结论")
    asked_for: Text1000 = Field("", title="处理要求")
    settled_on: OnDay | None = Field(None, title="处理完成日期")
    document_number: Text200 = Field("", title="文号", description="核查表编号")


class ManagementCheckEntry(RecordIn):
    """实施管理核查：制度、领导机制、台账、接受监督。"""

    contract_id: UUID = Field(title="合同")
    organisation_id: UUID = Field(title="核查单位", description="购买主体、付款单位或牵头单位")
    checked_on: OnDay = Field(title="核查日期")
    vendor_rules: bool | None = Field(None, title="承接主体管理制度健全")
    vendor_rules_evidence: Text300 = Field("", title="承接主体管理制度健全：依据")
    leading_group: bool | None = Field(None, title="建立实施领导机制")
    leading_group_evidence: Text300 = Field("", title="建立实施领导机制：依据")
    ledger_kept: bool | None = Field(None, title="建立台账且完整")
    ledger_kept_evidence: Text300 = Field("", title="建立台账且完整：依据")
    accepts_supervision: bool | None = Field(None, title="接受配合检查与评价")
    accepts_supervision_evidence: Text300 = Field("", title="接受配合检查与评价：依据")
    document_number: Text200 = Field("", title="文号", description="核查表编号")


class NegativeCheckEntry(RecordIn):
    """负面清单核查：四种情形逐项写明存在（是）或不存在（否）。"""

    contract_id: UUID = Field(title="合同")
    organisation_id: UUID = Field(title="核查单位", description="购买主体、付款单位或牵头单位")
    checked_on: OnDay = Field(title="核查日期")
    own_duties: bool | None = Field(None, title="应由政府直接履职的事项")
    own_duties_evidence: Text300 = Field("", title="应由政府直接履职的事项：依据")
    weak_management: bool | None = Field(None, title="履约管理不力")
    weak_management_evidence: Text300 = Field("", title="履约管理不力：依据")
    disguised_employment: bool | None = Field(None, title="变相用工")
    disguised_employment_evidence: Text300 = Field("", title="变相用工：依据")
    debt_risk: bool | None = Field(None, title="增加政府债务风险")
    debt_risk_evidence: Text300 = Field("", title="增加政府债务风险：依据")
    document_number: Text200 = Field("", title="文号", description="核查表编号")


class PerformanceMonitoringEntry(RecordIn):
    """绩效执行监控表：年中（一般 8 月）对照全年目标，看资金与产出。"""

    contract_id: UUID = Field(title="合同")
    organisation_id: UUID = Field(title="监控单位", description="购买主体、付款单位或牵头单位")
    period_to: OnDay = Field(title="数据截至", description="如 2023-07-31")
    monitored_on: OnDay = Field(title="监控日期")
    budget: Yuan | None = Field(None, title="全年预算数")
    executed: Yuan | None = Field(None, title="已执行数")
    outputs_planned: Quantity | None = Field(None, title="全年产出目标", description="如应查家次")
    outputs_done: Quantity | None = Field(None, title="已完成产出")
    outlook: Outlook = Field(title="全年目标完成可能")
    deviation: Text1000 = Field("", title="偏差原因")
    measures: Text1000 = Field("", title="纠偏措施")
    document_number: Text200 = Field("", title="文号")
