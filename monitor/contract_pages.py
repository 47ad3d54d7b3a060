"""合同台账: the list, one contract's sheet, and what the checks of the ledger found."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal
from uuid import UUID

from flask import Blueprint, render_template, request
from pydantic import BaseModel

from alerts.boards import alerts_of_contract, open_of_contracts
from contracts.boards import finding_page, findings_of, supervisions_of
from contracts.queries import plans, programmes, rounds
from contracts.schemas import PlansWanted, ProgrammesWanted, RoundOut, RoundsWanted
from contracts.service_models import COUNTS
from kernel.access.permissions import Permission
from kernel.fields import CursorText, SearchWords
from kernel.paging import Page
from kernel.web.permissions import requires
from kernel.web.session import as_of, current_actor, current_session
from monitor.timeline import timeline
from payments.contract_queries import contract, contracts
from payments.queries import milestones, payments
from payments.schemas import (
    ContractsWanted,
    MilestoneOut,
    MilestoneState,
    MilestonesWanted,
    PaymentsWanted,
)

PAGE = 25
ALL = 200
"""What one contract's sheet shows of each kind of record at most."""

contract_pages = Blueprint("contract_pages", __name__)


class ContractQuery(BaseModel):
    """What the list's form sends; an empty choice means all."""

    q: SearchWords | Literal[""] = ""
    programme: SearchWords | Literal[""] = ""
    after: CursorText = ""

    def asked(self) -> dict[str, Any]:
        """The choices made, for the address of the next page."""
        return self.model_dump(exclude={"after"}, exclude_defaults=True)

    def wanted(self) -> ContractsWanted:
        """The same, as the ledger takes it."""
        return ContractsWanted(
            limit=PAGE,
            cursor=self.after or None,
            q=self.q or None,
            programme=self.programme or None,
        )


@contract_pages.get("/contracts")
@requires(Permission.CONTRACTS_READ)
def index() -> str:
    """The list: search, one programme, one page."""
    session, actor, day = current_session(), current_actor(), as_of()
    query = ContractQuery.model_validate(request.args.to_dict())
    page = contracts(session, actor, day, query.wanted())
    return render_template(
        "monitor/contracts.html",
        view_day=day,
        query=query,
        page=page,
        open_alerts=open_of_contracts(session, [item.id for item in page.items], day),
        programmes=programmes(session, actor, ProgrammesWanted(limit=ALL)).items,
    )


@contract_pages.get("/contracts/<uuid:contract_id>")
@requires(Permission.CONTRACTS_READ)
def show(contract_id: UUID) -> str:
    """One contract as of a day: money, time, plan, alerts, and the records behind them."""
    session, actor, day = current_session(), current_actor(), as_of()
    found = contract(session, actor, day, contract_id)
    of_it = {"contract": contract_id, "limit": ALL}
    pages: dict[str, Page[Any]] = {
        "支付节点": milestones(session, actor, day, MilestonesWanted.model_validate(of_it)),
        "支付记录": payments(session, actor, day, PaymentsWanted.model_validate(of_it)),
        "服务轮次": rounds(session, actor, day, RoundsWanted.model_validate(of_it)),
        "实施方案": plans(session, actor, day, PlansWanted.model_validate(of_it)),
    }
    terms, paid, served, planned = (listed.items for listed in pages.values())
    history = alerts_of_contract(session, actor, contract_id, day)
    open_now = [item for item in history if item.open_on(day)]
    return render_template(
        "monitor/contract.html",
        view_day=day,
        contract=found,
        most=ALL,
        shortened=[name for name, listed in pages.items() if listed.next],
        milestones=terms,
        next_due=_next_due(terms),
        payments=paid,
        rounds=served,
        round_fields=_given_counts(served),
        plans=planned,
        supervisions=supervisions_of(session, actor, contract_id, day),
        alerts=history,
        open_alerts=sorted(open_now, key=lambda item: -item.severity),
        findings=findings_of(session, actor, contract_id),
        drawing=timeline(found, planned, served, terms, paid, day),
    )


@contract_pages.get("/findings")
@requires(Permission.FINDINGS_READ)
def findings() -> str:
    """核验发现 of everything the actor sees."""
    after = request.args.get("after", "")
    page = finding_page(current_session(), current_actor(), after)
    return render_template("monitor/findings.html", page=page, after=after)


def _given_counts(served: Sequence[RoundOut]) -> list[str]:
    """The counts that at least one round gives: a column of nothing but 未提供 tells nothing."""
    return [name for name in COUNTS if any(getattr(item, name) is not None for item in served)]


def _next_due(terms: Sequence[MilestoneOut]) -> MilestoneOut | None:
    """The milestone to pay next: the earliest due date among those not paid."""
    waiting = [item for item in terms if item.due_on and item.state is not MilestoneState.PAID]
    return min(waiting, key=lambda item: item.due_on or date.max, default=None)
