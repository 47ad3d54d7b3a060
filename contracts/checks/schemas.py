"""What goes out of a contract's file as a whole."""

from datetime import date

from pydantic import BaseModel, Field

from contracts.checks.file_parts import PartState
from contracts.schemas import Out


class PartOut(Out):
    """档案中的一部分，以所问日期为准。"""

    code: str = Field(description="部分的代码；公开的各项内容为 disclosures. 加内容")
    title: str = Field(description="名称")
    state: PartState = Field(
        description="there 有、late 迟、missing 缺、not_yet 未到时间、none 无、unknown 无法判断"
    )
    count: int = Field(description="条数")
    day: date | None = Field(description="最早或最近一条的日期")
    due_on: date | None = Field(description="应在哪天前；没有期限的为 null")
    said: str = Field(description="一句说明")


class FileOut(BaseModel):
    """一份合同的档案：各部分有、迟、缺。"""

    items: list[PartOut]
