"""Forms on a contract: 变更状态, 分担份额, 联合体成员; and what the contract's page shows of them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from contracts.life.entries import MembersIn, SharesIn, StateIn
from contracts.life.law_dates import Duty, DutyState
from contracts.life.limits import TermLength
from contracts.life.locking import writable_contract
from contracts.life.models import ContractState
from contracts.life.naming import named_programme, named_vendor
from contracts.life.pages.row_fields import (
    MEMBER_FIELDS,
    SHARE_FIELDS,
    blank_rows,
    flat,
    rows_typed,
)
from contracts.life.queries import life_of
from contracts.life.schemas import LifeOut
from contracts.life.shares import write_members, write_shares
from contracts.life.steps import take_step
from contracts.life.transitions import is_back
from contracts.life.words import (
    MONEY_LEVEL_NAMES,
    STATE_LOOKS,
    STATE_NAMES,
)
from contracts.organisations.queries import named_organisation
from contracts.procurement_words import METHOD_NAMES, RATE_PERIOD_NAMES
from kernel.access.permissions import Permission
from kernel.web.forms import Form, saved, seen_version, typed
from kernel.web.permissions import requires
from kernel.web.session import as_of, current_actor, current_clock, current_session, write_session

contract_part_pages = Blueprint("contract_part_pages", __name__, template_folder="../templates")

DUTY_NAMES = {Duty.SIGN: "签订", Duty.PUBLISH: "合同公告", Duty.FILE: "备案"}
DUTY_STATES = {
    DutyState.UNKNOWN: ("无法判断", "quiet"),
    DutyState.NOT_BEGUN: ("未起算", "quiet"),
    DutyState.WITHIN: ("在期限内", "waiting"),
    DutyState.DONE: ("已办", "done"),
    DutyState.OVERDUE: ("逾期", "late"),
    DutyState.DONE_LATE: ("逾期办理", "major"),
}
"""A duty's state in words and in the colour of its badge."""
_STATE_FIELDS = {"state", "since", "document", "why"}
TERM_WARNINGS = {
    TermLength.NORMAL: "",
    TermLength.LONG: "服务期限超过一年：须为需求稳定、经费有预算保障的项目（政府购买服务管理办法第二十四条）",
    TermLength.TOO_LONG: "服务期限超过三年，不符合政府购买服务管理办法第二十四条",
}


@contract_part_pages.get("/contracts/<uuid:contract_id>/state")
@requires(Permission.CONTRACTS_WRITE)
def state(contract_id: UUID) -> str:
    """The form to enter another state."""
    today = current_clock().business_date().isoformat()
    return _state_page(contract_id, Form({"since": today}))


@contract_part_pages.post("/contracts/<uuid:contract_id>/state")
@requires(Permission.CONTRACTS_WRITE)
def take(contract_id: UUID) -> Response:
    """Enter it."""

    def act() -> None:
        wanted = StateIn.model_validate(typed())
        with write_session(reason=wanted.why or "变更合同状态") as session:
            take_step(session, current_actor(), current_clock(), contract_id, wanted)

    return saved(
        act, lambda form: _state_page(contract_id, form), _back(contract_id), "状态已变更。"
    )


@contract_part_pages.get("/contracts/<uuid:contract_id>/shares")
@requires(Permission.CONTRACTS_WRITE)
def shares(contract_id: UUID) -> str:
    """The shares as recorded, with blank rows below."""
    told = _life(contract_id).shares.items
    rows = [
        {
            "purchaser": each.purchaser.name,
            "programme": each.programme.code,
            "share": f"{each.share:f}",
            "money_level": each.money_level or "",
            "functional_code": each.functional_code,
            "economic_code": each.economic_code,
            "budget_document": each.budget_document,
        }
        for each in told
    ]
    return _rows_page("shares", contract_id, Form(flat(rows)), len(rows))


@contract_part_pages.post("/contracts/<uuid:contract_id>/shares")
@requires(Permission.CONTRACTS_WRITE)
def put_shares(contract_id: UUID) -> Response:
    """Put them in place of those before."""

    def act() -> None:
        with write_session(reason="登记分担份额") as session:
            told = []
            for number, row in rows_typed(typed(), SHARE_FIELDS):
                values: dict[str, Any] = dict(row)
                at, programme = f"purchaser_{number}", f"programme_{number}"
                values["purchaser_id"] = named_organisation(session, at, values.pop("purchaser"))
                values["programme_id"] = named_programme(
                    session, programme, values.pop("programme")
                )
                told.append(values)
            wanted = SharesIn.model_validate({"shares": told})
            place = (current_actor(), current_clock(), contract_id)
            write_shares(session, *place, wanted, seen_version())

    return _saved_rows("shares", contract_id, act, "分担份额已保存。")


