"""Acts: a new contract, and an edit of what it says."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.access import organisations_in
from contracts.events import ContractsChanged
from contracts.life.entries import ContractEdit, NewContract
from contracts.life.labels import LABELS, shown
from contracts.life.limits import refuse_bond, refuse_order
from contracts.life.locking import locked_contract, mark_changed
from contracts.life.models import ContractState, ContractStep
from contracts.life.totals import first_total, list_from, replace_total
from contracts.models import (
    Contract,
    ContractParty,
    ContractTotal,
    Organisation,
    PartyRole,
    Programme,
    Vendor,
)
from contracts.plan_standings import write_plan_standings
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.clock import Clock
from kernel.edits import refuse_stale
from kernel.errors import ConflictError, InputError
from kernel.events import announce
from kernel.keys import new_key

_ELSEWHERE = {"payer_id", "total"}
"""What of an entry is no column of the contract."""


def add_contract(session: Session, actor: Actor, clock: Clock, wanted: NewContract) -> Contract:
    """Draft a contract, or 待签 where its award notice is given.

    Raises ``InputError`` for a purchaser that the actor does not work for, a programme, payer or
    vendor that is not there, a number that another contract of the purchaser has, days in the
    future or out of order, and a bond above 10 % of the total.
    """
    programme = _referred(session, actor, wanted)
    _refuse_number(session, wanted.purchaser_id, wanted.number)
    _refuse_rate(wanted.late_interest_rate, wanted.late_interest_per)
    today = clock.business_date()
    _refuse_future(clock, {"awarded_on": wanted.awarded_on, "filed_on": wanted.filed_on})
    refuse_order(wanted.awarded_on, None, wanted.service_start, wanted.service_end)
    refuse_bond(wanted.performance_bond, wanted.total)
    who = {"recorded_at": clock.now(), "recorded_by": actor.name}
    made = Contract(
        id=new_key(),
        drafted_on=min(wanted.awarded_on or today, today),
        **{name: value for name, value in wanted if name not in _ELSEWHERE},
        **who,
    )
    session.add(made)
    session.flush()
    session.add_all(_parties(made, wanted.payer_id, programme.lead_id, who))
    session.flush()
    state = ContractState.AWARDED if wanted.awarded_on else ContractState.DRAFT
    session.add(ContractStep(contract_id=made.id, state=state, since=made.drafted_on, **who))
    session.add(
        ContractTotal(contract_id=made.id, valid_from=made.drafted_on, amount=wanted.total, **who)
    )
    session.flush()
    _follow(session, made.id)
    return made


def change_contract(
    session: Session, actor: Actor, clock: Clock, key: UUID, wanted: ContractEdit, seen: int
) -> Contract:
    """Change what a contract says; ``seen`` is the version that one edits.

    Raises ``NotFoundError``; ``ChangedMeanwhile`` when somebody else edited it since; ``InputError``
    as ``add_contract`` does; ``ConflictError`` for a total or a last day of service after the
    signing, which only an amendment changes.
    """
    found = locked_contract(session, actor, key)
    known = first_total(session, key)
    given = wanted.given()
    before = {name: known.amount if name == "total" else getattr(found, name) for name in given}
    refuse_stale(
        seen,
        found.version,
        found.recorded_by,
        {
            name: (LABELS[name], shown(session, name, before[name]), shown(session, name, value))
            for name, value in given.items()
        },
    )
    changed = {name: value for name, value in given.items() if before[name] != value}
    if not changed:
        return found
    after = {**_facts(found, known), **changed}
    _refuse_after_signing(found, changed)
    _refuse_terms(session, clock, found, changed, after)
    _write_columns(found, changed)
    mark_changed(found, actor, clock)
    session.flush()
    if changed.get("awarded_on"):
        list_from(session, found, changed["awarded_on"])
    if "total" in changed:
        replace_total(session, actor, clock, known, changed["total"])
    if "vendor_id" in changed:
        _hand_over(session, actor, clock, key, changed["vendor_id"])
    _follow(session, key)
    return found


def _write_columns(found: Contract, changed: dict[str, Any]) -> None:
    for name, value in changed.items():
        if name not in _ELSEWHERE:
            setattr(found, name, value)


def _facts(found: Contract, known: ContractTotal) -> dict[str, Any]:
    columns = Contract.__table__.columns.keys()
    return {**{name: getattr(found, name) for name in columns}, "total": known.amount}


def _refuse_after_signing(found: Contract, changed: dict[str, Any]) -> None:
    """A signed contract's total and last day are changed by amendment; what is unknown is filled."""
    if found.signed_on is None:
        return
    if "total" in changed:
        raise ConflictError("合同已签订，总额只能用补充合同变更；录入有误的先把状态退回待签")
    if "service_end" in changed and found.service_end is not None:
        raise ConflictError("合同已签订，服务期限止只能用补充合同变更；录入有误的先把状态退回待签")


