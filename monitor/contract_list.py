"""The contract list on screen: what its form asks for, its columns, its order, its export."""

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from contracts.life.models import ContractState
from contracts.life.words import STATE_NAMES
from contracts.lists.columns import CellKind, ListColumn, offered, shown
from contracts.service_models import PlanState
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.fields import CursorText, Day, SearchWords
from monitor.words import PLAN_STATES
from payments.schemas import ContractOut, ContractSort, ContractsWanted

PAGE = 25
SORT_NAMES = {
    ContractSort.ENTERED: "录入先后",
    ContractSort.NEWEST: "最近录入的在前",
    ContractSort.SERVICE_END: "服务截止，早的在前",
    ContractSort.SERVICE_END_LAST: "服务截止，晚的在前",
    ContractSort.TOTAL_LARGEST: "合同总额，大的在前",
    ContractSort.TOTAL: "合同总额，小的在前",
    ContractSort.NUMBER: "编号",
    ContractSort.NUMBER_LAST: "编号，从后往前",
    ContractSort.NAME: "名称（拼音）",
    ContractSort.NAME_LAST: "名称（拼音），从后往前",
}
BY_MONEY = frozenset({ContractSort.TOTAL, ContractSort.TOTAL_LARGEST})
_MONEY, _SERVICE = Permission.MONEY_READ, Permission.SERVICE_READ


def _state(item: ContractOut) -> str | None:
    return STATE_NAMES[item.state] if item.state else None


def _plan(item: ContractOut) -> str:
    return PLAN_STATES[item.plan_state] if item.plan_state else "无法判断"


COLUMNS = (
    ListColumn("number", "编号", lambda item: item.number),
    ListColumn("name", "合同", lambda item: item.name),
    ListColumn("programme", "预算项目", lambda item: item.programme.name, usual=False),
    ListColumn("purchaser", "实施单位", lambda item: item.purchaser.name),
    ListColumn("vendor", "承接单位", lambda item: item.vendor.name),
    ListColumn("sectors", "行业领域", lambda item: item.sectors, usual=False),
    ListColumn("state", "合同状态", _state),
    ListColumn("total", "合同总额", lambda item: item.total, CellKind.MONEY, "total", _MONEY),
    ListColumn("paid", "已付", lambda item: item.paid, CellKind.MONEY, "paid", _MONEY),
    ListColumn("unpaid", "未付", lambda item: item.unpaid, CellKind.MONEY, "unpaid", _MONEY),
    ListColumn(
        "overdue", "逾期未付", lambda item: item.overdue, CellKind.MONEY, "overdue", _MONEY, False
    ),
    ListColumn("plan_state", "方案状态", _plan, field="plan_state", needs=_SERVICE),
    ListColumn("signed_on", "签订", lambda item: item.signed_on, CellKind.DAY, usual=False),
    ListColumn("service_start", "服务开始", lambda item: item.service_start, CellKind.DAY),
    ListColumn("service_end", "服务截止", lambda item: item.service_end, CellKind.DAY),
)
"""What a contract's row can show; alerts, which are no part of it, stand at the end on screen."""


class ContractQuery(BaseModel):
    """What the list's form sends; an empty choice means all."""

    q: SearchWords | Literal[""] = ""
    programme: SearchWords | Literal[""] = ""
    purchaser: UUID | Literal[""] = ""
    vendor: UUID | Literal[""] = ""
    sector: SearchWords | Literal[""] = ""
    state: ContractState | Literal[""] = ""
    plan_state: PlanState | Literal[""] = ""
    overdue: Literal["", "yes", "no"] = ""
    signed_from: Day | Literal[""] = ""
    signed_to: Day | Literal[""] = ""
    sort: ContractSort = ContractSort.ENTERED
    col: tuple[str, ...] = ()
    after: CursorText = ""

    def asked(self) -> dict[str, Any]:
        """The choices made, for the address of the next page."""
        return self.model_dump(mode="json", exclude={"after"}, exclude_defaults=True)

    def is_narrowed(self) -> bool:
        """Whether contracts are left out: an order and columns leave out none."""
        return bool(self.asked().keys() - {"sort", "col"})

    def columns(self, actor: Actor) -> list[ListColumn]:
        """The columns chosen among those that the actor may see."""
        return shown(offered(COLUMNS, actor), self.col)

    def wanted(self, limit: int = PAGE, cursor: str = "") -> ContractsWanted:
        """The same, as the ledger takes it."""
        return ContractsWanted(
            limit=limit,
            cursor=cursor or self.after or None,
            q=self.q or None,
            programme=self.programme or None,
            purchaser=self.purchaser or None,
            vendor=self.vendor or None,
            sector=self.sector or None,
            state=self.state or None,
            plan_state=self.plan_state or None,
            overdue=None if self.overdue == "" else self.overdue == "yes",
            signed_from=self.signed_from or None,
            signed_to=self.signed_to or None,
            sort=self.sort,
            as_of=None,
            changed_since=None,
        )
