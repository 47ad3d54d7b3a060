"""满意度调查: list, result, form for questions and counts, and the questionnaire to print."""

from dataclasses import replace
from typing import Literal
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from pydantic import BaseModel
from werkzeug.wrappers import Response

from contracts.boards import findings_on
from contracts.models import Contract, Programme
from contracts.surveys import queries
from contracts.surveys.changes import add_survey, change_survey
from contracts.surveys.form_text import given_from, row_faults, rows_shown, values_from
from contracts.surveys.models import ANSWERS
from contracts.surveys.rates import LEVELS
from contracts.surveys.schemas import SurveyIn, SurveyOut, SurveysWanted
from kernel.access.permissions import Permission
from kernel.fields import CursorText
from kernel.web.forms import Form, again, saved, seen_version, tried, typed
from kernel.web.permissions import requires
from kernel.web.session import (
    as_of,
    current_actor,
    current_clock,
    current_session,
    write_session,
)

survey_pages = Blueprint("survey_pages", __name__, template_folder="../templates")
PAGE = 25
ANSWER_LEVELS = dict(zip(ANSWERS, LEVELS, strict=True))


class _Query(BaseModel):
    contract: UUID | Literal[""] = ""
    programme: UUID | Literal[""] = ""
    after: CursorText = ""
    as_of: str = ""

    def asked(self) -> dict[str, str]:
        """The choices made, for the address of the next page."""
        chosen = {"contract": self.contract, "programme": self.programme}
        return {name: str(key) for name, key in chosen.items() if key}


@survey_pages.get("/surveys")
@requires(Permission.SERVICE_READ)
def index() -> str:
    """The surveys, of all contracts and programmes or of one."""
    query = _Query.model_validate(request.args.to_dict())
    wanted = SurveysWanted(
        limit=PAGE,
        cursor=query.after or None,
        contract=query.contract or None,
        programme=query.programme or None,
    )
    page = queries.surveys(current_session(), current_actor(), as_of(), wanted)
    return render_template("contracts/surveys/index.html", page=page, query=query, view_day=as_of())


@survey_pages.get("/surveys/<uuid:survey_id>")
@requires(Permission.SERVICE_READ)
def show(survey_id: UUID) -> str:
    """The result: answers per level, rates, and what contradicts a report."""
    session, actor = current_session(), current_actor()
    found = queries.survey(session, actor, as_of(), survey_id)
    return render_template(
        "contracts/surveys/show.html",
        survey=found,
        levels=ANSWER_LEVELS,
        findings=findings_on(session, actor, ("survey_rate", "survey_counts"), survey_id),
        view_day=as_of(),
    )


@survey_pages.get("/surveys/<uuid:survey_id>/questionnaire")
@requires(Permission.SERVICE_READ)
def questionnaire(survey_id: UUID) -> str:
    """The questionnaire, to print on A4 and hand out."""
    found = queries.survey(current_session(), current_actor(), as_of(), survey_id)
    return render_template(
        "contracts/surveys/questionnaire.html", survey=found, levels=LEVELS, view_day=as_of()
    )


@survey_pages.get("/surveys/new")
@requires(Permission.SUPERVISION_WRITE)
def new() -> str:
    """The form for one more, of ``?contract=`` or ``?programme=`` where that is given."""
    query, session = _Query.model_validate(request.args.to_dict()), current_session()
    contract = session.get(Contract, query.contract) if query.contract else None
    programme = session.get(Programme, query.programme) if query.programme else None
    of = contract.number if contract else programme.code if programme else ""
    return _form(Form({"of": of}), None)


@survey_pages.post("/surveys/new")
@requires(Permission.SUPERVISION_WRITE)
def add() -> Response | str:
    """Enter it, or show the form with more rows."""
    if request.form.get("act") == "more":
        return _form(Form(typed()), None)
    made: list[UUID] = []

    def act() -> None:
        with write_session(reason="登记满意度调查") as session:
            wanted = SurveyIn.model_validate(values_from(session, current_actor(), typed(), 0))
            made.append(add_survey(session, current_actor(), current_clock(), wanted))

    refusal = tried(act)
    if refusal is not None:
        return again(refusal, lambda form: _form(form, None), url_for("survey_pages.index"))
    flash("满意度调查已登记。")
    return redirect(url_for("survey_pages.show", survey_id=made[0]))


@survey_pages.get("/surveys/<uuid:survey_id>/edit")
@requires(Permission.SUPERVISION_WRITE)
def edit(survey_id: UUID) -> str:
    """The form with what is recorded, to put the counts in."""
    return _form(Form(given_from(_current(survey_id))), survey_id)


@survey_pages.post("/surveys/<uuid:survey_id>/edit")
@requires(Permission.SUPERVISION_WRITE)
def change(survey_id: UUID) -> Response | str:
    """Save what was typed in its place, or show the form with more rows."""
    if request.form.get("act") == "more":
        return _form(Form(typed()), survey_id)
    before = _current(survey_id)

    def act() -> None:
        with write_session(reason="修改满意度调查") as session:
            actor = current_actor()
            values = values_from(session, actor, typed(), len(before.questions))
            owner = {
                "contract_id": before.contract.id if before.contract else None,
                "programme_id": before.programme.id if before.programme else None,
            }
            wanted = SurveyIn.model_validate({**values, **owner})
            change_survey(session, actor, current_clock(), survey_id, wanted, seen_version())

    back = url_for("survey_pages.show", survey_id=survey_id)
    return saved(act, lambda form: _form(form, survey_id), back, "满意度调查已保存。")


def _current(survey_id: UUID) -> SurveyOut:
    today = current_clock().business_date()
    return queries.survey(current_session(), current_actor(), today, survey_id)


def _form(form: Form, survey_id: UUID | None) -> str:
    before = _current(survey_id) if survey_id else None
    return render_template(
        "contracts/surveys/form.html",
        form=replace(form, faults=row_faults(form.faults)),
        survey=before,
        version=seen_version() or (before.version if before else 0),
        rows=rows_shown(form.given),
        known=len(before.questions) if before else 0,
        levels=ANSWER_LEVELS,
    )
