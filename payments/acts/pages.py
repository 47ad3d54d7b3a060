"""Forms on a contract: 提请审定方案, 确认轮次, 登记付款, 冲正付款. What was typed is kept."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response

from contracts.plans.queries import plans
from contracts.rounds.queries import rounds
from contracts.schemas import PlansWanted, RoundState, RoundsWanted
from contracts.service_models import PlanState
from contracts.steps import acts
from contracts.steps.facts import ENTRIES, why
from contracts.steps.models import ActKind, ActState
from contracts.steps.words import KIND_NAMES
from kernel.access.permissions import Permission
from kernel.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from kernel.keys import new_key
from kernel.web.permissions import requires
from kernel.web.problems import input_error
from kernel.web.session import current_actor, current_clock, current_session, write_session
from payments.contract_queries import contract
from payments.queries import milestones, payments
from payments.schemas import MilestonesWanted, PaymentsWanted

act_forms = Blueprint("act_forms", __name__, template_folder="templates")

ALL = 200
"""What a form offers to choose from at most."""
_HIDDEN = {"csrf_token", "request_key"}


@act_forms.get("/contracts/<uuid:contract_id>/acts/<kind>")
@requires(Permission.ACTS_ENTER)
def form(contract_id: UUID, kind: str) -> str:
    """An empty form, its dates on the business date."""
    today = current_clock().business_date().isoformat()
    given = {
        name: today for name in ENTRIES[_kind(kind)].model_fields if name.endswith("_on")
    } | request.args.to_dict()
    return _form(contract_id, _kind(kind), given, {}, str(new_key()))


@act_forms.post("/contracts/<uuid:contract_id>/acts/<kind>")
@requires(Permission.ACTS_ENTER)
def enter(contract_id: UUID, kind: str) -> Response | tuple[str, int]:
    """Enter the act; sent twice it is entered once."""
    asked, actor, clock = _kind(kind), current_actor(), current_clock()
    given = {name: value for name, value in request.form.items() if name not in _HIDDEN}
    key = request.form.get("request_key", "")[:80] or str(new_key())
    filled = {name: value for name, value in given.items() if value.strip()}
    try:
        entry = ENTRIES[asked].model_validate({**filled, "contract_id": contract_id})
        with write_session(reason=why(entry)) as session:
            act = acts.enter(session, actor, entry, key, clock.business_date(), clock.now())
    except ValidationError as error:
        return _form(contract_id, asked, given, _faults(input_error(error)), key), 422
    except (InputError, ConflictError, ForbiddenError) as refusal:
        return _form(contract_id, asked, given, _faults(refusal), key), int(refusal.status)
    flash(_SAID[act.state])
    return redirect(url_for("act_pages.show", act_id=act.id))


_SAID = {
    ActState.TO_CHECK: "已提出，待审核。",
    ActState.TO_APPROVE: "已提出，待负责人批准。",
    ActState.DONE: "本单位已取消审批步骤：已直接记入台账。",
    ActState.RETURNED: "这件事项已经提出过，并已退回。",
    ActState.WITHDRAWN: "这件事项已经提出过，并已撤回。",
}


def _kind(given: str) -> ActKind:
    try:
        return ActKind(given)
    except ValueError:
        raise NotFoundError("没有这种事项") from None


def _form(
    contract_id: UUID, kind: ActKind, given: dict[str, str], faults: dict[str, str], key: str
) -> str:
    session, actor = current_session(), current_actor()
    found = contract(session, actor, current_clock().business_date(), contract_id)
    if kind is ActKind.PAYMENT:
        given = {"payee": found.vendor.name, **given}
    return render_template(
        "acts/form.html",
        contract=found,
        kind=kind,
        title=KIND_NAMES[kind],
        given=given,
        faults=faults,
        request_key=key,
        choices=_choices(contract_id, kind),
    )


def _choices(contract_id: UUID, kind: ActKind) -> list[Any]:
    """The plans, rounds, milestones or payments that such an act can be about."""
    session, actor, day = current_session(), current_actor(), current_clock().business_date()
    of_it = {"contract": contract_id, "limit": ALL}
    match kind:
        case ActKind.PLAN_DECISION:
            wanted = PlansWanted.model_validate({**of_it, "state": PlanState.SUBMITTED})
            return list(plans(session, actor, day, wanted).items)
        case ActKind.ROUND_CONFIRMATION:
            asked = RoundsWanted.model_validate({**of_it, "state": RoundState.TO_CONFIRM})
            return list(rounds(session, actor, day, asked).items)
        case ActKind.PAYMENT:
            terms = milestones(session, actor, day, MilestonesWanted.model_validate(of_it))
            return [item for item in terms.items if item.unpaid != 0]
        case ActKind.PAYMENT_REVERSAL:
            paid = payments(session, actor, day, PaymentsWanted.model_validate(of_it))
            return [item for item in paid.items if not item.reversed and item.reverses_id is None]


def _faults(refusal: InputError | ConflictError | ForbiddenError) -> dict[str, str]:
    """By field; what belongs to no field under the empty name."""
    return {item.field: item.message for item in refusal.problems} or {"": refusal.message}
