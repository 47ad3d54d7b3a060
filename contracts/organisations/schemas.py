"""What comes in to change the tree, and what goes out of its history."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic import StringConstraints as Text

from contracts.division_codes import checked_division_code
from contracts.models import OrganisationKind
from contracts.schemas import Out
from kernel.fields import Day, printable

Code = Annotated[str, Text(strip_whitespace=True, min_length=1, max_length=40)]
Name = Annotated[str, Text(strip_whitespace=True, min_length=1, max_length=200)]
ShortName = Annotated[str, Text(strip_whitespace=True, max_length=60)]


def _none_if_empty(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


DivisionCode = Annotated[
    Annotated[str, AfterValidator(checked_division_code)] | None, BeforeValidator(_none_if_empty)
]
OptionalDay = Annotated[Day | None, BeforeValidator(_none_if_empty)]
OptionalKey = Annotated[UUID | None, BeforeValidator(_none_if_empty)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NewOrganisation(_In):
    """新增机构。"""

    code: Annotated[Code, AfterValidator(printable)] = Field(description="机构编码，不可重复")
    name: Annotated[Name, AfterValidator(printable)] = Field(description="机构全称，不可重复")
    short_name: Annotated[ShortName, AfterValidator(printable)] = Field("", description="简称")
    kind: OrganisationKind = Field(description="机构类型")
    parent_id: OptionalKey = Field(None, description="上级机构 id；为 null 时没有上级")
    division_code: DivisionCode = Field(None, description="行政区划代码 GB/T 2260，六位")
    valid_from: OptionalDay = Field(None, description="成立日期；不清楚时为 null")


class OrganisationEdit(_In):
    """修改机构：只写要改的字段。名称、简称、类型自 ``valid_from`` 起生效，此前的保留。"""

    name: Annotated[Name, AfterValidator(printable)] | None = Field(None, description="机构全称")
    short_name: Annotated[ShortName, AfterValidator(printable)] | None = Field(
        None, description="简称"
    )
    kind: OrganisationKind | None = Field(None, description="机构类型")
    division_code: DivisionCode = Field(None, description="行政区划代码 GB/T 2260，六位")
    valid_from: Day = Field(description="自哪天起生效，不晚于业务日期")

    def given(self) -> dict[str, object]:
        """The fields that the caller wrote, without the day; only 行政区划代码 can be emptied."""
        return {
            name: getattr(self, name)
            for name in ("name", "short_name", "kind", "division_code")
            if name in self.model_fields_set
            and (name == "division_code" or getattr(self, name) is not None)
        }


class OrganisationMove(_In):
    """把机构连同全部下级移到另一上级之下。"""

    parent_id: OptionalKey = Field(description="新的上级机构 id；为 null 时没有上级")
    valid_from: Day = Field(description="自哪天起生效，不晚于业务日期")


class OrganisationVersionOut(Out):
    """机构在一段时间内的名称、类型与上级。"""

    valid_from: date = Field(description="自；1990-01-01 表示起始日期不详")
    valid_to: date | None = Field(description="至（不含）；null 表示现行")
    name: str
    short_name: str
    kind: OrganisationKind
    parent_id: UUID | None
    parent_name: str | None = Field(description="上级机构当时的名称")
    recorded_at: datetime
    recorded_by: str


class OrganisationHistory(BaseModel):
    """机构的各个版本，最早的在前。"""

    items: list[OrganisationVersionOut]
