"""预算项目: the list, and the form that enters and changes one."""

from typing import Any, Literal
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from pydantic import BaseModel
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from contracts.lists.columns import offered, shown
from contracts.lists.export import EXPORT_PAGE, every_page
from contracts.lists.pages import as_workbook, list_arguments
from contracts.lists.screen import ListScreen
from contracts.models import Programme
from contracts.organisations.queries import named_organisation
from contracts.programmes.changes import (
    LABELS,
    add_programme,
    change_programme,
    keepable,
    kept_programme,
)
from contracts.programmes.columns import COLUMNS
from contracts.programmes.schemas import NewProgramme, ProgrammeEdit
from contracts.queries import programmes
from contracts.schemas import ProgrammesWanted, Year
from kernel.access.permissions import Permission
from kernel.errors import InputError
from kernel.fields import CursorText, SearchWords
from kernel.web.forms import Form, again, saved, seen_version, tried, typed
from kernel.web.permissions import requires
from kernel.web.session import current_actor, current_clock, current_session, write_session

programme_pages = Blueprint("programme_pages", __name__, template_folder="../templates")
PAGE = 25


class ProgrammeQuery(BaseModel):
    """What the list's form sends; an empty choice means all."""

    q: SearchWords | Literal[""] = ""
    fiscal_year: Year | Literal[""] = ""
    col: tuple[str, ...] = ()
    after: CursorText = ""

    def asked(self) -> dict[str, Any]:
        """The choices made, for the address of the next page."""
        return self.model_dump(mode="json", exclude={"after"}, exclude_defaults=True)

    def wanted(self, limit: int = PAGE, cursor: str = "") -> ProgrammesWanted:
        """The same, as the ledger takes it."""
        return ProgrammesWanted(
            q=self.q or None,
            fiscal_year=self.fiscal_year or None,
            limit=limit,
            cursor=cursor or self.after or None,
        )


@programme_pages.get("/programmes")
@requires(Permission.CONTRACTS_READ)
def index() -> str:
    """The programmes that one leads or sees a contract of."""
    session, actor = current_session(), current_actor()
    query = ProgrammeQuery.model_validate(list_arguments())
    page = programmes(session, actor, query.wanted())
    return render_template(
        "contracts/programmes/index.html",
        query=query,
        page=page,
        tools=ListScreen.of(session, actor, "programmes", COLUMNS, query.asked()),
        keepable=keepable(session, actor, [item.id for item in page.items]),
    )


@programme_pages.get("/programmes/export")
@requires(Permission.CONTRACTS_READ)
def export() -> Response:
    """The list as a workbook: all its pages and its columns."""
    session, actor = current_session(), current_actor()
    query = ProgrammeQuery.model_validate(list_arguments())
    found = every_page(lambda cursor: programmes(session, actor, query.wanted(EXPORT_PAGE, cursor)))
    day = current_clock().business_date()
    return as_workbook("预算项目", day, shown(offered(COLUMNS, actor), query.col), found)


@programme_pages.get("/programmes/new")
@requires(Permission.CONTRACTS_WRITE)
def new() -> str:
    """An empty form."""
    return _page(Form({"fiscal_year": str(current_clock().business_date().year)}))


@programme_pages.post("/programmes/new")
@requires(Permission.CONTRACTS_WRITE)
def add() -> Response:
    """Enter it."""

    def act() -> None:
        with write_session(reason="新增预算项目") as session:
            values = _with_lead(session, dict(typed()))
            wanted = NewProgramme.model_validate(values)
            add_programme(session, current_actor(), current_clock(), wanted)

    refusal = tried(act)
    if refusal is not None:
        return again(refusal, _page, url_for("programme_pages.index"))
    flash("预算项目已新增；新增合同时可选用。")
    return redirect(url_for("programme_pages.index"))


@programme_pages.get("/programmes/<uuid:programme_id>/edit")
@requires(Permission.CONTRACTS_WRITE)
def edit(programme_id: UUID) -> str:
    """The form with what is recorded."""
    found = _kept(programme_id)
    given = {name: getattr(found, name) for name in LABELS}
    shown_values = {name: "" if value is None else str(value) for name, value in given.items()}
    return _page(Form(shown_values), found)


@programme_pages.post("/programmes/<uuid:programme_id>/edit")
@requires(Permission.CONTRACTS_WRITE)
def change(programme_id: UUID) -> Response:
    """Save what was typed."""

    def act() -> None:
        wanted = ProgrammeEdit.model_validate(typed())
        with write_session(reason="修改预算项目") as session:
            actor, clock = current_actor(), current_clock()
            change_programme(session, actor, clock, programme_id, wanted, seen_version())

    back = url_for("programme_pages.index")
    return saved(act, lambda form: _page(form, _kept(programme_id)), back, "修改已保存。")


def _with_lead(session: Session, values: dict[str, Any]) -> dict[str, Any]:
    lead = named_organisation(session, "lead", values.pop("lead", ""))
    if lead is None:
        raise InputError("lead", "请填写牵头单位")
    return {**values, "lead_id": lead}


def _kept(programme_id: UUID) -> Programme:
    return kept_programme(current_session(), current_actor(), programme_id)


def _page(form: Form, found: Programme | None = None) -> str:
    return render_template(
        "contracts/programmes/form.html",
        form=form,
        programme=found,
        version=(seen_version() or found.version) if found else 0,
    )
