"""What an enterprise's row can show, on screen and in the export."""

from contracts.enterprises.schemas import EnterpriseOut
from contracts.lists.columns import ListColumn


def _standing(item: EnterpriseOut) -> str:
    return "已归并" if item.merged_into_id else "在册"


COLUMNS = (
    ListColumn("name", "企业", lambda item: item.name),
    ListColumn("credit_code", "统一社会信用代码", lambda item: item.credit_code),
    ListColumn("sector", "行业领域", lambda item: item.sector),
    ListColumn("division_code", "行政区划", lambda item: item.division_code),
    ListColumn("located_at", "地址", lambda item: item.located_at, usual=False),
    ListColumn("standing", "状态", _standing),
    ListColumn("note", "备注", lambda item: item.note, usual=False),
)
