"""What comes in and goes out of documents, and what may be asked of their lists."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from contracts.documents.models import DocumentKind
from contracts.entry_fields import Number, OptionalDay, Paragraph, Reason, Title
from contracts.schemas import FactOut
from kernel.fields import SearchWords
from kernel.paging import ListQuery


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class DocumentIn(_Sent):
    """A document of a record, beside its file."""

    object_kind: SearchWords = Field(description="记录的种类")
    object_id: UUID = Field(description="记录的 id")
    kind: DocumentKind = Field(description="文件种类")
    title: Title = Field("", description="标题；不填即用文件名")
    number: Number = Field("", description="文号、编号")
    dated_on: OptionalDay = Field(None, description="文件日期")
    note: Paragraph = Field("", description="备注")


class VersionIn(_Sent):
    """A new version of a document: title and kind stay."""

    number: Number = Field("", description="文号、编号；不填即与上一版相同")
    dated_on: OptionalDay = Field(None, description="文件日期")
    note: Paragraph = Field("", description="改了什么")


class WithdrawIn(_Sent):
    """Why a document is withdrawn."""

    reason: Reason = Field(description="撤回原因")


class DocumentOut(FactOut):
    """附件的一个版本。"""

    id: UUID
    object_kind: str = Field(description="所属记录的种类")
    object_id: UUID = Field(description="所属记录的 id")
    contract_id: UUID | None
    kind: DocumentKind = Field(description="文件种类")
    title: str
    number: str = Field(description="文号、编号")
    dated_on: date | None = Field(description="文件日期")
    file_name: str
    media_type: str = Field(description="按内容识别的格式")
    size: int = Field(description="字节数")
    sha256: str = Field(description="内容的 SHA-256，即下载时的 ETag")
    series_id: UUID = Field(description="同一文件各版本共有的 id，即第一版的 id")
    version_number: int = Field(description="第几版")
    is_current: bool = Field(description="所问日期的最新一版")
    withdrawn_on: date | None = Field(description="撤回日期")
    withdrawn_reason: str
    recorded_by: str


class DocumentsWanted(ListQuery):
    """Which documents; of one record, or of contracts."""

    object_kind: SearchWords | None = Field(None, description="记录的种类")
    object_id: UUID | None = Field(None, description="记录的 id；与 object_kind 一起给出")
    contract: UUID | None = Field(None, description="合同 id：它的全部记录的文件")
    kind: DocumentKind | None = Field(None, description="文件种类")
    versions: bool = Field(False, description="也列出旧版本")
