"""What comes in to add, change and merge vendors, and what goes out of likely twins."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic import StringConstraints as Text

from contracts.models import PublicUnit, VendorSize
from contracts.schemas import Out
from contracts.vendors.credit_codes import CreditCode
from kernel.entry_fields import OnDay
from kernel.fields import printable

Name = Annotated[
    str, Text(strip_whitespace=True, min_length=2, max_length=200), AfterValidator(printable)
]
Place = Annotated[str, Text(strip_whitespace=True, max_length=200), AfterValidator(printable)]
Note = Annotated[str, Text(strip_whitespace=True, max_length=1000), AfterValidator(printable)]


def _none_if_empty(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


EMPTY = BeforeValidator(_none_if_empty)
"""A field of a form that was left empty: not known."""


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NewVendor(_In):
    """新增承接主体。"""

    name: Name = Field(description="全称，不可重复")
    credit_code: Annotated[CreditCode | None, EMPTY] = Field(
        None, description="统一社会信用代码 GB 32100-2015，校验码须相符"
    )
    size: Annotated[VendorSize | None, EMPTY] = Field(None, description="企业规模")
    public_unit: Annotated[PublicUnit | None, EMPTY] = Field(
        None, description="事业单位类别；企业为 null"
    )
    registered_place: Place = Field("", description="注册地")
    note: Note = Field("", description="备注")
    is_another: bool = Field(False, description="已核对：与名称相近的已有主体不是同一家")


class VendorEdit(_In):
    """修改承接主体：只写要改的字段。"""

    name: Name | None = Field(None, description="全称")
    credit_code: Annotated[CreditCode | None, EMPTY] = Field(
        None, description="统一社会信用代码 GB 32100-2015，校验码须相符"
    )
    size: Annotated[VendorSize | None, EMPTY] = Field(None, description="企业规模")
    public_unit: Annotated[PublicUnit | None, EMPTY] = Field(
        None, description="事业单位类别；企业为 null"
    )
    registered_place: Place | None = Field(None, description="注册地")
    note: Note | None = Field(None, description="备注")
    renamed_on: Annotated[OnDay | None, EMPTY] = Field(
        None, description="更名日期：此前的名称留作曾用名；更正错字时为 null"
    )

    def given(self) -> dict[str, object]:
        """The fields that the caller wrote; only those that may be unknown can be emptied."""
        emptied = {"credit_code", "size", "public_unit"}
        return {
            name: getattr(self, name)
            for name in sorted(self.model_fields_set - {"renamed_on"})
            if name in emptied or getattr(self, name) is not None
        }


class MergeIn(_In):
    """两条登记是同一家承接主体。"""

    kept_id: UUID = Field(description="保留的承接主体 id")
    cause: Annotated[
        str, Text(strip_whitespace=True, min_length=2, max_length=500), AfterValidator(printable)
    ] = Field(description="认定为同一家的依据")


class VendorTwin(Out):
    """可能是同一家的承接主体。"""

    id: UUID
    name: str
    credit_code: str | None
    why: str = Field(description="为什么可能是同一家")


class VendorTwins(BaseModel):
    """可能是同一家的承接主体，最像的在前；只是提示，不会自动合并。"""

    items: list[VendorTwin]


class MergeOut(Out):
    """两条登记的合并；合同仍记在原来的一条上，一并显示。"""

    id: UUID
    duplicate_id: UUID
    kept_id: UUID
    merged_on: date
    undone_on: date | None
    cause: str
