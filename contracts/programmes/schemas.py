"""What comes in to keep a programme."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from contracts.life.entries import OptionalYuan
from contracts.schemas import Year
from kernel.entry_fields import line

Code: Any = line(60, needed=True)
Name: Any = line(200, needed=True)
Document: Any = line(200)
Note: Any = line(1000)


def _whole(value: object) -> object:
    plain = value.strip() if isinstance(value, str) else value
    if isinstance(plain, str) and not plain.isdecimal():
        raise ValueError("应为四位年份，例如 2023")
    return plain


FiscalYear = Annotated[Year, BeforeValidator(_whole)]


class _Budget(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    initial_budget: OptionalYuan = Field(None, description="年初预算数，元；未提供为 null")
    budget: OptionalYuan = Field(None, description="全年预算数（调整后），元；未提供为 null")
    received: OptionalYuan = Field(None, description="到位资金，元；未提供为 null")


class NewProgramme(_Budget):
    """新增预算项目。"""

    code: Code = Field(description="项目编码，不可重复，此后不变")
    name: Name = Field(description="项目名称")
    fiscal_year: FiscalYear = Field(description="预算年度")
    lead_id: UUID = Field(description="牵头单位（主管部门）id，须是本单位或下级单位")
    approval_document: Document = Field("", description="批复文号（指标文号）")
    note: Note = Field("", description="备注")


class ProgrammeEdit(_Budget):
    """修改预算项目：只写要改的字段；编码和牵头单位不变。"""

    name: Annotated[Name | None, Field()] = Field(None, description="项目名称")
    fiscal_year: FiscalYear | None = Field(None, description="预算年度")
    approval_document: Annotated[Document | None, Field()] = Field(
        None, description="批复文号（指标文号）"
    )
    note: Annotated[Note | None, Field()] = Field(None, description="备注")

    def given(self) -> dict[str, Any]:
        """The fields that the caller wrote; only amounts can be emptied."""
        amounts = _Budget.model_fields
        return {
            name: getattr(self, name)
            for name in type(self).model_fields
            if name in self.model_fields_set
            and (name in amounts or getattr(self, name) is not None)
        }
