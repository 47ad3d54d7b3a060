"""补充合同 on screen: the form, what it would change milestone by milestone, and the list."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from contracts.amendments.queries import amendments
from contracts.amendments.schemas import AmendmentsOut
from contracts.life.locking import writable_contract
from kernel.access.permissions import Permission
from kernel.web.forms import Form, again, tried, typed
from kernel.web.permissions import requires
from kernel.web.session import (
    as_of,
    current_actor,
    current_clock,
    current_session,
    web_parts,
    write_session,
)
from payments.amendments.amending import Amendment, AmendmentPreview, amend, preview
from payments.amendments.following import RULE_NAMES

amendment_pages = Blueprint("amendment_pages", __name__, template_folder="templates")


@amendment_pages.get("/contracts/<uuid:contract_id>/amend")
@requires(Permission.CONTRACTS_WRITE)
def form(contract_id: UUID) -> str:
    """The form, signed today until another day is typed."""
    today = current_clock().business_date().isoformat()
    return _page(contract_id, Form({"signed_on": today}))


@amendment_pages.post("/contracts/<uuid:contract_id>/amend")
@requires(Permission.CONTRACTS_WRITE)
def add(contract_id: UUID) -> Response:
    """Show what it would change; record it when that was confirmed."""
    is_confirmed = request.form.get("act") == "amend"
    told: list[AmendmentPreview] = []
    actor, clock = current_actor(), current_clock()

    def act() -> None:
        wanted = Amendment.model_validate(typed())
        with write_session(reason=wanted.why or "登记补充合同") as session:
            amend(session, actor, clock, contract_id, wanted)

    def rehearse() -> None:
        wanted = Amendment.model_validate(typed())
        with web_parts().database.rehearsing(actor) as session:
            told.append(preview(session, actor, clock, contract_id, wanted))

    back = url_for("contract_pages.show", contract_id=contract_id)
    refusal = tried(act if is_confirmed else rehearse)
    if refusal is not None:
        return again(refusal, lambda shown: _page(contract_id, _whole(shown)), back)
    if is_confirmed:
        flash("补充合同已登记；生效日期以前的金额和期限保持不变。")
        return redirect(back)
    return Response(_page(contract_id, Form(typed()), told[0]), mimetype="text/html")


@amendment_pages.app_context_processor
def _words() -> dict[str, Any]:
    return {"amendments_on_contract": _amendments}


def _amendments(contract_id: UUID) -> AmendmentsOut:
    """The amendments of a contract signed by the day in view."""
    return amendments(current_session(), current_actor(), contract_id, as_of())


def _whole(shown: Form) -> Form:
    """A fault of the entry as a whole stands above the form."""
    faults = {"" if name == "body" else name: told for name, told in shown.faults.items()}
    return Form(shown.given, faults)


def _page(contract_id: UUID, shown: Form, told: AmendmentPreview | None = None) -> str:
    session, actor, today = current_session(), current_actor(), current_clock().business_date()
    return render_template(
        "payments/amendments/form.html",
        contract=writable_contract(session, actor, contract_id),
        known=amendments(session, actor, contract_id, today),
        form=shown,
        told=told,
        rules=[(rule.value, word) for rule, word in RULE_NAMES.items()],
    )
