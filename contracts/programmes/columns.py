"""What a programme's row can show, on screen and in the export. Money is in yuan."""

from contracts.lists.columns import CellKind, ListColumn
from kernel.access.permissions import Permission

_MONEY = Permission.MONEY_READ
COLUMNS = (
    ListColumn("code", "项目编码", lambda item: item.code),
    ListColumn("name", "项目名称", lambda item: item.name),
    ListColumn("fiscal_year", "年度", lambda item: str(item.fiscal_year)),
    ListColumn("lead", "牵头单位", lambda item: item.lead.name),
    ListColumn(
        "initial_budget", "年初预算", lambda item: item.initial_budget, CellKind.MONEY,
        "initial_budget", _MONEY,
    ),
    ListColumn("budget", "全年预算", lambda item: item.budget, CellKind.MONEY, "budget", _MONEY),
    ListColumn("received", "到位资金", lambda item: item.received, CellKind.MONEY, "received", _MONEY),
    ListColumn("approval_document", "批复文号", lambda item: item.approval_document, usual=False),
)  # fmt: skip
