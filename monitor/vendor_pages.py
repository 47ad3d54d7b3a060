"""承接主体: the list, one vendor across its contracts, and the forms that keep it."""

from typing import Any, Literal
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from pydantic import BaseModel
from werkzeug.wrappers import Response

from contracts.lists.columns import offered, shown
from contracts.lists.export import EXPORT_PAGE, every_page
from contracts.lists.pages import as_workbook, list_arguments
from contracts.lists.screen import ListScreen
from contracts.models import PublicUnit, VendorSize
from contracts.queries import vendor as one_vendor
from contracts.schemas import VendorOut
from contracts.vendors import boards, words
from contracts.vendors.changes import add_vendor, change_vendor, merge_vendors, part_vendors
from contracts.vendors.columns import COLUMNS
from contracts.vendors.credit_codes import checked_code
from contracts.vendors.on_contract import resources_of
from contracts.vendors.schemas import MergeIn, NewVendor, VendorEdit
from contracts.vendors.twins import twins_of
from kernel.access.permissions import Permission
from kernel.fields import CursorText, SearchWords
from kernel.web.forms import Form, again, saved, seen_version, tried, typed
from kernel.web.permissions import requires
from kernel.web.session import (
    as_of,
    current_actor,
    current_clock,
    current_session,
    write_session,
)
from monitor.vendor_board import vendor_board

vendor_pages = Blueprint("vendor_pages", __name__)
FIELDS = ("name", "credit_code", "size", "public_unit", "registered_place", "note")


class _Query(BaseModel):
    q: SearchWords | Literal[""] = ""
    col: tuple[str, ...] = ()
    after: CursorText = ""

    def asked(self) -> dict[str, Any]:
        """The choices made, for the address of the next page."""
        return self.model_dump(mode="json", exclude={"after"}, exclude_defaults=True)


@vendor_pages.get("/vendors")
@requires(Permission.CONTRACTS_READ)
def index() -> str:
    """The vendors, all or those that a search finds, page by page."""
    session, actor, day = current_session(), current_actor(), as_of()
    query = _Query.model_validate(list_arguments())
    return render_template(
        "monitor/vendors/index.html",
        page=boards.vendor_page(session, actor, day, query.q, query.after),
        query=query,
        tools=ListScreen.of(session, actor, "vendors", COLUMNS, query.asked()),
        view_day=day,
        words=words,
    )


@vendor_pages.get("/vendors/export")
@requires(Permission.CONTRACTS_READ)
def export() -> Response:
    """The list as a workbook: all its pages and its columns."""
    session, actor, day = current_session(), current_actor(), as_of()
    query = _Query.model_validate(list_arguments())
    found = every_page(
        lambda cursor: boards.vendor_page(
            session, actor, day, query.q, cursor or query.after, EXPORT_PAGE
        )
    )
    return as_workbook("承接主体", day, shown(offered(COLUMNS, actor), query.col), found)


@vendor_pages.get("/vendors/<uuid:vendor_id>")
@requires(Permission.CONTRACTS_READ)
def show(vendor_id: UUID) -> str:
    """One vendor on a day: who it is, what it holds, how it does on the contracts that are seen."""
    return _show(vendor_id, Form({}))


@vendor_pages.get("/vendors/new")
@requires(Permission.VENDORS_WRITE)
def new() -> str:
    """The form for one more."""
    return _new_page(Form({}))


@vendor_pages.post("/vendors/new")
@requires(Permission.VENDORS_WRITE)
def add() -> Response:
    """Add it; a name like another's asks whether it is the same."""
    made: list[UUID] = []

    def act() -> None:
        wanted = NewVendor.model_validate(typed())
        with write_session(reason="新增承接主体") as session:
            made.append(add_vendor(session, current_actor(), current_clock(), wanted))

    refusal = tried(act)
    if refusal is not None:
        return again(refusal, _new_page, url_for("vendor_pages.index"))
    flash("承接主体已新增；请接着登记它的资质。")
    return redirect(url_for("vendor_pages.show", vendor_id=made[0]))


@vendor_pages.get("/vendors/<uuid:vendor_id>/edit")
@requires(Permission.VENDORS_WRITE)
def edit(vendor_id: UUID) -> str:
    """The form with what is recorded."""
    found = _vendor(vendor_id)
    given = {name: str(getattr(found, name) or "") for name in FIELDS}
    return _edit_page(vendor_id, Form(given))


