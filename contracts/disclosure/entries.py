"""What comes in of a publication."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from contracts.disclosure.models import DisclosedContent
from contracts.records.field_types import Given200, OnDay, Text200, Text500
from contracts.records.kinds import RecordIn


def _address(text: str) -> str:
    if text and (
        not text.startswith(("http://", "https://")) or any(sign.isspace() for sign in text)
    ):
        raise ValueError("网址应以 http:// 或 https:// 开头，中间没有空格")
    return text


class DisclosureEntry(RecordIn):
    """公开：什么内容，在哪个媒体，哪天，什么网址。一个内容在几处公开的，登记几条。"""

    contract_id: UUID = Field(title="合同")
    content_kind: DisclosedContent = Field(title="公开内容")
    medium: Given200 = Field(
        title="公开媒体", description="如 中国政府采购网、政府门户网站、公示栏"
    )
    published_on: OnDay = Field(title="公开日期")
    title: Text200 = Field("", title="公告标题")
    web_address: Annotated[Text500, AfterValidator(_address)] = Field("", title="网址")
    document_number: Text200 = Field("", title="文号", description="公告编号")
