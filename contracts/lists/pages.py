"""Saving and removing one's own views of a list."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from contracts.lists.columns import ListColumn
from contracts.lists.export import write_workbook
from contracts.lists.views import remove_view, save_view
from kernel.access.permissions import Permission
from kernel.errors import ConflictError, InputError, NotFoundError
from kernel.web.permissions import requires
from kernel.web.session import current_actor, current_clock, write_session

view_pages = Blueprint("view_pages", __name__, template_folder="../templates")

LISTS: Final[Mapping[str, str]] = {
    "contracts": "contract_pages.index",
    "hazards": "hazard_pages.index",
    "vendors": "vendor_pages.index",
    "enterprises": "enterprise_pages.index",
    "programmes": "programme_pages.index",
}
"""The lists that keep views, by the name that a view knows its list by, with their endpoints."""


_WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def list_arguments() -> dict[str, Any]:
    """What the address asks of a list; ``col`` may stand in it several times."""
    return {**request.args.to_dict(), "col": request.args.getlist("col")}


def as_workbook(
    name: str, day: date, columns: Sequence[ListColumn], records: Iterable[Any]
) -> Response:
    """A list as a workbook to download."""
    book = BytesIO()
    write_workbook(book, f"{name}，{day} 的情况", columns, records)
    book.seek(0)
    return send_file(book, _WORKBOOK_TYPE, as_attachment=True, download_name=f"{name}-{day}.xlsx")


def address_of(page: str, query: str) -> str:
    """Where a list is read as the view shows it."""
    return f"{url_for(LISTS[page])}?{query}" if query else url_for(LISTS[page])


@view_pages.post("/views/<page>")
@requires(Permission.CONTRACTS_READ)
def save(page: str) -> Response:
    """Keep the list's present address under a name, and go back to it."""
    if page not in LISTS:
        raise NotFoundError("没有这个列表")
    query = request.form.get("query", "")
    try:
        with write_session() as session:
            name = request.form.get("name", "")
            kept = save_view(session, current_actor(), current_clock(), page, name, query)
            query = kept.query
            flash(f"已保存视图“{kept.name}”。复制地址栏中的地址，即可与同事共享。")
    except (InputError, ConflictError) as refusal:
        flash(f"没有保存视图：{refusal.message}")
        if any(each.field == "query" for each in refusal.problems):
            query = ""
    return redirect(address_of(page, query))


@view_pages.post("/views/<uuid:view_id>/remove")
@requires(Permission.CONTRACTS_READ)
def remove(view_id: UUID) -> Response:
    """Forget one of one's own views."""
    with write_session() as session:
        gone = remove_view(session, current_actor(), view_id)
        page, name = gone.page, gone.name
    flash(f"已删除视图“{name}”。")
    return redirect(url_for(LISTS[page]))
