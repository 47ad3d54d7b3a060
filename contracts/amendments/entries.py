"""What comes in to amend a contract."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from contracts.life.entries import OptionalDay, Text200, Text1000, Text2000
from kernel.entry_fields import OnDay
from kernel.money import MAX_YUAN


def _signed_yuan(value: object) -> object:
    """Yuan, negative for a reduction; None for nothing typed."""
    plain = str(value).replace(",", "").replace("，", "").replace("−", "-").strip()
    if value is None or not plain:
        return None
    try:
        yuan = Decimal(plain) if len(plain) <= 40 and not isinstance(value, bool) else None
    except ArithmeticError:
        yuan = None
    if yuan is None or not yuan.is_finite() or abs(yuan) > MAX_YUAN:
        raise ValueError("应为增减的金额（元），减少写负数，例如 50000.00 或 -50000.00")
    if yuan != yuan.quantize(Decimal("0.01")):
        raise ValueError("金额最多两位小数（元）")
    if yuan == 0:
        raise ValueError("金额没有增减时不填")
    return yuan.quantize(Decimal("0.01"))


SignedYuan = Annotated[
    Decimal | None,
    BeforeValidator(_signed_yuan),
    PlainSerializer(lambda yuan: None if yuan is None else f"{yuan:.2f}"),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"^-?[1-9]\d{0,12}(\.\d{1,2})?$"},
                {"type": "null"},
            ]
        }
    ),
]
"""What is added to an amount, or taken off it."""


class AmendmentIn(BaseModel):
    """补充合同：金额、期限、其他内容至少变更一项。"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    signed_on: OnDay = Field(description="补充合同签订日期")
    effective_on: OptionalDay = Field(None, description="生效日期；为 null 时同签订日期")
    document: Text200 = Field("", description="补充合同的名称与文号")
    amount_change: SignedYuan = Field(None, description="合同总额增加的金额，元；减少为负数")
    service_end: OptionalDay = Field(None, description="新的服务期限止")
    other_changes: Text2000 = Field("", description="其他变更内容")
    why: Text1000 = Field("", description="变更原因")

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.amount_change is None and self.service_end is None and not self.other_changes:
            raise ValueError("金额、服务期限、其他内容至少变更一项")
        return self
