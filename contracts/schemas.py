"""What goes out of the contract ledger, and what may be asked of its lists."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from contracts.models import OrganisationKind, PublicUnit, VendorSize
from contracts.service_models import PlanState, RoundKind
from kernel.fields import SearchWords
from kernel.money import Money
from kernel.paging import ListQuery

Year = Annotated[int, Field(ge=1990, le=2200)]
Count = Annotated[int, Field(ge=0)]


Withheld = Annotated[
    list[str], Field(description="因没有权限而不显示的字段，值为 null；有权限而未提供的不在其中")
]
"""Fields left out for want of a permission, as opposed to what nobody knows."""
BUDGET_FIELDS = ("initial_budget", "budget", "received")
"""What a programme got as a whole."""


class RoundState(StrEnum):
    """轮次 未开始 / 进行中 / 待确认 / 已退回 / 已确认; unknown where the source gives no dates.

    未开始: planned, and nothing is recorded of it yet.
    """

    NOT_BEGUN = "not_begun"
    RUNNING = "running"
    TO_CONFIRM = "to_confirm"
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    UNKNOWN = "unknown"


class Out(BaseModel):
    """Read from rows by the names of their attributes."""

    model_config = ConfigDict(from_attributes=True, frozen=True)

    @classmethod
    def of(cls, record: object, **others: object) -> Self:
        """The record's attributes of these names; ``others`` add what it lacks and win over it."""
        return cls.model_validate(
            {
                name: others[name] if name in others else getattr(record, name)
                for name in cls.model_fields
            }
        )


class FactOut(Out):
    """What every recorded fact says of itself."""

    assumed: list[str] = Field(description="来源未给出、由录入者假定的字段")
    source: str = Field(description="出处：文件、工作表、行")
    note: str = Field(description="备注")
    recorded_at: datetime = Field(description="入账时刻，UTC")
    version: int = Field(description="版本号，每次修改加一")


class OrganisationRef(Out):
    """机构的简要。"""

    id: UUID
    code: str
    name: str
    label: str = Field(description="简称，没有简称时为全称")


class VendorRef(Out):
    """承接主体的简要。"""

    id: UUID
    name: str


class ProgrammeRef(Out):
    """预算项目的简要。"""

    id: UUID
    code: str
    name: str


class ContractRef(Out):
    """合同的简要。"""

    id: UUID
    number: str
    name: str


class OrganisationOut(FactOut):
    """机构。"""

    id: UUID
    code: str
    name: str
    short_name: str
    kind: OrganisationKind
    parent_id: UUID | None
    division_code: str | None = Field(description="行政区划代码 GB/T 2260")


class VendorOut(FactOut):
    """承接主体。"""

    id: UUID
    name: str
    credit_code: str | None = Field(description="统一社会信用代码 GB 32100-2015")
    size: VendorSize | None = Field(description="企业规模；未提供为 null")
    public_unit: PublicUnit | None = Field(description="事业单位类别；企业或未提供为 null")
    registered_place: str = Field(description="注册地")


class ProgrammeOut(FactOut):
    """预算项目。"""

    id: UUID
    code: str
    name: str
    fiscal_year: int
    lead: OrganisationRef
    initial_budget: Money | None = Field(description="年初预算数，元")
    budget: Money | None = Field(description="全年预算数，元")
    received: Money | None = Field(description="到位资金，元")
    approval_document: str
    withheld: Withheld


class OrganisationsWanted(ListQuery):
    """Which organisations."""

    kind: OrganisationKind | None = Field(None, description="机构类型")
    parent: UUID | None = Field(None, description="上级机构 id")
    q: SearchWords | None = Field(None, description="编码、名称或简称中的文字")


class VendorsWanted(ListQuery):
    """Which vendors."""

    q: SearchWords | None = Field(None, description="名称或统一社会信用代码中的文字")


class ProgrammesWanted(ListQuery):
    """Which programmes."""

    fiscal_year: Year | None = Field(None, description="预算年度")
    lead: UUID | None = Field(None, description="牵头单位 id")
    q: SearchWords | None = Field(None, description="编码或名称中的文字")


class OfContracts(ListQuery):
    """Records that belong to contracts."""

    contract: UUID | None = Field(None, description="合同 id")
    programme: SearchWords | None = Field(None, description="预算项目编码")


class RoundsWanted(OfContracts):
    """Which rounds."""

    kind: RoundKind | None = Field(None, description="种类")
    state: RoundState | None = Field(None, description="状态")


class PlansWanted(OfContracts):
    """Which versions of plans."""

    state: PlanState | None = Field(None, description="状态")