@contract_part_pages.get("/contracts/<uuid:contract_id>/members")
@requires(Permission.CONTRACTS_WRITE)
def members(contract_id: UUID) -> str:
    """The vendors as recorded, with blank rows below."""
    told = _life(contract_id).members.items
    rows = [
        {
            "vendor": each.vendor.name,
            "work_share": "" if each.work_share is None else f"{each.work_share:f}",
        }
        for each in told
    ]
    return _rows_page("members", contract_id, Form(flat(rows)), len(rows))


@contract_part_pages.post("/contracts/<uuid:contract_id>/members")
@requires(Permission.CONTRACTS_WRITE)
def put_members(contract_id: UUID) -> Response:
    """Put them in place of those before."""

    def act() -> None:
        with write_session(reason="登记联合体成员") as session:
            told = [
                {
                    "vendor_id": named_vendor(session, f"vendor_{number}", row["vendor"]),
                    "work_share": row["work_share"],
                }
                for number, row in rows_typed(typed(), MEMBER_FIELDS)
            ]
            wanted = MembersIn.model_validate({"members": told})
            place = (current_actor(), current_clock(), contract_id)
            write_members(session, *place, wanted, seen_version())

    return _saved_rows("members", contract_id, act, "联合体成员已保存。")


@contract_part_pages.app_context_processor
def _words() -> dict[str, Any]:
    return {
        "life_on_contract": _life,
        "CONTRACT_STATES": STATE_NAMES,
        "CONTRACT_LOOKS": STATE_LOOKS,
        "DUTY_NAMES": DUTY_NAMES,
        "DUTY_STATES": DUTY_STATES,
        "TERM_WARNINGS": TERM_WARNINGS,
        "PROCUREMENT_METHODS": METHOD_NAMES,
        "MONEY_LEVELS": MONEY_LEVEL_NAMES,
        "RATE_PERIODS": RATE_PERIOD_NAMES,
    }


def _life(contract_id: UUID) -> LifeOut:
    """How far a contract had come on the day in view."""
    return life_of(current_session(), current_actor(), contract_id, as_of())


def _back(contract_id: UUID) -> str:
    return url_for("contract_pages.show", contract_id=contract_id)


def _state_page(contract_id: UUID, form: Form) -> str:
    told = _life(contract_id)
    # What is wrong with the contract itself has no field here: it stands above the form.
    faults = {name if name in _STATE_FIELDS else "": said for name, said in form.faults.items()}
    before = told.state.state if told.state else None
    return render_template(
        "contracts/life/state.html",
        contract=writable_contract(current_session(), current_actor(), contract_id),
        life=told,
        form=Form(form.given, faults),
        choices=[(each.value, _named(before, each)) for each in told.next_states],
    )


def _named(before: ContractState | None, after: ContractState) -> str:
    word = STATE_NAMES[after]
    return f"退回：{word}（须写原因）" if is_back(before, after) else word


def _saved_rows(part: str, contract_id: UUID, act: Any, said: str) -> Response:
    def page(form: Form) -> str:
        faults = {_at_row(part, name): told for name, told in form.faults.items()}
        fields = SHARE_FIELDS if part == "shares" else MEMBER_FIELDS
        filled = [number for number, _ in rows_typed(form.given, fields)]
        return _rows_page(part, contract_id, Form(form.given, faults), max(filled, default=0))

    return saved(act, page, _back(contract_id), said)


def _at_row(part: str, field: str) -> str:
    """``shares.0.share`` as the form's field ``share_1``; others stay."""
    path = field.split(".")
    if len(path) == 3 and path[0] == part and path[1].isdecimal():
        return f"{path[2].removesuffix('_id')}_{int(path[1]) + 1}"
    return field


def _rows_page(part: str, contract_id: UUID, form: Form, filled: int) -> str:
    found = writable_contract(current_session(), current_actor(), contract_id)
    levels: Sequence[tuple[str, str]] = [(k.value, word) for k, word in MONEY_LEVEL_NAMES.items()]
    values: Mapping[str, Any] = {"levels": levels, "rows": blank_rows(filled)}
    return render_template(
        f"contracts/life/{part}.html",
        contract=found,
        version=seen_version() or found.version,
        form=form,
        **values,
    )
