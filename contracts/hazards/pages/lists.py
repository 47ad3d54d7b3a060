"""隐患: the list, and the boards of rates on any day."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from flask import Blueprint, render_template, request
from pydantic import BaseModel

from contracts.enterprises.queries import enterprise
from contracts.hazards import queries, words
from contracts.hazards.models import HazardLevel
from contracts.hazards.rates import Asked, rates, total
from contracts.hazards.schemas import HazardOrder, HazardsWanted, RateRows
from contracts.hazards.summary import HazardSummary, hazards_of
from contracts.hazards.words import HazardState
from contracts.service_reading import contract_head
from kernel.access.permissions import Permission
from kernel.fields import CursorText, Day, SearchWords
from kernel.web.permissions import requires
from kernel.web.session import as_of, current_actor, current_clock, current_session

hazard_pages = Blueprint("hazard_pages", __name__, template_folder="../../templates")

PAGE = 25
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
    after: CursorText = ""

    def asked(self) -> dict[str, Any]:
        """The choices made, for the address of the next page."""
        return {
            name: str(value)
            for name, value in self.model_dump(exclude={"after"}, mode="json").items()
            if value != "" and (name != "state" or value != "open")
        }

    def wanted(self) -> HazardsWanted:
        """The same, as the ledger takes it: what is open by its deadline, else the newest first."""
        is_open = self.state in ("open", HazardState.OVERDUE, HazardState.TO_RECTIFY)
        given = {name: value for name, value in self.asked().items() if name != "state"}
        if isinstance(self.state, HazardState):
            given["state"] = self.state
        return HazardsWanted(
            **given,
            open=True if self.state == "open" else None,
            order=HazardOrder.DEADLINE if is_open else HazardOrder.NEWEST,
            limit=PAGE,
            cursor=self.after or None,
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
    query = HazardQuery.model_validate(request.args.to_dict())
    today = current_clock().business_date()
    page = queries.hazards(session, actor, day, today, query.wanted())
    asked = Asked(contract_id=query.contract or None)
    return render_template(
        "contracts/hazards/index.html",
        view_day=day,
        query=query,
        page=page,
        sums=total(session, actor, day, asked),
        contract=contract_head(session, actor, query.contract) if query.contract else None,
        enterprise=enterprise(session, query.enterprise) if query.enterprise else None,
        **WORDS,
    )


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
