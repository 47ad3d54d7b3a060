"""企业名录: the list, one enterprise with its hazards, and its forms."""

from typing import Any, Literal
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from pydantic import BaseModel
from werkzeug.wrappers import Response

from contracts.enterprises import merging, queries
from contracts.enterprises.changes import add_enterprise, change_enterprise
from contracts.enterprises.columns import COLUMNS
from contracts.enterprises.schemas import (
    EnterpriseIn,
    EnterpriseOut,
    EnterprisesWanted,
    NewEnterprise,
)
from contracts.hazards.queries import hazards
from contracts.hazards.schemas import HazardOrder, HazardsWanted
from contracts.hazards.words import (
    HOLDER_NAMES,
    LEVEL_NAMES,
    STATE_LOOKS,
    STATE_NAMES,
)
from contracts.lists.columns import offered, shown
from contracts.lists.export import EXPORT_PAGE, every_page
from contracts.lists.pages import as_workbook, list_arguments
from contracts.lists.screen import ListScreen
from kernel.access.permissions import Permission
from kernel.fields import CursorText, SearchWords
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

enterprise_pages = Blueprint("enterprise_pages", __name__, template_folder="../../templates")

PAGE = 25
_WORDS = {
    "level_names": LEVEL_NAMES,
    "state_names": STATE_NAMES,
    "state_looks": STATE_LOOKS,
    "holder_names": HOLDER_NAMES,
}


class RegisterQuery(BaseModel):
    """What the list's form sends."""

    q: SearchWords | Literal[""] = ""
    sector: SearchWords | Literal[""] = ""
    merged: Literal["", "yes", "no"] = ""
    col: tuple[str, ...] = ()
    after: CursorText = ""

    def asked(self) -> dict[str, Any]:
        """The choices made, for the address of the next page."""
        return self.model_dump(mode="json", exclude={"after"}, exclude_defaults=True)

    def is_narrowed(self) -> bool:
        """Whether enterprises are left out: columns leave out none."""
        return bool(self.asked().keys() - {"col"})

    def wanted(self, limit: int = PAGE, cursor: str = "") -> EnterprisesWanted:
        """The same, as the register takes it."""
        return EnterprisesWanted(
            q=self.q or None,
            sector=self.sector or None,
            merged=None if self.merged == "" else self.merged == "yes",
            limit=limit,
            cursor=cursor or self.after or None,
        )


@enterprise_pages.get("/enterprises")
@requires(Permission.CONTRACTS_READ)
def index() -> str:
    """The register, by name."""
    session = current_session()
    query = RegisterQuery.model_validate(list_arguments())
    return render_template(
        "contracts/enterprises/index.html",
        query=query,
        page=queries.enterprises(session, query.wanted()),
        tools=ListScreen.of(session, current_actor(), "enterprises", COLUMNS, query.asked()),
    )


@enterprise_pages.get("/enterprises/export")
@requires(Permission.CONTRACTS_READ)
def export() -> Response:
    """The list as a workbook: all its pages and its columns."""
    session, actor = current_session(), current_actor()
    query = RegisterQuery.model_validate(list_arguments())
    found = every_page(
        lambda cursor: queries.enterprises(session, query.wanted(EXPORT_PAGE, cursor))
    )
    day = current_clock().business_date()
    return as_workbook("企业名录", day, shown(offered(COLUMNS, actor), query.col), found)


@enterprise_pages.get("/enterprises/alike")
@requires(Permission.CONTRACTS_READ)
def alike() -> str:
    """Enterprises that may be one under two spellings."""
    after = request.args.get("after", "")
    page = merging.suggestions(current_session(), ListQuery(limit=PAGE, cursor=after or None))
    return render_template("contracts/enterprises/alike.html", page=page, after=after)


