"""What comes in and goes out of the register of enterprises."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from contracts.division_codes import checked_division_code
from contracts.entry_fields import Paragraph, Reason
from contracts.schemas import ContractRef, FactOut, Out
from contracts.vendors.credit_codes import CreditCode
from kernel.entry_fields import OnDay
from kernel.fields import SearchWords, printable
from kernel.paging import ListQuery

Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=2, max_length=200),
    AfterValidator(printable),
]
Sector = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=100), AfterValidator(printable)
]
DivisionCode = Annotated[str, AfterValidator(checked_division_code)]
Place = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=300), AfterValidator(printable)
]


class EnterpriseIn(BaseModel):
    """What is kept of an enterprise."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name = Field(title="企业名称")
    credit_code: CreditCode | None = Field(None, title="统一社会信用代码")
    division_code: DivisionCode | None = Field(None, title="行政区划代码")
    sector: Sector = Field("", title="行业领域")
    located_at: Place = Field("", title="企业地址")
    note: Paragraph = Field("", title="备注")


class NewEnterprise(EnterpriseIn):
    """登记企业。"""

    is_another: bool = Field(
        False, title="确是另一家", description="名录中已有写法相近的企业时，须确认不是同一家"
    )


class MergeIn(BaseModel):
    """并入另一家；原登记的记录不变，随时可以撤销。"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    into_id: UUID = Field(title="并入的企业")
    reason: Reason = Field(title="理由")


class PartIn(BaseModel):
    """撤销归并。"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: Reason = Field(title="理由")


class EnterpriseOut(FactOut):
    """企业。"""

    id: UUID
    name: str
    credit_code: str | None
    division_code: str | None
    sector: str
    located_at: str
    merged_into_id: UUID | None = Field(description="由人认定并入的企业")
    root_id: UUID = Field(description="统计时算作哪一家；未归并的为自己")


class EnterprisesWanted(ListQuery):
    """Which enterprises."""

    q: SearchWords | None = Field(None, description="名称或统一社会信用代码中的文字")
    sector: Sector | None = Field(None, description="行业领域")
    contract: UUID | None = Field(None, description="在这份合同受检企业名单中的")
    merged: bool | None = Field(None, description="true：已并入别家的；false：没有并入的")


class Alike(Out):
    """写法相近、可能是同一家的企业。"""

    key: str
    enterprises: list[EnterpriseOut]


class Listed(BaseModel):
    """名单中的一家。"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enterprise_id: UUID
    listed_from: OnDay | None = Field(None, description="列入名单日期；缺省为自合同开始")


class TargetListIn(BaseModel):
    """受检企业名单：以所写的全部内容替换；不在其中的自 `day` 起移出。"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    day: OnDay = Field(description="自哪一天起")
    enterprises: list[Listed] = Field(max_length=20_000)


class ListedOut(Out):
    """名单中的一家，以所问日期为准。"""

    enterprise_id: UUID
    name: str
    listed_from: date | None


class TargetListOut(Out):
    """受检企业名单。"""

    contract: ContractRef
    enterprises: list[ListedOut]
