"""方案与轮次 of a contract, one round, and the forms that record, update and return one."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from contracts.plans.queries import plans
from contracts.rounds import changes, queries
from contracts.rounds.coverage import coverage
from contracts.rounds.progress import progress_of
from contracts.rounds.reached import SHOWN, itemised, reach_of
from contracts.rounds.rules import NAMES
from contracts.rounds.schemas import (
    NewRound,
    Progress,
    ResubmissionIn,
    RoundEdit,
    RoundReturnIn,
    RoundSheet,
    ZeroHazards,
)
from contracts.schemas import PlansWanted
from contracts.service_models import RoundKind
from contracts.service_reading import contract_head
from kernel.access.permissions import Permission
from kernel.keys import new_key
from kernel.web.forms import Form, again, saved, seen_version, tried, typed
from kernel.web.idempotency import added_once
from kernel.web.permissions import requires
from kernel.web.session import as_of, current_actor, current_clock, current_session, write_session

round_pages = Blueprint("round_pages", __name__, template_folder="../templates")

MOST_VERSIONS = 50
GROUPS: Mapping[str, tuple[str, ...]] = {
    "工作量": (
        "enterprises", "expert_visits", "vehicle_trips", "equipment_sets", "notices", "suggestions",
    ),
    "隐患": (
        "hazards_found", "hazards_general", "hazards_major",
        "rectified", "rectified_general", "rectified_major",
    ),
    "培训": ("people_trained", "enterprises_trained", "officials_trained"),
}  # fmt: skip
"""The counts of a round as its page and its form group them."""
_PLAIN = (
    "kind", "started_on", "ended_on", "rounds_covered", "planned_number", "title", "content",
    "report_number", "reported_on", "note",
)  # fmt: skip


@round_pages.get("/contracts/<uuid:contract_id>/service")
@requires(Permission.SERVICE_READ)
def service(contract_id: UUID) -> str:
    """The plan's versions, and planned rounds beside what was done."""
    session, actor, day = current_session(), current_actor(), as_of()
    wanted = PlansWanted(contract=contract_id, limit=MOST_VERSIONS)
    return render_template(
        "rounds/service.html",
        contract=contract_head(session, actor, contract_id),
        versions=list(reversed(plans(session, actor, day, wanted).items)),
        progress=progress_of(session, actor, contract_id, day),
        coverage=coverage(session, actor, contract_id, day),
        view_day=day,
    )


@round_pages.app_template_global("progress_on_contract")
def progress_on_contract(contract_id: UUID) -> Progress:
    """What ``rounds/_progress.html`` shows, for the contract's own page."""
    return progress_of(current_session(), current_actor(), contract_id, as_of())


@round_pages.get("/rounds/<uuid:round_id>")
@requires(Permission.SERVICE_READ)
def show(round_id: UUID) -> str:
    """One round: dates, counts, equipment, enterprises, what was returned, what may be done."""
    today = current_clock().business_date().isoformat()
    dates = dict.fromkeys(("returned_on", "resubmitted_on", "confirmed_on"), today)
    return _show(round_id, Form(dates))


@round_pages.get("/contracts/<uuid:contract_id>/rounds/update")
@requires(Permission.SERVICE_WRITE)
def update(contract_id: UUID) -> Response:
    """更新轮次: straight to the form of the round that is not confirmed yet, else of a new one."""
    progress = progress_of(
        current_session(), current_actor(), contract_id, current_clock().business_date()
    )
    unsettled = [
        line.round_id
        for line in progress.lines
        if line.round_id and line.state.value != "confirmed"
    ]
    if unsettled:
        return redirect(url_for("round_pages.edit", round_id=unsettled[-1]))
    return redirect(url_for("round_pages.new", contract_id=contract_id))


@round_pages.get("/contracts/<uuid:contract_id>/rounds/new")
@requires(Permission.SERVICE_WRITE)
def new(contract_id: UUID) -> str:
    """An empty form; ``?planned=N`` takes over what the plan says of its round N."""
    given = {
        "started_on": current_clock().business_date().isoformat(),
        "rounds_covered": "1",
        "request_key": str(new_key()),
    }
    planned = request.args.get("planned", type=int)
    lines = progress_on_contract(contract_id).lines
    for line in lines:
        if line.in_plan and line.number == planned:
            given |= {"planned_number": str(planned), "kind": line.kind.value}
    return _new_page(contract_id, Form(given))