@enterprise_pages.get("/enterprises/options")
@requires(Permission.CONTRACTS_READ)
def options() -> str:
    """Names to choose from while one is typed into a field."""
    words = next(iter(request.args.values()), "")
    query = RegisterQuery.model_validate({"q": words})
    found = queries.offered(current_session(), query.q)
    return render_template("contracts/enterprises/_options.html", found=found)


@enterprise_pages.get("/enterprises/<uuid:enterprise_id>")
@requires(Permission.CONTRACTS_READ)
def show(enterprise_id: UUID) -> str:
    """One enterprise: what is kept of it, its hazards on contracts that the reader sees, its merges."""
    return enterprise_page(enterprise_id, Form({}))


@enterprise_pages.get("/enterprises/new")
@requires(Permission.VENDORS_WRITE)
def new() -> str:
    """An empty form."""
    return _form_page(Form({}))


@enterprise_pages.post("/enterprises/new")
@requires(Permission.VENDORS_WRITE)
def add() -> Response:
    """Add it."""
    made: list[UUID] = []

    def act() -> None:
        entry = NewEnterprise.model_validate(given_fields())
        with write_session(reason="登记企业") as session:
            made.append(add_enterprise(session, current_actor(), current_clock(), entry).id)

    refusal = tried(act)
    if refusal is not None:
        return again(refusal, _form_page, url_for("enterprise_pages.index"))
    flash("企业已登记。")
    return redirect(url_for("enterprise_pages.show", enterprise_id=made[0]))


@enterprise_pages.get("/enterprises/<uuid:enterprise_id>/edit")
@requires(Permission.VENDORS_WRITE)
def edit(enterprise_id: UUID) -> str:
    """The form with what is kept now."""
    found = queries.enterprise(current_session(), enterprise_id)
    given = {name: getattr(found, name) or "" for name in EnterpriseIn.model_fields}
    return _edit_page(enterprise_id, Form(given))


@enterprise_pages.post("/enterprises/<uuid:enterprise_id>/edit")
@requires(Permission.VENDORS_WRITE)
def change(enterprise_id: UUID) -> Response:
    """Change it."""

    def act() -> None:
        entry = EnterpriseIn.model_validate(given_fields())
        with write_session(reason="修改企业") as session:
            change_enterprise(
                session, current_actor(), current_clock(), enterprise_id, entry, seen_version()
            )

    back = url_for("enterprise_pages.show", enterprise_id=enterprise_id)
    return saved(act, lambda form: _edit_page(enterprise_id, form), back, "修改已保存。")


def enterprise_page(enterprise_id: UUID, form: Form) -> str:
    """One enterprise's page, with what was typed into its form for parting."""
    session, actor, day = current_session(), current_actor(), as_of()
    found = queries.enterprise(session, enterprise_id)
    wanted = HazardsWanted(enterprise=enterprise_id, limit=PAGE, order=HazardOrder.NEWEST)
    sees = actor.may(Permission.SERVICE_READ)
    today = current_clock().business_date()
    return render_template(
        "contracts/enterprises/show.html",
        view_day=day,
        enterprise=found,
        into=_into_of(found),
        former=queries.merged_into(session, enterprise_id),
        page=hazards(session, actor, day, today, wanted) if sees else None,
        listing=queries.contracts_listing(session, actor, enterprise_id, day),
        form=form,
        **_WORDS,
    )


def _into_of(found: EnterpriseOut) -> EnterpriseOut | None:
    key = found.merged_into_id
    return queries.enterprise(current_session(), key) if key else None


def _form_page(form: Form) -> str:
    return render_template("contracts/enterprises/form.html", form=form, enterprise=None, version=0)


def _edit_page(enterprise_id: UUID, form: Form) -> str:
    found = queries.enterprise(current_session(), enterprise_id)
    version = seen_version() or found.version
    return render_template(
        "contracts/enterprises/form.html", form=form, enterprise=found, version=version
    )


def given_fields() -> dict[str, Any]:
    """What was typed, without the fields left empty."""
    return {name: value for name, value in typed().items() if value.strip()}
