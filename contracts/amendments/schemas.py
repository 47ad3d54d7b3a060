"""What goes out of amendments."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from contracts.schemas import FactOut, Withheld
from kernel.money import Money


class AmendmentOut(FactOut):
    """一份补充合同。"""

    id: UUID
    contract_id: UUID
    number: int = Field(description="第几份补充合同")
    signed_on: date
    effective_on: date = Field(description="自哪天起有效")
    document: str
    amount_change: Money | None = Field(description="总额增减，元；没有变更金额为 null")
    service_end: date | None = Field(description="新的服务期限止；没有变更期限为 null")
    service_end_before: date | None = Field(description="原服务期限止")
    other_changes: str
    why: str
    recorded_by: str
    withheld: Withheld


class AmendmentsOut(BaseModel):
    """合同截至所问日期签订的补充合同，最早的在前。"""

    items: list[AmendmentOut]
    original: Money | None = Field(description="原合同金额，元")
    added: Money | None = Field(description="累计增加，元")
    allowed: Money | None = Field(description="累计增加的上限，元（政府采购法 49）")
