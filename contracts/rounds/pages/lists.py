"""Forms of what a round lists: equipment by type, enterprises by name."""

from uuid import UUID

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from contracts.rounds import changes, queries, visits
from contracts.rounds.equipment_fields import ROWS, flat, items_typed, rows_of
from contracts.rounds.schemas import EquipmentList, RoundSheet, VisitList
from contracts.service_reading import contract_head
from kernel.access.permissions import Permission
from kernel.web.forms import Form, saved, seen_version, typed
from kernel.web.permissions import requires
from kernel.web.session import current_actor, current_clock, current_session, write_session

round_list_pages = Blueprint("round_list_pages", __name__, template_folder="../templates")


@round_list_pages.get("/rounds/<uuid:round_id>/equipment")
@requires(Permission.SERVICE_WRITE)
def equipment(round_id: UUID) -> str:
    """The form of equipment by type."""
    found = _round(round_id)
    return _page("equipment", found, Form(rows_of(found.equipment)))


@round_list_pages.post("/rounds/<uuid:round_id>/equipment")
@requires(Permission.SERVICE_WRITE)
def put_equipment(round_id: UUID) -> Response:
    """Save the types in place of those that were there."""
    found, items = _round(round_id), items_typed(typed())

    def act() -> None:
        wanted = EquipmentList.model_validate({"items": items})
        with write_session(reason="填写轮次的设备") as session:
            actor, clock = current_actor(), current_clock()
            changes.put_equipment(session, actor, clock, round_id, wanted, seen_version())

    return saved(
        act,
        lambda form: _page("equipment", found, Form(flat(items), form.faults)),
        url_for("round_pages.show", round_id=round_id),
        "设备已保存。",
    )


@round_list_pages.get("/rounds/<uuid:round_id>/enterprises")
@requires(Permission.SERVICE_WRITE)
def enterprises(round_id: UUID) -> str:
    """The form of the named list: one enterprise a line."""
    found = _round(round_id)
    return _page("enterprises", found, Form({"enterprises": visits.visits_text(found.visited)}))


@round_list_pages.post("/rounds/<uuid:round_id>/enterprises")
@requires(Permission.SERVICE_WRITE)
def put_enterprises(round_id: UUID) -> Response:
    """Save the list in place of the one that was there."""
    found, text = _round(round_id), typed().get("enterprises", "")

    def act() -> None:
        with write_session(reason="填写轮次的企业名单") as session:
            wanted = VisitList.model_validate({"items": visits.visits_typed(session, text)})
            actor, clock = current_actor(), current_clock()
            visits.put_visits(session, actor, clock, round_id, wanted, seen_version())

    return saved(
        act,
        lambda form: _page("enterprises", found, _by_line(form, text)),
        url_for("round_pages.show", round_id=round_id),
        "企业名单已保存。",
    )


def _by_line(form: Form, text: str) -> Form:
    """What is wrong with a line is said at the list, with the number of the line."""
    told: list[str] = []
    for field, message in form.faults.items():
        place = field.split(".")
        told.append(f"第 {int(place[1]) + 1} 行：{message}" if len(place) > 1 else message)
    return Form({"enterprises": text}, {"enterprises": "；".join(told)})


def _round(round_id: UUID) -> RoundSheet:
    today = current_clock().business_date()
    return queries.service_round(current_session(), current_actor(), today, round_id)


def _page(name: str, found: RoundSheet, form: Form) -> str:
    return render_template(
        f"rounds/{name}.html",
        item=found,
        contract=contract_head(current_session(), current_actor(), found.contract.id),
        form=form,
        version=seen_version() or found.version,
        rows=ROWS,
    )
