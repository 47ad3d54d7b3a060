"""隐患: the list, and the boards of rates on any day."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from flask import Blueprint, render_template, request
from pydantic import BaseModel
from werkzeug.wrappers import Response

from contracts.enterprises.queries import enterprise
from contracts.hazards import queries, words
from contracts.hazards.columns import COLUMNS
from contracts.hazards.models import HazardLevel
from contracts.hazards.rates import Asked, rates, total
from contracts.hazards.schemas import HazardOrder, HazardsWanted, RateRows
from contracts.hazards.summary import HazardSummary, hazards_of
from contracts.hazards.words import HazardState
from contracts.lists.columns import offered, shown
from contracts.lists.export import EXPORT_PAGE, every_page
from contracts.lists.pages import as_workbook, list_arguments
from contracts.lists.screen import ListScreen
from contracts.service_reading import contract_head
from kernel.access.permissions import Permission
from kernel.fields import CursorText, Day, SearchWords
from kernel.web.permissions import requires
from kernel.web.session import as_of, current_actor, current_clock, current_session

hazard_pages = Blueprint("hazard_pages", __name__, template_folder="../../templates")

PAGE = 25
ORDER_NAMES = {HazardOrder.DEADLINE: "整改期限，早的在前", HazardOrder.NEWEST: "最近排查的在前"}
WORDS: Mapping[str, Any] = {
    "level_names": words.LEVEL_NAMES,
    "state_names": words.STATE_NAMES,
    "state_looks": words.STATE_LOOKS,
    "holder_names": words.HOLDER_NAMES,
    "step_names": words.STEP_NAMES,
    "assurances": words.ASSURANCES,
    "board_names": words.BOARD_NAMES,
}


class HazardQuery(BaseModel):
    """What the list's form sends; an empty choice means all. Without any, the open ones."""

    q: SearchWords | Literal[""] = ""
    state: HazardState | Literal["open", "all"] = "open"
    level: HazardLevel | Literal[""] = ""
    contract: UUID | Literal[""] = ""
    round: UUID | Literal[""] = ""
    enterprise: UUID | Literal[""] = ""
    found_from: Day | Literal[""] = ""
    found_to: Day | Literal[""] = ""
    sort: HazardOrder | Literal[""] = ""
    col: tuple[str, ...] = ()
    after: CursorText = ""

    def asked(self) -> dict[str, Any]:
        """The choices made, for the address of the next page."""
        told = self.model_dump(exclude={"after"}, mode="json", exclude_defaults=True)
        return {name: value for name, value in told.items() if value not in ("", [])}

    def is_narrowed(self) -> bool:
        """Whether hazards are left out: an order and columns leave out none."""
        return bool(self.asked().keys() - {"sort", "col"})

    def order(self) -> HazardOrder:
        """As chosen; else what is open by its deadline, and the rest the newest first."""
        is_open = self.state in ("open", HazardState.OVERDUE, HazardState.TO_RECTIFY)
        return self.sort or (HazardOrder.DEADLINE if is_open else HazardOrder.NEWEST)

    def wanted(self, limit: int = PAGE, cursor: str = "") -> HazardsWanted:
        """The same, as the ledger takes it."""
        given = {k: v for k, v in self.asked().items() if k not in {"state", "sort", "col"}}
        if isinstance(self.state, HazardState):
            given["state"] = self.state
        return HazardsWanted(
            **given,
            open=True if self.state == "open" else None,
            order=self.order(),
            limit=limit,
            cursor=cursor or self.after or None,
        )


class BoardQuery(BaseModel):
    """Which board of rates."""

    by: RateRows = RateRows.CONTRACT
    contract: UUID | Literal[""] = ""


@hazard_pages.get("/hazards")
@requires(Permission.SERVICE_READ)
def index() -> str:
    """The list: what is not closed, overdue first, unless asked otherwise."""
    session, actor, day = current_session(), current_actor(), as_of()
    query = HazardQuery.model_validate(list_arguments())
    today = current_clock().business_date()
    page = queries.hazards(session, actor, day, today, query.wanted())
    asked = Asked(contract_id=query.contract or None)
    return render_template(
        "contracts/hazards/index.html",
        view_day=day,
        query=query,
        page=page,
        tools=ListScreen.of(session, actor, "hazards", COLUMNS, query.asked()),
        order_names=ORDER_NAMES,
        sums=total(session, actor, day, asked),
        contract=contract_head(session, actor, query.contract) if query.contract else None,
        enterprise=enterprise(session, query.enterprise) if query.enterprise else None,
        **WORDS,
    )


@hazard_pages.get("/hazards/export")
@requires(Permission.SERVICE_READ)
def export() -> Response:
    """The list as a workbook: all its pages, its columns and its order."""
    session, actor, day = current_session(), current_actor(), as_of()
    today = current_clock().business_date()
    query = HazardQuery.model_validate(list_arguments())
    found = every_page(
        lambda cursor: queries.hazards(
            session, actor, day, today, query.wanted(EXPORT_PAGE, cursor)
        )
    )
    return as_workbook("隐患清单", day, shown(offered(COLUMNS, actor), query.col), found)


@hazard_pages.get("/hazards/board")
@requires(Permission.SERVICE_READ)
def board() -> str:
    """整改率, 现场解决率, 逾期率 by contract, department, vendor, sector, enterprise or level."""
    session, actor, day = current_session(), current_actor(), as_of()
    query = BoardQuery.model_validate(
        {k: v for k, v in request.args.to_dict().items() if k != "as_of"}
    )
    asked = Asked(contract_id=query.contract or None)
    return render_template(
        "contracts/hazards/board.html",
        view_day=day,
        query=query,
        rows=rates(session, actor, day, query.by, asked),
        sums=total(session, actor, day, asked),
        **WORDS,
    )


@hazard_pages.app_template_global("hazards_on_contract")
def hazards_on_contract(contract_id: UUID) -> tuple[HazardSummary, Mapping[str, Any]]:
    """What ``contracts/hazards/_summary.html`` shows on a contract's page, and its words."""
    return hazards_of(current_session(), current_actor(), contract_id, as_of()), WORDS
