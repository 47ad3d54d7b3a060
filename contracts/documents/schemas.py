"""What comes in and goes out of documents, and what may be asked of their lists."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from contracts.documents.models import DocumentKind
from contracts.schemas import FactOut
from kernel.fields import Day, printable
from kernel.paging import ListQuery

Text = Annotated[str, AfterValidator(printable)]


def _empty_is_none(value: object) -> object:
    return None if value == "" else value


MaybeDay = Annotated[Day | None, BeforeValidator(_empty_is_none)]
"""A field of a form that was left empty is no date."""


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class DocumentIn(_Sent):
    """A document of a record, beside its file."""

    object_kind: Annotated[Text, Field(min_length=1, max_length=40, description="记录的种类")]
    object_id: UUID = Field(description="记录的 id")
    kind: DocumentKind = Field(description="文件种类")
    title: Text = Field("", max_length=200, description="标题；不填即用文件名")
    number: Text = Field("", max_length=100, description="文号、编号")
    dated_on: MaybeDay = Field(None, description="文件日期")
    note: Text = Field("", max_length=1000, description="备注")


class VersionIn(_Sent):
    """A new version of a document: title and kind stay."""

    number: Text = Field("", max_length=100, description="文号、编号")
    dated_on: MaybeDay = Field(None, description="文件日期")
    note: Text = Field("", max_length=1000, description="改了什么")


class WithdrawIn(_Sent):
    """Why a document is withdrawn."""

    reason: Annotated[Text, Field(min_length=1, max_length=500, description="撤回原因")]


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

    object_kind: Text | None = Field(None, max_length=40, description="记录的种类")
    object_id: UUID | None = Field(None, description="记录的 id；与 object_kind 一起给出")
    contract: UUID | None = Field(None, description="合同 id：它的全部记录的文件")
    kind: DocumentKind | None = Field(None, description="文件种类")
    versions: bool = Field(False, description="也列出旧版本")
