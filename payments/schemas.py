"""What goes out of the payment ledger, contracts with their money among it, and what may be asked."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from contracts.life.models import ContractState
from contracts.models import ProcurementMethod, RatePeriod
from contracts.schemas import (
    ContractRef,
    Count,
    FactOut,
    OfContracts,
    OrganisationRef,
    ProgrammeRef,
    VendorRef,
    Withheld,
)
from contracts.service_models import PlanState
from kernel.fields import Day, SearchWords
from kernel.money import Money
from kernel.paging import ListQuery
from kernel.shares import Share
from payments.models import MilestoneKind, Trigger

MONEY_FIELDS = ("total", "paid", "unpaid", "overdue", "overdue_count", "performance_bond")
"""What of a contract only those see who may see money."""
SERVICE_FIELDS = ("plan_state",)
"""What of a contract only those see who may see its service."""


class MilestoneState(StrEnum):
    """付款 未到条件 / 待支付 / 部分支付 / 已支付 / 逾期."""

    NOT_DUE = "not_due"
    PAYABLE = "payable"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    OVERDUE = "overdue"


class ContractOut(FactOut):
    """合同，以所问日期为准。`assumed` 也列出依据假定值得出的 paid、unpaid、overdue。"""

    id: UUID
    number: str
    name: str
    programme: ProgrammeRef
    purchaser: OrganisationRef
    payer: OrganisationRef | None
    lead: OrganisationRef | None
    vendor: VendorRef
    sectors: str = Field(description="行业领域")
    content: str = Field(description="服务内容")
    signed_on: date | None
    service_start: date | None
    service_end: date | None = Field(description="所问日期有效的服务期限止，补充合同计入")
    state: ContractState | None = Field(description="合同状态；没有任何日期时为 null")
    awarded_on: date | None = Field(description="中标（成交）通知书日期")
    procurement_method: ProcurementMethod | None = Field(description="采购方式")
    filed_on: date | None = Field(description="备案日期")
    filing_number: str = Field(description="备案编号")
    sme_at_signing: bool | None = Field(description="签订时承接主体是否为中小企业")
    performance_bond: Money | None = Field(description="履约保证金，元")
    late_interest_rate: Share | None = Field(description="约定的逾期利率，%")
    late_interest_per: RatePeriod | None = Field(description="逾期利率按日或按年")
    acceptance_days: int | None = Field(description="约定的验收期限，天")
    total: Money | None = Field(description="合同总额，元；未提供为 null")
    paid: Money | None = Field(description="已付，元；总额与支付均未提供时为 null")
    unpaid: Money | None = Field(description="未付，元；总额未提供时为 null")
    overdue: Money | None = Field(description="逾期未付，元；总额与支付节点均未提供时为 null")
    overdue_count: Count | None = Field(description="逾期的支付节点数")
    plan_state: PlanState | None = Field(description="实施方案状态；服务起始日未提供时为 null")
    withheld: Withheld


class MilestoneOut(FactOut):
    """支付节点，以所问日期为准。"""

    id: UUID
    contract: ContractRef
    number: int
    name: str
    kind: MilestoneKind
    share: Share | None = Field(description="占合同总额的比例，%")
    amount_given: Money | None = Field(description="约定的金额，元")
    trigger_kind: Trigger = Field(description="付款条件")
    trigger_round: int | None = Field(description="条件为轮次确认时的轮次")
    days_allowed: int | None = Field(description="付款期限，天")
    due_on_given: date | None = Field(description="约定的应付日期")
    triggered_on: date | None = Field(description="条件成就的日期")
    due_on: date | None = Field(description="应付日期")
    amount: Money | None = Field(description="应付金额，元；总额未提供时为 null")
    paid: Money = Field(description="已付，元")
    unpaid: Money | None = Field(description="未付，元")
    state: MilestoneState
    days_late: Count | None = Field(description="逾期天数；未逾期为 null")


class PaymentOut(FactOut):
    """一笔支付；更正为一笔负数的冲销和一笔新的支付。"""

    id: UUID
    contract: ContractRef
    milestone_id: UUID | None
    paid_on: date
    amount: Money
    reason: str
    payee: str
    voucher: str = Field(description="支付凭证")
    resolution: str = Field(description="党组会议纪要")
    reverses_id: UUID | None = Field(description="所冲销的支付")
    reversed: bool = Field(description="已被冲销")


class ContractSort(StrEnum):
    """录入先后、服务截止、总额、编号、名称（拼音）；带 - 的从后往前。"""

    ENTERED = "entered"
    NEWEST = "-entered"
    SERVICE_END = "service_end"
    SERVICE_END_LAST = "-service_end"
    TOTAL = "total"
    TOTAL_LARGEST = "-total"
    NUMBER = "number"
    NUMBER_LAST = "-number"
    NAME = "name"
    NAME_LAST = "-name"


class ContractsWanted(ListQuery):
    """Which contracts, in which order."""

    programme: SearchWords | None = Field(None, description="预算项目编码")
    purchaser: UUID | None = Field(None, description="购买主体 id")
    vendor: UUID | None = Field(None, description="承接主体 id")
    plan_state: PlanState | None = Field(None, description="实施方案状态")
    overdue: bool | None = Field(None, description="是否有逾期未付")
    state: ContractState | None = Field(None, description="合同状态")
    sector: SearchWords | None = Field(None, description="行业领域中的文字")
    signed_from: Day | None = Field(None, description="签订日期不早于")
    signed_to: Day | None = Field(None, description="签订日期不晚于")
    q: SearchWords | None = Field(
        None,
        description="编号、名称、行业、服务内容、承接主体、购买主体中的文字，空格分开的都要有",
    )
    sort: ContractSort = Field(
        ContractSort.ENTERED,
        description="排列：entered 录入先后，service_end 服务截止日，total 总额，number 编号，"
        "name 名称（拼音）；前加 - 为倒序。按总额排列时只含可见金额的合同",
    )


class MilestonesWanted(OfContracts):
    """Which milestones."""

    state: MilestoneState | None = Field(None, description="状态")
    due_from: Day | None = Field(None, description="应付日期不早于")
    due_to: Day | None = Field(None, description="应付日期不晚于")


class PaymentsWanted(OfContracts):
    """Which payments."""

    milestone: UUID | None = Field(None, description="支付节点 id")
    paid_from: Day | None = Field(None, description="支付日期不早于")
    paid_to: Day | None = Field(None, description="支付日期不晚于")
