"""受检企业名单 of a contract: the list on any day, and the form that puts another in its place."""

from uuid import UUID

from flask import render_template, url_for
from werkzeug.wrappers import Response

from contracts.enterprises.names import shown_name
from contracts.enterprises.queries import named_enterprises
from contracts.enterprises.schemas import TargetListIn
from contracts.enterprises.targets import set_target_list, target_list
from contracts.hazards.pages.merging import enterprise_pages
from contracts.service_reading import contract_head
from kernel.access.permissions import Permission
from kernel.web.forms import Form, saved, typed
from kernel.web.permissions import requires
from kernel.web.replies import etag_of
from kernel.web.session import (
    as_of,
    current_actor,
    current_clock,
    current_session,
    write_session,
)

__all__ = ["enterprise_pages"]

_SAME, _CHANGED = 1, 0


@enterprise_pages.get("/contracts/<uuid:contract_id>/enterprises")
@requires(Permission.SERVICE_READ)
def listed(contract_id: UUID) -> str:
    """The list as of a day, and for who may write the form with the names that are on it."""
    found = target_list(current_session(), current_actor(), contract_id, as_of())
    given = {
        "day": current_clock().business_date().isoformat(),
        "names": "\n".join(each.name for each in found.enterprises),
        "seen": etag_of(found),
    }
    return _page(contract_id, Form(given))


@enterprise_pages.post("/contracts/<uuid:contract_id>/enterprises")
@requires(Permission.SERVICE_WRITE)
def set_list(contract_id: UUID) -> Response:
    """Put the list that was typed in its place."""

    def act() -> None:
        given = typed()
        names = [name for line in given.get("names", "").splitlines() if (name := shown_name(line))]
        with write_session(reason="设定受检企业名单") as session:
            keys = named_enterprises(session, "names", names)
            entry = TargetListIn.model_validate(
                {"day": given.get("day", ""), "enterprises": [{"enterprise_id": k} for k in keys]}
            )
            actor, clock = current_actor(), current_clock()
            read = target_list(session, actor, contract_id, clock.business_date())
            seen = _SAME if given.get("seen") == etag_of(read) else _CHANGED
            set_target_list(session, actor, clock, contract_id, entry, seen)

    back = url_for("enterprise_pages.listed", contract_id=contract_id)
    said = "名单已保存；此前的名单按日期仍可查到。"
    return saved(act, lambda form: _page(contract_id, form), back, said)


def _page(contract_id: UUID, form: Form) -> str:
    session, actor, day = current_session(), current_actor(), as_of()
    found = target_list(session, actor, contract_id, day)
    head = contract_head(session, actor, contract_id)
    return render_template(
        "contracts/enterprises/targets.html",
        view_day=day,
        contract=head,
        listed=found.enterprises,
        may_write=head.may_write and day == current_clock().business_date(),
        form=form,
    )