@vendor_pages.post("/vendors/<uuid:vendor_id>/edit")
@requires(Permission.VENDORS_WRITE)
def change(vendor_id: UUID) -> Response:
    """Save what was typed."""

    def act() -> None:
        wanted = VendorEdit.model_validate(typed())
        with write_session(reason="修改承接主体") as session:
            change_vendor(
                session, current_actor(), current_clock(), vendor_id, wanted, seen_version()
            )

    back = url_for("vendor_pages.show", vendor_id=vendor_id)
    return saved(act, lambda form: _edit_page(vendor_id, form), back, "修改已保存。")


@vendor_pages.post("/vendors/<uuid:vendor_id>/merge")
@requires(Permission.VENDORS_WRITE)
def merge(vendor_id: UUID) -> Response:
    """Say that this entry is another's vendor."""
    kept: list[UUID] = []

    def act() -> None:
        wanted = MergeIn.model_validate(typed())
        with write_session(reason=wanted.cause) as session:
            merge_vendors(session, current_actor(), current_clock(), vendor_id, wanted)
        kept.append(wanted.kept_id)

    refusal = tried(act)
    if refusal is not None:
        back = url_for("vendor_pages.show", vendor_id=vendor_id)
        return again(refusal, lambda form: _show(vendor_id, form), back)
    flash("已合并：两条登记一并显示，合同没有改动；认定有误可撤销。")
    return redirect(url_for("vendor_pages.show", vendor_id=kept[0]))


@vendor_pages.post("/vendors/<uuid:vendor_id>/merges/<uuid:merge_id>/undo")
@requires(Permission.VENDORS_WRITE)
def part(vendor_id: UUID, merge_id: UUID) -> Response:
    """Take a merge back."""

    def act() -> None:
        with write_session(reason="撤销承接主体的合并") as session:
            part_vendors(session, current_actor(), current_clock(), merge_id)

    back = url_for("vendor_pages.show", vendor_id=vendor_id)
    return saved(act, lambda form: _show(vendor_id, form), back, "合并已撤销。")


@vendor_pages.app_template_global("resources_on_contract")
def resources_on_contract(contract_id: UUID) -> dict[str, object]:
    """What a contract's page shows of its vendor: ``contracts/vendors/_resources.html``."""
    session, actor = current_session(), current_actor()
    return {"found": resources_of(session, actor, contract_id, as_of()), "words": words}


def _vendor(vendor_id: UUID) -> VendorOut:
    return one_vendor(current_session(), current_actor(), vendor_id)


def _show(vendor_id: UUID, form: Form) -> str:
    session, actor, day = current_session(), current_actor(), as_of()
    found = _vendor(vendor_id)
    board = vendor_board(session, actor, vendor_id, day)
    papers = boards.papers_of(session, vendor_id, day)
    sectors = "、".join(each.sectors for each in board.contracts)
    asking = {who.id for each in board.contracts for who in (each.purchaser, each.lead) if who}
    merged, into = boards.merges_of(session, vendor_id)
    return render_template(
        "monitor/vendors/show.html",
        view_day=day,
        vendor=found,
        board=board,
        papers=papers,
        lacking=boards.lacking(session, papers, sectors, asking, day),
        admissions=boards.admissions_of(session, vendor_id, day),
        former=boards.former_names(session, vendor_id),
        merged=merged,
        into=into,
        twins=[] if into else twins_of(session, found.name, found.id),
        wrong_code=_wrong_code(found.credit_code),
        form=form,
        words=words,
    )


def _wrong_code(code: str | None) -> str:
    """What is wrong with a code that a ledger brought; ``""`` when nothing is, or there is none."""
    try:
        checked_code(code) if code else None
    except ValueError as error:
        return str(error)
    return ""


def _new_page(form: Form) -> str:
    return render_template("monitor/vendors/form.html", form=form, vendor=None, **_choices())


def _edit_page(vendor_id: UUID, form: Form) -> str:
    found = _vendor(vendor_id)
    return render_template(
        "monitor/vendors/form.html",
        form=form,
        vendor=found,
        version=seen_version() or found.version,
        **_choices(),
    )


def _choices() -> dict[str, list[tuple[str, str]]]:
    return {
        "sizes": [("", "不详"), *((each.value, words.SIZE_NAMES[each]) for each in VendorSize)],
        "units": [
            ("", "不是事业单位，或不详"),
            *((each.value, words.UNIT_NAMES[each]) for each in PublicUnit),
        ],
    }