def _refuse_terms(
    session: Session,
    clock: Clock,
    found: Contract,
    changed: dict[str, Any],
    after: dict[str, Any],
) -> None:
    days = {name: changed.get(name) for name in ("awarded_on", "filed_on")}
    _refuse_future(clock, days)
    order = ("awarded_on", "signed_on", "service_start", "service_end")
    if not changed.keys().isdisjoint(order):
        refuse_order(*(after[name] for name in order))
    if not changed.keys().isdisjoint({"performance_bond", "total"}):
        refuse_bond(after["performance_bond"], after["total"])
    _refuse_rate(after["late_interest_rate"], after["late_interest_per"])
    if "number" in changed:
        _refuse_number(session, found.purchaser_id, changed["number"])
    if "vendor_id" in changed and session.get(Vendor, changed["vendor_id"]) is None:
        raise InputError("vendor_id", "没有这个承接主体；请先登记承接主体")


def _referred(session: Session, actor: Actor, wanted: NewContract) -> Programme:
    """The programme, once all that the entry refers to is there and the purchaser is the actor's."""
    scope = actor.scope(Permission.CONTRACTS_WRITE)
    mine = select(Organisation.id).where(Organisation.id == wanted.purchaser_id)
    if not scope.everything:
        mine = mine.where(Organisation.id.in_(organisations_in(scope)))
    if session.scalar(mine) is None:
        raise InputError("purchaser_id", "只能为本单位（含下级单位）登记合同")
    if wanted.payer_id is not None and session.get(Organisation, wanted.payer_id) is None:
        raise InputError("payer_id", "没有这个机构")
    if session.get(Vendor, wanted.vendor_id) is None:
        raise InputError("vendor_id", "没有这个承接主体；请先登记承接主体")
    programme = session.get(Programme, wanted.programme_id)
    if programme is None:
        raise InputError("programme_id", "没有这个预算项目")
    return programme


def _parties(
    made: Contract, payer_id: UUID | None, lead_id: UUID, who: dict[str, Any]
) -> list[ContractParty]:
    capacities = {
        PartyRole.PURCHASER: made.purchaser_id,
        PartyRole.PAYER: payer_id,
        PartyRole.LEAD: lead_id,
    }
    held = [
        ContractParty(contract_id=made.id, role=role, organisation_id=key, **who)
        for role, key in capacities.items()
        if key is not None
    ]
    vendor = ContractParty(
        contract_id=made.id, role=PartyRole.VENDOR, vendor_id=made.vendor_id, **who
    )
    return [*held, vendor]


def _hand_over(session: Session, actor: Actor, clock: Clock, key: UUID, vendor_id: UUID) -> None:
    for party in session.scalars(
        select(ContractParty).where(
            ContractParty.contract_id == key, ContractParty.role == PartyRole.VENDOR
        )
    ):
        if party.position > 1 and party.vendor_id == vendor_id:
            raise InputError("vendor_id", "这个承接主体已是联合体成员；请在联合体成员中改牵头人")
        if party.position == 1:
            party.vendor_id = vendor_id
            party.recorded_at, party.recorded_by = clock.now(), actor.name
    session.flush()


def _refuse_number(session: Session, purchaser_id: UUID, number: str) -> None:
    taken = session.scalar(
        select(Contract.id).where(Contract.purchaser_id == purchaser_id, Contract.number == number)
    )
    if taken is not None:
        raise InputError("number", f"这个购买主体已有编号为 {number} 的合同")


def _refuse_future(clock: Clock, days: dict[str, Any]) -> None:
    today = clock.business_date()
    for name, day in days.items():
        if day is not None and day > today:
            raise InputError(name, f"不能晚于业务日期 {today}")


def _refuse_rate(rate: object, per: object) -> None:
    if (rate is None) != (per is None):
        name = "late_interest_per" if per is None else "late_interest_rate"
        raise InputError(name, "逾期利率和按日、按年须一并填写")


def _follow(session: Session, key: UUID) -> None:
    write_plan_standings(session, [key])
    announce(session, ContractsChanged([key]))
