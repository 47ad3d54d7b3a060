"""合同台账: the list, one contract's sheet, and what the checks of the ledger found."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from alerts.boards import alerts_of_contract, open_of_contracts
from contracts.access import permissions_on
from contracts.boards import finding_page, findings_of, supervisions_of
from contracts.checks.file_queries import file_of
from contracts.life.words import STATE_LOOKS, STATE_NAMES
from contracts.lists.export import EXPORT_PAGE, every_page
from contracts.lists.pages import as_workbook, list_arguments
from contracts.lists.screen import ListScreen
from contracts.plans.queries import plans
from contracts.queries import programmes
from contracts.rounds.queries import rounds
from contracts.rounds.schemas import RoundOut
from contracts.schemas import PlansWanted, ProgrammesWanted, RoundsWanted
from contracts.service_models import COUNTS
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.paging import Page
from kernel.web.permissions import requires
from kernel.web.session import as_of, current_actor, current_session
from monitor.contract_list import BY_MONEY, COLUMNS, SORT_NAMES, ContractQuery
from monitor.timeline import timeline
from payments.contract_queries import contract, contracts
from payments.queries import milestones, payments
from payments.schemas import (
    ContractOut,
    MilestoneOut,
    MilestoneState,
    MilestonesWanted,
    PaymentsWanted,
)

ALL = 200
"""What one contract's sheet shows of each kind of record at most."""

contract_pages = Blueprint("contract_pages", __name__)


@contract_pages.get("/contracts")
@requires(Permission.CONTRACTS_READ)
def index() -> str:
    """The list: filters, order, columns, one page; all of it in the address."""
    session, actor, day = current_session(), current_actor(), as_of()
    query = ContractQuery.model_validate(list_arguments())
    page = contracts(session, actor, day, query.wanted())
    tools = ListScreen.of(session, actor, "contracts", COLUMNS, query.asked())
    both_ends = {"service_start", "service_end"} <= set(tools.names)
    return render_template(
        "monitor/contracts.html",
        view_day=day,
        query=query,
        page=page,
        tools=tools,
        both_ends=both_ends,
        sort_names=SORT_NAMES,
        by_money=BY_MONEY,
        state_names=STATE_NAMES,
        state_looks=STATE_LOOKS,
        open_alerts=_open_alerts(session, actor, page, day),
        programmes=programmes(session, actor, ProgrammesWanted(limit=ALL)).items,
    )


@contract_pages.get("/contracts/export")
@requires(Permission.CONTRACTS_READ)
def export() -> Response:
    """The list as a workbook: all its pages, its columns and its order."""
    session, actor, day = current_session(), current_actor(), as_of()
    query = ContractQuery.model_validate(list_arguments())
    found = every_page(
        lambda cursor: contracts(session, actor, day, query.wanted(EXPORT_PAGE, cursor))
    )
    return as_workbook("合同台账", day, query.columns(actor), found)


@contract_pages.get("/contracts/<uuid:contract_id>")
@requires(Permission.CONTRACTS_READ)
def show(contract_id: UUID) -> str:
    """One contract as of a day: money, time, plan, alerts, and the records behind them.

    Parts that the reader may not see of this contract are neither asked for nor shown.
    """
    session, actor, day = current_session(), current_actor(), as_of()
    found = contract(session, actor, day, contract_id)
    shown = permissions_on(session, actor, contract_id)
    pages = _records(contract_id, day, shown)
    terms, paid, served, planned = (listed.items for listed in pages.values())
    sees_service, sees_alerts = Permission.SERVICE_READ in shown, Permission.ALERTS_READ in shown
    history = alerts_of_contract(session, actor, contract_id, day) if sees_alerts else []
    open_now = [item for item in history if item.open_on(day)]
    return render_template(
        "monitor/contract.html",
        view_day=day,
        contract=found,
        shown=shown,
        most=ALL,
        shortened=[name for name, listed in pages.items() if listed.next],
        milestones=terms,
        next_due=_next_due(terms),
        payments=paid,
        rounds=served,
        round_fields=_given_counts(served),
        plans=planned,
        supervisions=supervisions_of(session, actor, contract_id, day) if sees_service else [],
        file_parts=file_of(session, actor, contract_id, day) if sees_service else [],
        alerts=history,
        open_alerts=sorted(open_now, key=lambda item: -item.severity),
        findings=findings_of(session, actor, contract_id)
        if Permission.FINDINGS_READ in shown
        else [],
        drawing=timeline(found, planned, served, terms, paid, day),
    )


@contract_pages.get("/findings")
@requires(Permission.FINDINGS_READ)
def findings() -> str:
    """核验发现 of everything the actor sees."""
    after = request.args.get("after", "")
    page = finding_page(current_session(), current_actor(), after)
    return render_template("monitor/findings.html", page=page, after=after)


def _open_alerts(
    session: Session, actor: Actor, page: Page[ContractOut], day: date
) -> dict[UUID, int]:
    if not actor.may(Permission.ALERTS_READ):
        return {}
    return open_of_contracts(session, actor, [item.id for item in page.items], day)


def _records(contract_id: UUID, day: date, shown: frozenset[Permission]) -> dict[str, Page[Any]]:
    """The contract's records by their name on screen; none of a kind that is not ``shown``."""
    session, actor = current_session(), current_actor()
    of_it = {"contract": contract_id, "limit": ALL}
    none: Page[Any] = Page(items=[], next=None)
    found = dict.fromkeys(("支付节点", "支付记录", "服务轮次", "实施方案"), none)
    if Permission.MONEY_READ in shown:
        terms, paid = (
            MilestonesWanted.model_validate(of_it),
            PaymentsWanted.model_validate(of_it),
        )
        found["支付节点"] = milestones(session, actor, day, terms)
        found["支付记录"] = payments(session, actor, day, paid)
    if Permission.SERVICE_READ in shown:
        served, planned = RoundsWanted.model_validate(of_it), PlansWanted.model_validate(of_it)
        found["服务轮次"] = rounds(session, actor, day, served)
        found["实施方案"] = plans(session, actor, day, planned)
    return found


def _given_counts(served: Sequence[RoundOut]) -> list[str]:
    """The counts that at least one round gives: a column of nothing but 未提供 tells nothing."""
    return [name for name in COUNTS if any(getattr(item, name) is not None for item in served)]


def _next_due(terms: Sequence[MilestoneOut]) -> MilestoneOut | None:
    """The milestone to pay next: the earliest due date among those not paid."""
    waiting = [item for item in terms if item.due_on and item.state is not MilestoneState.PAID]
    return min(waiting, key=lambda item: item.due_on or date.max, default=None)
