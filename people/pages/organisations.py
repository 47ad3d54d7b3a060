"""机构: the tree to open branch by branch or to search, one organisation, and the acts on it."""

from typing import Literal
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from pydantic import BaseModel
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from contracts.models import Organisation
from contracts.organisations import queries
from contracts.organisations.changes import (
    add_organisation,
    change_organisation,
    move_organisation,
)
from contracts.organisations.preview import MovePreview, preview_move
from contracts.organisations.schemas import NewOrganisation, OrganisationEdit, OrganisationMove
from contracts.organisations.words import KIND_NAMES
from kernel.access.permissions import Permission
from kernel.fields import CursorText, SearchWords
from kernel.web.forms import Form, again, saved, seen_version, tried, typed
from kernel.web.permissions import requires
from kernel.web.session import (
    current_actor,
    current_clock,
    current_session,
    web_parts,
    write_session,
)
from people.queries import members_of, people_reaching

organisation_pages = Blueprint("organisation_pages", __name__, template_folder="../templates")


class TreeQuery(BaseModel):
    """What the search form sends."""

    q: SearchWords | Literal[""] = ""
    after: CursorText = ""

    def asked(self) -> dict[str, str]:
        """The choices made, for the address of the next page."""
        return {"q": self.q} if self.q else {}


@organisation_pages.get("/organisations")
@requires(Permission.ORGANISATIONS_READ)
def index() -> str:
    """The topmost organisations, or those that a search finds, page by page."""
    query = TreeQuery.model_validate(request.args.to_dict())
    page = queries.nodes(current_session(), parent=None, words=query.q, after=query.after)
    return render_template(
        "people/organisations/index.html", query=query, page=page, kinds=KIND_NAMES
    )


@organisation_pages.get("/organisations/<uuid:organisation_id>/branch")
@requires(Permission.ORGANISATIONS_READ)
def branch(organisation_id: UUID) -> str:
    """What lies directly below one, as a piece of the tree."""
    query = TreeQuery.model_validate(request.args.to_dict())
    page = queries.nodes(current_session(), parent=organisation_id, after=query.after)
    return render_template(
        "people/organisations/_branch.html", page=page, above=organisation_id, kinds=KIND_NAMES
    )


@organisation_pages.get("/organisations/options")
@requires(Permission.ORGANISATIONS_READ)
def options() -> str:
    """Names to choose from while one is typed into a field, whatever the field is called."""
    words = next(iter(request.args.values()), "")
    query = TreeQuery.model_validate({"q": words})
    return render_template(
        "people/organisations/_options.html", found=queries.offered(current_session(), query.q)
    )


@organisation_pages.get("/organisations/<uuid:organisation_id>")
@requires(Permission.ORGANISATIONS_READ)
def show(organisation_id: UUID) -> str:
    """One organisation: where it is, how it was, who works there, what lies below."""
    session, today = current_session(), current_clock().business_date()
    query = TreeQuery.model_validate(request.args.to_dict())
    found = queries.one_organisation(session, organisation_id)
    shows_people = current_actor().may(Permission.USERS_READ)
    return render_template(
        "people/organisations/show.html",
        organisation=found,
        path=queries.path_to(session, organisation_id),
        versions=queries.history(session, organisation_id).items,
        page=queries.nodes(session, parent=organisation_id, after=query.after),
        query=query,
        members=members_of(session, organisation_id, today) if shows_people else None,
        kinds=KIND_NAMES,
    )


@organisation_pages.get("/organisations/new")
@requires(Permission.ORGANISATIONS_WRITE)
def new() -> str:
    """The form for one more organisation, below ``?below=`` where that is given."""
    below = request.args.get("below", type=UUID)
    above = queries.one_organisation(current_session(), below) if below else None
    return _new_page(Form({"parent": above.name if above else "", "kind": "department"}))


@organisation_pages.post("/organisations/new")
@requires(Permission.ORGANISATIONS_WRITE)
def add() -> Response:
    """Add it."""
    made: list[UUID] = []

    def act() -> None:
        with write_session(reason="新增机构") as session:
            values = _resolved(session)
            wanted = NewOrganisation.model_validate(values)
            made.append(add_organisation(session, current_actor(), current_clock(), wanted).id)

    refusal = tried(act)
    if refusal is not None:
        return again(refusal, _new_page, url_for("organisation_pages.index"))
    flash("机构已新增。")
    return redirect(url_for("organisation_pages.show", organisation_id=made[0]))


