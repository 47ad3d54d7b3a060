"""What goes out of who filed a yearly plan, and what may be asked."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from contracts.schemas import OrganisationRef
from kernel.paging import RecordQuery


class FilingsWanted(RecordQuery):
    """Of which year the plans are."""

    plan_year: Annotated[int, Field(ge=1991, le=2200)] = Field(description="方案年度，如 2024")


class FilingOut(BaseModel):
    """一个部门的年度服务方案报送情况，以所问日期为准。"""

    organisation: OrganisationRef
    filed_on: date | None = Field(description="报送日期；未报送为 null")
    days_late: int = Field(description="逾期天数；按期的为 0")


class FilingsOut(BaseModel):
    """各部门报送情况，未报送的在前。"""

    due_on: date = Field(description="应报送日期：上一年 9 月 30 日")
    items: list[FilingOut]
