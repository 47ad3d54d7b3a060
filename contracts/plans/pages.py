"""实施方案: one version, the form to hand one in or change it, 退回 and 报送新版."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from contracts.plans import changes, queries
from contracts.plans.row_fields import (
    FIRST_ROWS,
    MORE_ROWS,
    MOST_ROWS,
    flat,
    rows_of,
    rows_typed,
)
from contracts.plans.schemas import NewPlan, PlanEdit, PlanReturn, PlanSheet, PlanSubmission
from contracts.service_models import RoundKind
from contracts.service_reading import contract_head
from kernel.access.permissions import Permission
from kernel.keys import new_key
from kernel.web.forms import Form, again, saved, seen_version, tried, typed
from kernel.web.idempotency import added_once
from kernel.web.permissions import requires
from kernel.web.session import as_of, current_actor, current_clock, current_session, write_session

plan_pages = Blueprint("plan_pages", __name__, template_folder="templates")

_TEXTS = ("title", "document_number", "method", "deliverables", "headcount", "note")


@plan_pages.get("/plans/<uuid:plan_id>")
@requires(Permission.SERVICE_READ)
def show(plan_id: UUID) -> str:
    """One version: what it says, the rounds it promises, what was decided, what may be done."""
    return _show(plan_id, Form({"returned_on": _today(), "submitted_on": _today()}))


@plan_pages.get("/contracts/<uuid:contract_id>/plans/new")
@requires(Permission.SERVICE_WRITE)
def new(contract_id: UUID) -> str:
    """An empty form, the date on the business date."""
    given = {"submitted_on": _today(), "request_key": str(new_key())}
    return _new_page(contract_id, Form(given))


@plan_pages.post("/contracts/<uuid:contract_id>/plans/new")
@requires(Permission.SERVICE_WRITE)
def add(contract_id: UUID) -> Response | str:
    """Hand the version in; 再加几行 shows the form again with more rows."""
    given = _given()
    if request.form.get("act") == "more":
        return _new_page(contract_id, Form(given), more=MORE_ROWS)
    made: list[UUID] = []

    def act() -> None:
        wanted = NewPlan.model_validate({**_entered(given), "contract_id": contract_id})
        actor, clock = current_actor(), current_clock()
        with write_session(reason="报送方案") as session:
            made.append(
                added_once(
                    session,
                    given.get("request_key", ""),
                    wanted,
                    lambda session: changes.add_plan(session, actor, clock, wanted),
                )
            )

    refusal = tried(act)
    if refusal is not None:
        page = _with_rows(lambda form: _new_page(contract_id, form), given)
        return again(refusal, page, url_for("round_pages.service", contract_id=contract_id))
    flash("方案已登记，待审核。请在下面上传方案文件，再提请审定。")
    return redirect(url_for("plan_pages.show", plan_id=made[0]))


@plan_pages.get("/plans/<uuid:plan_id>/edit")
@requires(Permission.SERVICE_WRITE)
def edit(plan_id: UUID) -> str:
    """The form with what the version says."""
    plan = _plan(plan_id)
    given = {name: _text(getattr(plan, name)) for name in (*_TEXTS, "submitted_on")}
    planned = rows_of(queries.planned_rounds(current_session(), plan_id))
    rows = flat(planned) if len(planned) <= MOST_ROWS else {}
    return _edit_page(plan, Form({**given, **rows}), has_rows=len(planned) <= MOST_ROWS)


@plan_pages.post("/plans/<uuid:plan_id>/edit")
@requires(Permission.SERVICE_WRITE)
def change(plan_id: UUID) -> Response | str:
    """Save the changes, as long as the version waits for its decision."""
    given, has_rows = _given(), "with_rows" in request.form
    plan = _plan(plan_id)
    if request.form.get("act") == "more":
        return _edit_page(plan, Form(given), has_rows=True, more=MORE_ROWS)

    def act() -> None:
        entered = _entered(given)
        if not has_rows:
            del entered["rounds"]
        wanted = PlanEdit.model_validate(entered)
        with write_session(reason="修改方案") as session:
            actor, clock = current_actor(), current_clock()
            changes.change_plan(session, actor, clock, plan_id, wanted, seen_version())

    page = _with_rows(lambda form: _edit_page(plan, form, has_rows=has_rows), given)
    return saved(act, page, url_for("plan_pages.show", plan_id=plan_id), "修改已保存。")


@plan_pages.post("/plans/<uuid:plan_id>/return")
@requires(Permission.SERVICE_WRITE)
def give_back(plan_id: UUID) -> Response:
    """退回承接方, with the reason."""

    def act(session: Session, given: Mapping[str, str]) -> None:
        wanted = PlanReturn.model_validate(given)
        changes.return_plan(session, current_actor(), current_clock(), plan_id, wanted)

    said = "已退回承接方；修改后请在本页报送新版。"
    return _acted(plan_id, act, request.form.get("return_reason", ""), said)


@plan_pages.post("/plans/<uuid:plan_id>/submit")
@requires(Permission.SERVICE_WRITE)
def submit(plan_id: UUID) -> Response:
    """报送新版: the next version begins with the content of this one."""
    made: list[UUID] = []

    def act() -> None:
        wanted = PlanSubmission.model_validate(typed())
        with write_session(reason="报送新版方案") as session:
            actor, clock = current_actor(), current_clock()
            made.append(changes.submit_next(session, actor, clock, plan_id, wanted))

    refusal = tried(act)
    if refusal is not None:
        back = url_for("plan_pages.show", plan_id=plan_id)
        return again(refusal, lambda form: _show(plan_id, form), back)
    flash("新版已登记，内容照搬上一版；请按承接方的修改更改。")
    return redirect(url_for("plan_pages.edit", plan_id=made[0]))


def _acted(
    plan_id: UUID, act: Callable[[Session, Mapping[str, str]], None], reason: str, said: str
) -> Response:
    def tell() -> None:
        with write_session(reason=reason) as session:
            act(session, typed())

    back = url_for("plan_pages.show", plan_id=plan_id)
    return saved(tell, lambda form: _show(plan_id, form), back, said)


def _plan(plan_id: UUID) -> PlanSheet:
    today = current_clock().business_date()
    return queries.plan(current_session(), current_actor(), today, plan_id)


def _show(plan_id: UUID, form: Form) -> str:
    session, actor, day = current_session(), current_actor(), as_of()
    plan = queries.plan(session, actor, day, plan_id)
    head = contract_head(session, actor, plan.contract.id)
    is_newest = queries.newest_number(session, plan.contract.id, day) == plan.number
    return render_template(
        "plans/show.html", plan=plan, contract=head, form=form, is_newest=is_newest, view_day=day
    )


def _new_page(contract_id: UUID, form: Form, more: int = 0) -> str:
    head = contract_head(current_session(), current_actor(), contract_id)
    return _form_page(form, more, contract=head, plan=None, version=0, has_rows=True)


def _edit_page(plan: PlanSheet, form: Form, *, has_rows: bool, more: int = 0) -> str:
    head = contract_head(current_session(), current_actor(), plan.contract.id)
    version = seen_version() or plan.version
    return _form_page(form, more, contract=head, plan=plan, version=version, has_rows=has_rows)


def _form_page(form: Form, more: int, **parts: Any) -> str:
    filled = len(rows_typed(form.given))
    rows = min(MOST_ROWS, max(FIRST_ROWS, filled + 1) + more)
    return render_template(
        "plans/form.html", form=form, rows=rows, most=MOST_ROWS, kinds=list(RoundKind), **parts
    )


def _given() -> dict[str, str]:
    """What was typed, its rows moved up so that faults stand at the rows that they are of."""
    given = {name: value for name, value in typed().items() if name != "with_rows"}
    plain = {name: value for name, value in given.items() if not name.startswith("rounds.")}
    return {**plain, **flat(rows_typed(given))}


def _entered(given: Mapping[str, str]) -> dict[str, Any]:
    plain = {
        name: value
        for name, value in given.items()
        if name != "request_key" and not name.startswith("rounds.")
    }
    return {**plain, "rounds": rows_typed(given)}


def _with_rows(page: Callable[[Form], str], given: Mapping[str, str]) -> Callable[[Form], str]:
    return lambda form: page(Form(given, form.faults))


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _today() -> str:
    return current_clock().business_date().isoformat()
