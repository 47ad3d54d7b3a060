"""待办事项: what waits for me, one act with its steps, and 审批步骤: how many steps acts take."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from contracts.steps import acts, queries, step_settings, words
from contracts.steps.models import MONEY_KINDS, Act, ActKind, ActState, Steps
from contracts.steps.reach import kinds_to_enter
from contracts.steps.schemas import ActsWanted, EndBody, ReasonBody, SettingsWanted, StepBody, Whose
from contracts.steps.step_settings import SettingEntry
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.errors import ConflictError, ForbiddenError, InputError
from kernel.fields import CursorText
from kernel.web.permissions import requires
from kernel.web.problems import input_error
from kernel.web.session import current_actor, current_clock, current_session, write_session

act_pages = Blueprint("act_pages", __name__, template_folder="templates")
step_pages = Blueprint("step_pages", __name__, template_folder="templates")

PAGE = 25
WORDS = {
    "kind_names": words.KIND_NAMES,
    "state_names": words.STATE_NAMES,
    "state_looks": words.STATE_LOOKS,
    "steps_names": words.STEPS_NAMES,
    "fact_rows": words.fact_rows,
}
Take = Callable[[Session, Actor, date, datetime], Act]


class ActQuery(BaseModel):
    """Which tab of the list, and where its page begins."""

    whose: Whose = Whose.TO_DO
    after: CursorText = ""


class SettingsQuery(BaseModel):
    """Where the list's page begins, and which setting is to be changed."""

    after: CursorText = ""
    change: UUID | None = None


@act_pages.get("/acts")
@requires(Permission.CONTRACTS_READ)
def index() -> str:
    """What waits for me, what I entered, or all that I see."""
    query = ActQuery.model_validate(request.args.to_dict())
    wanted = ActsWanted(whose=query.whose, limit=PAGE, cursor=query.after or None)
    page = queries.acts(current_session(), current_actor(), wanted)
    return render_template("steps/index.html", query=query, page=page, **WORDS)


@act_pages.get("/acts/<uuid:act_id>")
@requires(Permission.CONTRACTS_READ)
def show(act_id: UUID) -> str:
    """One act: what was entered, who took which step, what I may do now."""
    act = queries.act(current_session(), current_actor(), act_id)
    return render_template("steps/show.html", act=act, **WORDS)


@act_pages.post("/acts/<uuid:act_id>/check")
@requires(Permission.ACTS_CHECK)
def check(act_id: UUID) -> Response:
    """审核通过."""
    body = StepBody.model_validate(_sent())
    return _take(
        act_id,
        lambda session, actor, today, now: acts.check(
            session, actor, act_id, body.version, today, now
        ),
    )


@act_pages.post("/acts/<uuid:act_id>/approve")
@requires(Permission.ACTS_APPROVE)
def approve(act_id: UUID) -> Response:
    """批准."""
    body = StepBody.model_validate(_sent())
    return _take(
        act_id,
        lambda session, actor, today, now: acts.approve(
            session, actor, act_id, body.version, today, now
        ),
        queries.why_asked(current_session(), current_actor(), act_id),
    )


@act_pages.post("/acts/<uuid:act_id>/return")
@requires(Permission.CONTRACTS_READ)
def give_back(act_id: UUID) -> Response:
    """退回，须写明原因."""
    body = ReasonBody.model_validate(_sent())
    return _take(
        act_id,
        lambda session, actor, _today, now: acts.give_back(
            session, actor, act_id, body.version, body.reason, now
        ),
        body.reason,
    )


@act_pages.post("/acts/<uuid:act_id>/withdraw")
@requires(Permission.ACTS_ENTER)
def withdraw(act_id: UUID) -> Response:
    """撤回."""
    body = ReasonBody.model_validate(_sent())
    return _take(
        act_id,
        lambda session, actor, _today, now: acts.withdraw(
            session, actor, act_id, body.version, body.reason, now
        ),
        body.reason,
    )


@act_pages.app_template_global("acts_on_contract")
def acts_on_contract(contract_id: UUID) -> dict[str, Any]:
    """What a contract's page shows of its acts: those on their way, and which may be entered."""
    session, actor = current_session(), current_actor()
    return {
        "open": queries.open_of_contract(session, actor, contract_id),
        "kinds": kinds_to_enter(session, actor, contract_id),
        **WORDS,
    }