@round_pages.post("/contracts/<uuid:contract_id>/rounds/new")
@requires(Permission.SERVICE_WRITE)
def add(contract_id: UUID) -> Response:
    """Record it."""
    made: list[UUID] = []

    def act() -> None:
        given = typed()
        key = given.pop("request_key", "")
        wanted = NewRound.model_validate({**given, "contract_id": contract_id})
        actor, clock = current_actor(), current_clock()
        with write_session(reason="登记轮次") as session:
            made.append(
                added_once(
                    session,
                    key,
                    wanted,
                    lambda session: changes.add_round(session, actor, clock, wanted),
                )
            )

    refusal = tried(act)
    if refusal is not None:
        back = url_for("round_pages.service", contract_id=contract_id)
        return again(refusal, lambda form: _new_page(contract_id, form), back)
    flash("轮次已登记。")
    return redirect(url_for("round_pages.show", round_id=made[0]))


@round_pages.get("/rounds/<uuid:round_id>/edit")
@requires(Permission.SERVICE_WRITE)
def edit(round_id: UUID) -> str:
    """The form with what is recorded."""
    found = _round(round_id)
    names = (*_PLAIN, *(name for group in GROUPS.values() for name in group))
    return _edit_page(found, Form({name: _text(getattr(found, name)) for name in names}))


@round_pages.post("/rounds/<uuid:round_id>/edit")
@requires(Permission.SERVICE_WRITE)
def change(round_id: UUID) -> Response:
    """Save it."""
    found = _round(round_id)

    def act() -> None:
        wanted = RoundEdit.model_validate(typed())
        with write_session(reason="更新轮次") as session:
            actor, clock = current_actor(), current_clock()
            changes.change_round(session, actor, clock, round_id, wanted, seen_version())

    back = url_for("round_pages.show", round_id=round_id)
    return saved(act, lambda form: _edit_page(found, form), back, "轮次已更新。")


@round_pages.post("/rounds/<uuid:round_id>/return")
@requires(Permission.SERVICE_WRITE)
def give_back(round_id: UUID) -> Response:
    """退回, with the reason."""

    def act(session: Session, given: Mapping[str, str]) -> None:
        wanted = RoundReturnIn.model_validate(given)
        changes.return_round(session, current_actor(), current_clock(), round_id, wanted)

    said = "已退回；承接方重新报送后才能确认。"
    return _acted(round_id, act, request.form.get("return_reason", ""), said)


@round_pages.post("/rounds/<uuid:round_id>/resubmit")
@requires(Permission.SERVICE_WRITE)
def resubmit(round_id: UUID) -> Response:
    """承接方重新报送."""

    def act(session: Session, given: Mapping[str, str]) -> None:
        wanted = ResubmissionIn.model_validate(given)
        changes.resubmit_round(session, current_actor(), current_clock(), round_id, wanted)

    return _acted(round_id, act, "重新报送轮次", "已重新报送，待确认。")


@round_pages.post("/rounds/<uuid:round_id>/zero-hazards")
@requires(Permission.SERVICE_WRITE)
def zero_hazards(round_id: UUID) -> Response:
    """零隐患确认."""

    def act(session: Session, given: Mapping[str, str]) -> None:
        wanted = ZeroHazards.model_validate(given)
        changes.confirm_zero_hazards(session, current_actor(), current_clock(), round_id, wanted)

    return _acted(round_id, act, "零隐患确认", "已确认本轮未发现隐患。")


def _acted(
    round_id: UUID, act: Callable[[Session, Mapping[str, str]], None], reason: str, said: str
) -> Response:
    def tell() -> None:
        with write_session(reason=reason) as session:
            act(session, typed())

    back = url_for("round_pages.show", round_id=round_id)
    return saved(tell, lambda form: _show(round_id, form), back, said)


def _round(round_id: UUID) -> RoundSheet:
    today = current_clock().business_date()
    return queries.service_round(current_session(), current_actor(), today, round_id)


def _show(round_id: UUID, form: Form) -> str:
    session, actor, day = current_session(), current_actor(), as_of()
    found = queries.service_round(session, actor, day, round_id)
    return render_template(
        "rounds/show.html",
        item=found,
        contract=contract_head(session, actor, found.contract.id),
        reach=reach_of(session, round_id),
        itemised=itemised(session, round_id),
        groups=GROUPS,
        shown=SHOWN,
        form=form,
        view_day=day,
    )


def _new_page(contract_id: UUID, form: Form) -> str:
    return _form_page(contract_id, form, None, 0)


def _edit_page(found: RoundSheet, form: Form) -> str:
    return _form_page(found.contract.id, form, found, seen_version() or found.version)


def _form_page(contract_id: UUID, form: Form, found: RoundSheet | None, version: int) -> str:
    session, actor, today = current_session(), current_actor(), current_clock().business_date()
    lines = progress_of(session, actor, contract_id, today).lines
    return render_template(
        "rounds/form.html",
        contract=contract_head(session, actor, contract_id),
        item=found,
        form=form,
        version=version,
        groups=GROUPS,
        names=NAMES,
        kinds=list(RoundKind),
        planned=[line for line in lines if line.in_plan],
    )


def _text(value: Any) -> str:
    return "" if value is None else str(getattr(value, "value", value))