@organisation_pages.get("/organisations/<uuid:organisation_id>/edit")
@requires(Permission.ORGANISATIONS_WRITE)
def edit(organisation_id: UUID) -> str:
    """The form to change name, kind or code."""
    found = queries.one_organisation(current_session(), organisation_id)
    given = {
        "name": found.name,
        "short_name": found.short_name,
        "kind": found.kind.value,
        "division_code": found.division_code or "",
        "valid_from": str(current_clock().business_date()),
    }
    return _edit_page(organisation_id, Form(given))


@organisation_pages.post("/organisations/<uuid:organisation_id>/edit")
@requires(Permission.ORGANISATIONS_WRITE)
def change(organisation_id: UUID) -> Response:
    """Change it from the day given."""

    def act() -> None:
        wanted = OrganisationEdit.model_validate(typed())
        with write_session(reason="修改机构") as session:
            change_organisation(
                session, current_actor(), current_clock(), organisation_id, wanted, seen_version()
            )

    back = url_for("organisation_pages.show", organisation_id=organisation_id)
    return saved(
        act,
        lambda form: _edit_page(organisation_id, form),
        back,
        "修改已保存；此前的名称留在沿革中。",
    )


@organisation_pages.get("/organisations/<uuid:organisation_id>/move")
@requires(Permission.ORGANISATIONS_WRITE)
def ask_move(organisation_id: UUID) -> str:
    """The form to choose another parent."""
    given = {"parent": "", "valid_from": str(current_clock().business_date())}
    return _move_page(organisation_id, Form(given))


@organisation_pages.post("/organisations/<uuid:organisation_id>/move")
@requires(Permission.ORGANISATIONS_WRITE)
def move(organisation_id: UUID) -> Response:
    """Show what the move would change; make it when that was confirmed."""
    is_confirmed = request.form.get("act") == "move"
    told: list[MovePreview] = []
    place = (current_actor(), current_clock(), organisation_id)

    def act() -> None:
        with write_session(reason="移动机构") as session:
            move_organisation(session, *place, _target(session), seen_version())

    def rehearse() -> None:
        with web_parts().database.rehearsing(current_actor()) as session:
            told.append(preview_move(session, *place, _target(session), seen_version()))

    back = url_for("organisation_pages.show", organisation_id=organisation_id)
    refusal = tried(act if is_confirmed else rehearse)
    if refusal is not None:
        return again(refusal, lambda form: _move_page(organisation_id, form), back)
    if is_confirmed:
        flash("已移动；谁能看到哪些合同随即按新的上下级计算。")
        return redirect(back)
    return Response(_move_page(organisation_id, Form(typed()), told[0]), mimetype="text/html")


def _target(session: Session) -> OrganisationMove:
    return OrganisationMove.model_validate(_resolved(session))


def _resolved(session: Session) -> dict[str, object]:
    """What was typed, with the parent's key in place of its name."""
    values: dict[str, object] = dict(typed())
    name = str(values.pop("parent", ""))
    return {**values, "parent_id": queries.named_organisation(session, "parent", name)}


def _new_page(form: Form) -> str:
    return render_template("people/organisations/new.html", form=form, kinds=KIND_NAMES)


def _edit_page(organisation_id: UUID, form: Form) -> str:
    return render_template(
        "people/organisations/edit.html",
        organisation=_current(organisation_id),
        version=seen_version() or _current(organisation_id).version,
        form=form,
        kinds=KIND_NAMES,
    )


def _move_page(organisation_id: UUID, form: Form, told: MovePreview | None = None) -> str:
    session = current_session()
    keys = [each.organisation_id for each in told.changes] if told else []
    return render_template(
        "people/organisations/move.html",
        organisation=_current(organisation_id),
        path=queries.path_to(session, organisation_id),
        version=seen_version() or _current(organisation_id).version,
        form=form,
        told=told,
        people=people_reaching(session, keys, current_clock().business_date()),
    )


def _current(organisation_id: UUID) -> Organisation:
    return queries.one_organisation(current_session(), organisation_id)
