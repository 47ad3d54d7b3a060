"""One hazard with its loop and its next step, and the forms for hazards and counts."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from contracts.enterprises.queries import named_enterprise
from contracts.hazards import queries, words
from contracts.hazards.changes import add_count, add_hazard, change_hazard
from contracts.hazards.choosing import rounds_of, writable_contracts
from contracts.hazards.loop import Standing, steps_on
from contracts.hazards.models import HazardStep
from contracts.hazards.pages.lists import PAGE, WORDS, hazard_pages
from contracts.hazards.schemas import HazardEdit, HazardOut, NewCount, NewHazard, NewStep
from contracts.hazards.standing import DATES
from contracts.hazards.taking import take_step
from contracts.service_reading import contract_head
from kernel.access.permissions import Permission
from kernel.paging import ListQuery
from kernel.web.forms import Form, again, saved, seen_version, tried, typed
from kernel.web.permissions import requires
from kernel.web.session import (
    as_of,
    current_actor,
    current_clock,
    current_session,
    write_session,
)

__all__ = ["hazard_pages"]


@hazard_pages.get("/hazards/<uuid:hazard_id>")
@requires(Permission.SERVICE_READ)
def show(hazard_id: UUID) -> str:
    """One hazard as of a day: what it is, its loop so far, and the next step as a form."""
    return _show(hazard_id, Form({"day": _today()}))


@hazard_pages.post("/hazards/<uuid:hazard_id>/steps")
@requires(Permission.SERVICE_WRITE)
def take(hazard_id: UUID) -> Response:
    """Take a step."""

    def act() -> None:
        step = NewStep.model_validate(_given())
        with write_session(reason=f"隐患{words.STEP_NAMES[step.kind]}") as session:
            take_step(session, current_actor(), current_clock(), hazard_id, step)

    back = url_for("hazard_pages.show", hazard_id=hazard_id)
    return saved(act, lambda form: _show(hazard_id, form), back, "已办理，办理经过已更新。")


@hazard_pages.get("/hazards/new")
@requires(Permission.SERVICE_WRITE)
def choose() -> str:
    """The contract on which a hazard is to be entered."""
    after = request.args.get("after", "")
    wanted = ListQuery(limit=PAGE, cursor=after or None)
    page = writable_contracts(current_session(), current_actor(), wanted)
    return render_template("contracts/hazards/choose.html", page=page, after=after)


@hazard_pages.get("/contracts/<uuid:contract_id>/hazards/new")
@requires(Permission.SERVICE_WRITE)
def new(contract_id: UUID) -> str:
    """An empty form; ``?round=`` gives the round."""
    given = {"found_on": _today(), "level": "general", "round_id": request.args.get("round", "")}
    return _new_page(contract_id, Form(given))


@hazard_pages.post("/contracts/<uuid:contract_id>/hazards/new")
@requires(Permission.SERVICE_WRITE)
def add(contract_id: UUID) -> Response:
    """Add it."""
    made: list[UUID] = []

    def act() -> None:
        with write_session(reason="登记隐患") as session:
            entry = NewHazard.model_validate({**_named(session), "contract_id": contract_id})
            made.append(add_hazard(session, current_actor(), current_clock(), entry).id)

    refusal = tried(act)
    if refusal is not None:
        back = url_for("hazard_pages.index", contract=contract_id)
        return again(refusal, lambda form: _new_page(contract_id, form), back)
    flash("隐患已登记；可在下方上传整改前的照片。")
    return redirect(url_for("hazard_pages.show", hazard_id=made[0]))


@hazard_pages.get("/hazards/<uuid:hazard_id>/edit")
@requires(Permission.SERVICE_WRITE)
def edit(hazard_id: UUID) -> str:
    """The form with what is written now."""
    found = _hazard(hazard_id)
    given = {
        name: _plain(getattr(found, name))
        for name in HazardEdit.model_fields
        if name != "enterprise_id"
    }
    given["enterprise"] = found.enterprise.name if found.enterprise else ""
    return _edit_page(hazard_id, Form(given))


@hazard_pages.post("/hazards/<uuid:hazard_id>/edit")
@requires(Permission.SERVICE_WRITE)
def change(hazard_id: UUID) -> Response:
    """Change it."""

    def act() -> None:
        with write_session(reason="修改隐患") as session:
            entry = HazardEdit.model_validate(_named(session))
            change_hazard(
                session, current_actor(), current_clock(), hazard_id, entry, seen_version()
            )

    back = url_for("hazard_pages.show", hazard_id=hazard_id)
    return saved(act, lambda form: _edit_page(hazard_id, form), back, "修改已保存。")


@hazard_pages.get("/contracts/<uuid:contract_id>/hazard-counts/new")
@requires(Permission.SERVICE_WRITE)
def new_count(contract_id: UUID) -> str:
    """The form for what a report counts as of a day."""
    given = {"counted_on": _today(), "round_id": request.args.get("round", "")}
    return _count_page(contract_id, Form(given))


@hazard_pages.post("/contracts/<uuid:contract_id>/hazard-counts/new")
@requires(Permission.SERVICE_WRITE)
def record_count(contract_id: UUID) -> Response:
    """Record it."""

    def act() -> None:
        entry = NewCount.model_validate({**_given(), "contract_id": contract_id})
        with write_session(reason="登记隐患统计") as session:
            add_count(session, current_actor(), current_clock(), entry)

    back = url_for("hazard_pages.board", contract=contract_id)
    said = "统计已登记；此前各日的统计不变。"
    return saved(act, lambda form: _count_page(contract_id, form), back, said)


def _show(hazard_id: UUID, form: Form) -> str:
    session, actor, day = current_session(), current_actor(), as_of()
    found = queries.hazard(session, actor, day, hazard_id)
    head = contract_head(session, actor, found.contract.id)
    may_step = head.may_write and day == current_clock().business_date()
    held = Standing(found.found_on, **{name: getattr(found, name) for name in DATES})
    return render_template(
        "contracts/hazards/show.html",
        view_day=day,
        hazard=found,
        contract=head,
        steps=queries.steps(session, actor, day, hazard_id).items,
        rounds={each.id: each.number for each in rounds_of(session, found.contract.id)},
        next_steps=steps_on(held, found.level, day) if may_step else (),
        ending=HazardStep.VERIFIED,
        with_deadline=(HazardStep.ASSIGNED, HazardStep.EXTENDED, HazardStep.REOPENED),
        form=form,
        **WORDS,
    )


def _new_page(contract_id: UUID, form: Form) -> str:
    return _form_page(contract_id, form, hazard=None, version=0)


def _edit_page(hazard_id: UUID, form: Form) -> str:
    found = _hazard(hazard_id)
    version = seen_version() or found.version
    return _form_page(found.contract.id, form, hazard=found, version=version)


def _form_page(contract_id: UUID, form: Form, *, hazard: HazardOut | None, version: int) -> str:
    return render_template(
        "contracts/hazards/form.html",
        contract=contract_head(current_session(), current_actor(), contract_id),
        rounds=rounds_of(current_session(), contract_id),
        hazard=hazard,
        version=version,
        form=form,
        **WORDS,
    )


def _count_page(contract_id: UUID, form: Form) -> str:
    return render_template(
        "contracts/hazards/count.html",
        contract=contract_head(current_session(), current_actor(), contract_id),
        rounds=rounds_of(current_session(), contract_id),
        form=form,
        **WORDS,
    )


def _hazard(hazard_id: UUID) -> HazardOut:
    today = current_clock().business_date()
    return queries.hazard(current_session(), current_actor(), today, hazard_id)


def _given() -> dict[str, Any]:
    """What was typed; what was left empty is not given."""
    return {name: value for name, value in typed().items() if value.strip()}


def _named(session: Session) -> dict[str, Any]:
    """The same, with the enterprise's key in place of its name."""
    given = _given()
    key = named_enterprise(session, "enterprise_id", str(given.pop("enterprise", "")))
    return {**given, "enterprise_id": key}


def _plain(value: object) -> str:
    return "" if value is None else str(getattr(value, "value", value))


def _today() -> str:
    return current_clock().business_date().isoformat()
