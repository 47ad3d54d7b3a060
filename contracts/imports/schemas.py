"""Imports as pages and the API give them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from contracts.imports.models import RunState
from contracts.records.field_types import Text1000


class ImportOut(BaseModel):
    """导入：文件、进度与报告。"""

    id: UUID
    file_name: str = Field(title="文件名")
    sha256: str = Field(title="文件的 SHA-256")
    file_bytes: int = Field(title="文件大小", description="字节")
    state: RunState = Field(title="状态")
    progress: str = Field(title="进度", description="检查中、导入中时正在做什么")
    sound_only: bool = Field(title="只导入无误的行")
    reason: str = Field(title="更正原因")
    added: int = Field(title="新增行数")
    changed: int = Field(title="变更行数")
    unchanged: int = Field(title="未变行数")
    errors: int = Field(title="错误数")
    left_out: int = Field(title="未导入、留作清单的行数")
    recorded_at: datetime = Field(title="上传时间")
    recorded_by: str = Field(title="上传人")
    finished_at: datetime | None = Field(title="结束时间")
    undone_at: datetime | None = Field(title="撤销时间")
    undone_by: str = Field(title="撤销人")
    report: dict[str, Any] | None = Field(
        title="报告", description="会新增、变更什么，每处错误在哪个单元格；列表中不给出"
    )


class LeftOutOut(BaseModel):
    """未导入的行：原有单元格与问题。"""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    sheet: str
    row: int
    cells: dict[str, Any]
    problems: list[Any]


class ImportConfirm(BaseModel):
    """确认导入。"""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    sound_only: bool = Field(default=False, title="只导入无误的行，其余留作待处理清单")
    reason: Text1000 = Field(default="", title="更正金额、支付或验收的原因")