@step_pages.get("/step-settings")
@requires(Permission.STEPS_WRITE)
def settings() -> str:
    """The settings that stand, what holds where there is none, and the form for another.

    ``?change=ID`` fills the form with the setting that is to be changed.
    """
    query = SettingsQuery.model_validate(request.args.to_dict())
    given = {"valid_from": current_clock().business_date().isoformat()}
    if query.change is not None:
        row = step_settings.setting(current_session(), current_actor(), query.change)
        given |= {
            "organisation_id": str(row.organisation_id or ""),
            "kind": row.kind.value,
            "from_amount": f"{row.from_amount:.2f}",
            "steps": row.steps.value,
            "replaces": str(row.id),
        }
    return _settings_page(given, {}, query.after)


@step_pages.post("/step-settings")
@requires(Permission.STEPS_WRITE)
def set_steps() -> Response | tuple[str, int]:
    """Set; what is wrong is shown at its field, with what was typed."""
    given = _sent()
    actor, clock = current_actor(), current_clock()
    try:
        entry = SettingEntry.model_validate({name: v for name, v in given.items() if v})
        with write_session(reason=entry.reason) as session:
            step_settings.set_steps(session, actor, entry, clock.business_date(), clock.now())
    except ValidationError as error:
        return _settings_page(given, _faults(input_error(error))), 422
    except (InputError, ConflictError) as refusal:
        return _settings_page(given, _faults(refusal)), int(refusal.status)
    flash("步骤设置已生效；已提出的事项仍按提出时的步骤办理。")
    return redirect(url_for("step_pages.settings"))


@step_pages.post("/step-settings/<uuid:setting_id>/end")
@requires(Permission.STEPS_WRITE)
def end_steps(setting_id: UUID) -> Response:
    """End a setting; the reason goes to the trail."""
    try:
        body = EndBody.model_validate(_sent())
        with write_session(reason=body.reason) as session:
            step_settings.end_steps(
                session, current_actor(), setting_id, body.version, current_clock().now()
            )
        flash("已停用，今后按上级机构、全系统或缺省的步骤办理。")
    except ValidationError as error:
        flash(input_error(error).message)
    except (InputError, ConflictError) as refusal:
        flash(refusal.message)
    return redirect(url_for("step_pages.settings"))


def _take(act_id: UUID, step: Take, reason: str = "") -> Response:
    """Take a step and show the act again, with what refused it where something did."""
    actor, clock = current_actor(), current_clock()
    try:
        with write_session(reason=reason) as session:
            act = step(session, actor, clock.business_date(), clock.now())
        flash(_SAID[act.state])
    except (InputError, ConflictError, ForbiddenError) as refusal:
        problems = [problem.message for problem in refusal.problems]
        flash("没有办理：" + "；".join(problems or [refusal.message]))
    return redirect(url_for("act_pages.show", act_id=act_id))


_SAID = {
    ActState.TO_CHECK: "已提出，待审核。",
    ActState.TO_APPROVE: "审核通过，待负责人批准。",
    ActState.DONE: "已批准，并已记入台账。",
    ActState.RETURNED: "已退回，台账没有变化。",
    ActState.WITHDRAWN: "已撤回，台账没有变化。",
}


def _settings_page(given: dict[str, str], faults: dict[str, str], after: str = "") -> str:
    session, actor = current_session(), current_actor()
    wanted = SettingsWanted(limit=PAGE, cursor=after or None)
    return render_template(
        "steps/settings.html",
        page=step_settings.settings_of(session, actor, wanted),
        after=after,
        organisations=step_settings.organisations_to_set(session, actor),
        most=step_settings.MOST,
        everywhere=step_settings.sets_everywhere(actor),
        defaults=step_settings.DEFAULTS,
        kinds=list(ActKind),
        money_kinds=MONEY_KINDS,
        choices=list(Steps),
        given=given,
        faults=faults,
        **WORDS,
    )


def _sent() -> dict[str, str]:
    return {name: value for name, value in request.form.items() if name != "csrf_token"}


def _faults(refusal: InputError | ConflictError) -> dict[str, str]:
    """By field; what belongs to no field under the empty name."""
    return {item.field: item.message for item in refusal.problems} or {"": refusal.message}
