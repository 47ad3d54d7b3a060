"""What goes out of a contract's life."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from contracts.life.law_dates import Duty, DutyState
from contracts.life.limits import TermLength
from contracts.life.models import ContractState, MoneyLevel
from contracts.models import ProcurementMethod, RatePeriod
from contracts.schemas import FactOut, OrganisationRef, Out, ProgrammeRef, VendorRef, Withheld
from kernel.money import Money
from kernel.shares import Share


class StepOut(FactOut):
    """合同状态的一次变更。"""

    id: UUID
    state: ContractState
    since: date = Field(description="自哪天起")
    document: str = Field(description="依据文件")
    why: str = Field(description="原因")
    recorded_by: str = Field(description="登记人")


class StepsOut(BaseModel):
    """合同状态的全部变更，最早的在前。"""

    items: list[StepOut]


class ShareOut(Out):
    """一份分担。"""

    purchaser: OrganisationRef
    programme: ProgrammeRef
    share: Share = Field(description="比例，%")
    amount: Money | None = Field(description="所问日期合同总额中的金额，元；总额未提供为 null")
    money_level: MoneyLevel | None = Field(description="资金来源")
    functional_code: str = Field(description="功能科目")
    economic_code: str = Field(description="经济科目")
    budget_document: str = Field(description="指标文号")


class SharesOut(BaseModel):
    """合同的分担份额，合计 100 %；`stated` 为 false 时未登记，即由购买主体的预算项目全部承担。"""

    items: list[ShareOut]
    stated: bool
    version: int = Field(description="合同的版本号")


class MemberOut(Out):
    """承接主体之一。"""

    vendor: VendorRef
    lead: bool = Field(description="联合体牵头人")
    work_share: Share | None = Field(description="承担工作的比例，%；未约定为 null")


class MembersOut(BaseModel):
    """承接主体，多于一个时为联合体。"""

    items: list[MemberOut]
    version: int = Field(description="合同的版本号")


class LawDateOut(Out):
    """法定期限之一：签订、公告、备案。"""

    duty: Duty
    article: str = Field(description="依据")
    begins_on: date | None = Field(description="起算日")
    due_on: date | None = Field(description="最后一日")
    done_on: date | None = Field(description="办理日期")
    state: DutyState
    days: int = Field(description="逾期天数；未逾期为 0")
    announced: bool = Field(description="所依据的节假日安排已公布")


class StateOut(Out):
    """所问日期的合同状态；`recorded` 为 false 时没有登记，由签订和服务日期推断。"""

    state: ContractState
    since: date
    recorded: bool


class LifeOut(BaseModel):
    """合同在所问日期走到了哪一步。"""

    contract_id: UUID
    as_of: date
    state: StateOut | None = Field(description="没有任何日期时为 null")
    steps: list[StepOut] = Field(description="截至所问日期的状态变更")
    next_states: list[ContractState] = Field(description="您可以登记的下一状态；无权登记时为空")
    law_dates: list[LawDateOut]
    awarded_on: date | None
    signed_on: date | None
    filed_on: date | None
    filing_number: str
    service_start: date | None
    service_end: date | None = Field(description="所问日期有效的服务期限止")
    term: TermLength | None = Field(description="服务期限长短（政府购买服务管理办法 24）")
    procurement_method: ProcurementMethod | None
    sme_at_signing: bool | None
    performance_bond: Money | None
    late_interest_rate: Share | None = Field(description="约定的逾期利率，%")
    late_interest_per: RatePeriod | None
    acceptance_days: int | None
    shares: SharesOut
    members: MembersOut
    withheld: Withheld
