"""What may be asked of the search, and what it gives."""

from datetime import date
from uuid import UUID

from pydantic import Field

from contracts.schemas import ContractRef, Out
from contracts.search.models import SearchKind
from kernel.fields import SearchWords
from kernel.paging import PagedQuery


class SearchWanted(PagedQuery):
    """What is looked for."""

    q: SearchWords = Field(
        description="要找的文字，空格分开的都要有；不分大小写、全角半角，一个汉字也可以"
    )
    kind: SearchKind = Field(
        SearchKind.CONTRACT,
        description="找什么：contract 合同，vendor 承接主体，enterprise 企业，hazard 隐患",
    )


class HitOut(Out):
    """找到的一条。"""

    kind: SearchKind
    id: UUID
    title: str = Field(description="名称；隐患为其描述")
    code: str = Field(description="合同编号、统一社会信用代码或隐患编号；未提供为空")
    details: list[str] = Field(description="其余被查找的文字")
    contract: ContractRef | None = Field(description="隐患所属的合同")
    day: date | None = Field(description="合同签订或隐患发现的日期")
