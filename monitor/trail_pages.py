"""审计记录: who changed what, when, from where and why; to filter and to take away as a file."""

from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, render_template, request
from pydantic import Field
from werkzeug.wrappers import Response

from kernel.access.permissions import Permission
from kernel.database import Base
from kernel.errors import InputError
from kernel.fields import CursorText
from kernel.paging import Page, PagedQuery
from kernel.trail.queries import EntryOut, entry_page
from kernel.trail.sealing import head
from kernel.web.permissions import requires
from kernel.web.session import current_actor, current_session
from monitor.trail_api import export_file
from monitor.trail_form import ExportWanted, TrailFilter, note_reading
from monitor.trail_names import names_in
from monitor.trail_sight import sight_of
from monitor.trail_words import ACTIONS, CHANGES, KINDS, lines

trail_pages = Blueprint("trail_pages", __name__, template_folder="templates")

PAGE_SIZE = 50


class PageQuery(TrailFilter):
    """What the trail's form sends."""

    after: CursorText = Field("", description="上一页的 next")


@trail_pages.get("/audit")
@requires(Permission.TRAIL_READ)
def index() -> tuple[str, int]:
    """Entries, newest first. That somebody looked is noted first."""
    query = PageQuery.model_validate(request.args.to_dict())
    actor = current_actor()
    try:
        wanted = query.entries(actor)
    except InputError as refusal:
        return _shown(query, Page[EntryOut](items=[], next=None), refusal), refusal.status
    note_reading("read", query.chosen())
    paging = PagedQuery(limit=PAGE_SIZE, cursor=query.after or None)
    return _shown(query, entry_page(current_session(), sight_of(actor), wanted, paging)), 200


def _shown(query: PageQuery, page: Page[EntryOut], refusal: InputError | None = None) -> str:
    session = current_session()
    return render_template(
        "monitor/audit.html",
        query=query,
        page=page,
        wrong={problem.field: problem.message for problem in refusal.problems} if refusal else {},
        names=names_in(session, current_actor(), page.items),
        newest=head(session),
        kinds=_kinds(),
        actions=ACTIONS,
        CHANGES=CHANGES,
        KINDS=KINDS,
        lines=lines,
        zone=ZoneInfo(current_app.config["MONITOR_ZONE"]),
    )


@trail_pages.get("/audit/export")
@requires(Permission.TRAIL_EXPORT)
def export() -> Response:
    """The chosen entries as a file."""
    return export_file(ExportWanted.model_validate(request.args.to_dict()))


def _kinds() -> list[tuple[str, str]]:
    """The kinds to choose from: every table, under its Chinese name where it has one."""
    named = [(KINDS.get(name, name), name) for name in Base.metadata.tables]
    return [(name, kind) for name, kind in sorted(named) if name != kind]
