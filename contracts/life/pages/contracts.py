"""The form of a contract: 新增合同, 修改合同, and the names that it offers while one types."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from contracts.life.contracts import add_contract, change_contract
from contracts.life.entries import ContractEdit, NewContract
from contracts.life.locking import writable_contract
from contracts.life.naming import (
    named_programme,
    named_vendor,
    offered_programmes,
    offered_vendors,
)
from contracts.life.totals import first_total
from contracts.models import Contract, Vendor
from contracts.organisations.queries import named_organisation
from contracts.procurement_words import METHOD_NAMES
from kernel.access.permissions import Permission
from kernel.errors import InputError
from kernel.web.forms import Form, again, saved, seen_version, tried, typed
from kernel.web.permissions import requires
from kernel.web.session import current_actor, current_clock, current_session, write_session

LONGEST_WORDS = 100
_SAME = (
    "number", "name", "sectors", "content", "filing_number", "note",
    "awarded_on", "service_start", "service_end", "filed_on", "acceptance_days",
)  # fmt: skip
"""Fields that the form shows as they are stored."""
_NEEDED = {
    "purchaser_id": "请填写购买主体",
    "vendor_id": "请填写承接主体",
    "programme_id": "请填写预算项目",
}

contract_life_pages = Blueprint("contract_life_pages", __name__, template_folder="../templates")


@contract_life_pages.get("/contracts/new")
@requires(Permission.CONTRACTS_WRITE)
def new() -> str:
    """An empty form."""
    return _page(Form({}))


@contract_life_pages.post("/contracts/new")
@requires(Permission.CONTRACTS_WRITE)
def add() -> Response:
    """Draft the contract."""
    made: list[UUID] = []

    def act() -> None:
        with write_session(reason="新增合同") as session:
            wanted = NewContract.model_validate(_new_values(session))
            made.append(add_contract(session, current_actor(), current_clock(), wanted).id)

    refusal = tried(act)
    if refusal is not None:
        return again(refusal, _page, url_for("contract_pages.index"))
    flash("合同已新增。签订后请在这里登记签订日期。")
    return redirect(url_for("contract_pages.show", contract_id=made[0]))


@contract_life_pages.get("/contracts/<uuid:contract_id>/edit")
@requires(Permission.CONTRACTS_WRITE)
def edit(contract_id: UUID) -> str:
    """The form with what is recorded."""
    session = current_session()
    found = writable_contract(session, current_actor(), contract_id)
    return _page(Form(_recorded(session, found)), found)


@contract_life_pages.post("/contracts/<uuid:contract_id>/edit")
@requires(Permission.CONTRACTS_WRITE)
def change(contract_id: UUID) -> Response:
    """Save what was typed."""

    def act() -> None:
        with write_session(reason="修改合同") as session:
            values: dict[str, Any] = dict(typed())
            values["vendor_id"] = _needed("vendor_id", _vendor(session, values.pop("vendor", "")))
            wanted = ContractEdit.model_validate(values)
            change_contract(
                session, current_actor(), current_clock(), contract_id, wanted, seen_version()
            )

    back = url_for("contract_pages.show", contract_id=contract_id)
    return saved(act, lambda form: _edit_page(contract_id, form), back, "修改已保存。")


@contract_life_pages.get("/contracts/vendor-offers")
@requires(Permission.CONTRACTS_READ)
def vendor_offers() -> str:
    """Names of vendors while one is typed."""
    offers = [(name, "") for name in offered_vendors(current_session(), _words())]
    return render_template("contracts/life/_offers.html", offers=offers)


@contract_life_pages.get("/contracts/programme-offers")
@requires(Permission.CONTRACTS_READ)
def programme_offers() -> str:
    """Codes of programmes while one is typed."""
    offers = offered_programmes(current_session(), current_actor(), _words())
    return render_template("contracts/life/_offers.html", offers=offers)


def _words() -> str:
    """What stands in the field that asks, whatever it is called."""
    return next(iter(request.args.values()), "").strip()[:LONGEST_WORDS]


def _new_values(session: Session) -> dict[str, Any]:
    values: dict[str, Any] = dict(typed())
    keys = {
        "purchaser_id": named_organisation(session, "purchaser", values.pop("purchaser", "")),
        "payer_id": named_organisation(session, "payer", values.pop("payer", "")),
        "programme_id": named_programme(session, "programme", values.pop("programme", "")),
        "vendor_id": _vendor(session, values.pop("vendor", "")),
    }
    for name in _NEEDED:
        _needed(name, keys[name])
    return {**values, **keys}


def _vendor(session: Session, words: str) -> UUID | None:
    return named_vendor(session, "vendor", words)


def _needed(name: str, key: UUID | None) -> UUID:
    if key is None:
        raise InputError(name, _NEEDED[name])
    return key


def _recorded(session: Session, found: Contract) -> dict[str, str]:
    same = {name: getattr(found, name) for name in _SAME}
    rate = found.late_interest_rate
    given = {
        **same,
        "vendor": session.get_one(Vendor, found.vendor_id).name,
        "total": first_total(session, found.id).amount,
        "performance_bond": found.performance_bond,
        "late_interest_rate": None if rate is None else f"{rate:f}",
        "late_interest_per": found.late_interest_per,
        "procurement_method": found.procurement_method,
        "sme_at_signing": None if found.sme_at_signing is None else str(found.sme_at_signing),
    }
    return {name: "" if value is None else str(value) for name, value in given.items()} | {
        "sme_at_signing": str(given["sme_at_signing"] or "").lower()
    }


def _edit_page(contract_id: UUID, form: Form) -> str:
    return _page(form, writable_contract(current_session(), current_actor(), contract_id))


def _page(form: Form, found: Contract | None = None) -> str:
    return render_template(
        "contracts/life/form.html",
        form=form,
        contract=found,
        version=(seen_version() or found.version) if found else 0,
        methods=[(method.value, word) for method, word in METHOD_NAMES.items()],
    )
