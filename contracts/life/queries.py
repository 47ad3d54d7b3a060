"""Reads of a contract's life as of a day: a fixed number of statements, whatever the data."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, String, Uuid, column, func, select, table
from sqlalchemy.orm import Session

from contracts.access import also, visible
from contracts.life.agreed_terms import service_ends
from contracts.life.law_dates import DutyDays, law_dates
from contracts.life.limits import term_length
from contracts.life.models import ContractShare, ContractState, ContractStep
from contracts.life.schemas import (
    LawDateOut,
    LifeOut,
    MemberOut,
    MembersOut,
    ShareOut,
    SharesOut,
    StateOut,
    StepOut,
    StepsOut,
)
from contracts.life.standing import LifeDays, Step, state_on
from contracts.life.transitions import followers
from contracts.models import (
    Contract,
    ContractParty,
    ContractTotal,
    Organisation,
    PartyRole,
    Programme,
    Vendor,
)
from contracts.queries import happened, on_ledger, only_row
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.calendar_models import load_calendar
from kernel.dated import holds_on
from kernel.shares import WHOLE, allocate

MONEY = ("performance_bond", "shares.amount")
"""What of a life only those see who may see money."""
_DISCLOSURE = table(
    "disclosure",
    column("contract_id", Uuid),
    column("content_kind", String),
    column("published_on", Date),
)
"""``contracts.disclosure.models.Disclosure``, which is a record and so knows contracts itself."""


@dataclass(frozen=True, slots=True)
class _Sight:
    """A contract as the actor sees it on a day."""

    contract: Contract
    total: Decimal | None
    sees_money: bool
    may_write: bool


def life_of(session: Session, actor: Actor, contract_id: UUID, as_of: date) -> LifeOut:
    """How far a contract had come by ``as_of``; raises ``NotFoundError``."""
    seen = _sight(session, actor, contract_id, as_of)
    found = seen.contract
    steps = _steps(session, contract_id, as_of)
    signed_on = happened(found.signed_on, as_of)
    published = _published_on(session, contract_id)
    days = DutyDays(found.awarded_on, signed_on, published, found.filed_on)
    end = service_ends(session, [found], as_of)[contract_id]
    state = state_on(_reached(steps), _days(found), as_of)
    following = followers(state.state if state else None) if seen.may_write else ()
    return LifeOut(
        contract_id=contract_id,
        as_of=as_of,
        state=StateOut.of(state) if state else None,
        steps=[StepOut.of(step) for step in steps],
        next_states=list(following),
        law_dates=[LawDateOut.of(each) for each in law_dates(days, as_of, load_calendar(session))],
        awarded_on=happened(found.awarded_on, as_of),
        signed_on=signed_on,
        filed_on=happened(found.filed_on, as_of),
        filing_number=found.filing_number if happened(found.filed_on, as_of) else "",
        service_start=found.service_start,
        service_end=end,
        term=term_length(found.service_start, end),
        procurement_method=found.procurement_method,
        sme_at_signing=found.sme_at_signing,
        performance_bond=found.performance_bond if seen.sees_money else None,
        late_interest_rate=found.late_interest_rate,
        late_interest_per=found.late_interest_per,
        acceptance_days=found.acceptance_days,
        shares=_shares(session, seen),
        members=_members(session, found),
        withheld=[] if seen.sees_money else list(MONEY),
    )


def steps_out(session: Session, actor: Actor, contract_id: UUID, as_of: date) -> StepsOut:
    """The recorded changes of state up to ``as_of``; raises ``NotFoundError``."""
    _sight(session, actor, contract_id, as_of)
    return StepsOut(items=[StepOut.of(step) for step in _steps(session, contract_id, as_of)])


def step_out(session: Session, actor: Actor, contract_id: UUID, step_id: UUID) -> StepOut:
    """One recorded change of state; raises ``NotFoundError``."""
    statement = (
        select(ContractStep)
        .join(Contract, Contract.id == ContractStep.contract_id)
        .where(ContractStep.id == step_id, Contract.id == contract_id, visible(actor))
    )
    return StepOut.of(only_row(session, statement, "次状态变更")[0])


def shares_out(session: Session, actor: Actor, contract_id: UUID, as_of: date) -> SharesOut:
    """The shares of a contract, amounts of its total on ``as_of``; raises ``NotFoundError``."""
    return _shares(session, _sight(session, actor, contract_id, as_of))


def members_out(session: Session, actor: Actor, contract_id: UUID, as_of: date) -> MembersOut:
    """Who supplies a contract together, the lead first; raises ``NotFoundError``."""
    return _members(session, _sight(session, actor, contract_id, as_of).contract)


def states_on(
    session: Session, contracts: Collection[Contract], as_of: date
) -> Mapping[UUID, ContractState | None]:
    """The state of each contract on a day, by one statement; None where nothing tells it."""
    steps: dict[UUID, list[Step]] = {contract.id: [] for contract in contracts}
    for key, state, since in session.execute(
        select(ContractStep.contract_id, ContractStep.state, ContractStep.since)
        .where(ContractStep.contract_id.in_(steps), ContractStep.since <= as_of)
        .order_by(ContractStep.since, ContractStep.id)
    ):
        steps[key].append(Step(state, since))
    found = {each.id: state_on(steps[each.id], _days(each), as_of) for each in contracts}
    return {key: state.state if state else None for key, state in found.items()}


def _sight(session: Session, actor: Actor, contract_id: UUID, as_of: date) -> _Sight:
    statement = (
        select(
            Contract,
            ContractTotal.amount,
            also(actor, Permission.MONEY_READ).label("sees_money"),
            visible(actor, Permission.CONTRACTS_WRITE).label("may_write"),
        )
        .outerjoin(ContractTotal, _total_on(as_of))
        .where(Contract.id == contract_id, visible(actor), on_ledger(as_of))
    )
    contract, total, sees_money, may_write = only_row(session, statement, "份合同")[:4]
    return _Sight(contract, total, bool(sees_money), bool(may_write))


def _total_on(as_of: date) -> ColumnElement[bool]:
    return (
        (ContractTotal.contract_id == Contract.id)
        & ContractTotal.superseded_at.is_(None)
        & holds_on(ContractTotal, as_of)
    )


def _steps(session: Session, contract_id: UUID, as_of: date) -> Sequence[ContractStep]:
    return session.scalars(
        select(ContractStep)
        .where(ContractStep.contract_id == contract_id, ContractStep.since <= as_of)
        .order_by(ContractStep.since, ContractStep.id)
    ).all()


def _reached(steps: Sequence[ContractStep]) -> list[Step]:
    return [Step(step.state, step.since) for step in steps]


def _days(contract: Contract) -> LifeDays:
    return LifeDays(contract.awarded_on, contract.signed_on, contract.service_start)


def _published_on(session: Session, contract_id: UUID) -> date | None:
    """The first day on which the contract itself was published (合同公告)."""
    first: date | None = session.scalar(
        select(func.min(_DISCLOSURE.c.published_on)).where(
            _DISCLOSURE.c.contract_id == contract_id, _DISCLOSURE.c.content_kind == "contract"
        )
    )
    return first


def _shares(session: Session, seen: _Sight) -> SharesOut:
    rows = session.execute(
        select(ContractShare, Organisation, Programme)
        .join(Organisation, Organisation.id == ContractShare.purchaser_id)
        .join(Programme, Programme.id == ContractShare.programme_id)
        .where(ContractShare.contract_id == seen.contract.id, ContractShare.superseded_at.is_(None))
        .order_by(ContractShare.position)
    ).all()
    total = seen.total if seen.sees_money else None
    if not rows:
        return _whole(session, seen.contract, total)
    parts: Sequence[Decimal | None] = [None] * len(rows)
    if total is not None:
        parts = allocate(total, [row[0].share for row in rows])
    items = [
        ShareOut.of(share, purchaser=purchaser, programme=programme, amount=amount)
        for (share, purchaser, programme), amount in zip(rows, parts, strict=True)
    ]
    return SharesOut(items=items, stated=True, version=seen.contract.version)


def _whole(session: Session, contract: Contract, total: Decimal | None) -> SharesOut:
    """Borne whole by the contract's purchaser and programme: nobody stated shares."""
    programme = session.get_one(Programme, contract.programme_id)
    only: dict[str, Any] = {
        "purchaser": session.get_one(Organisation, contract.purchaser_id),
        "programme": programme,
        "share": WHOLE,
        "amount": total,
        "money_level": None,
        "functional_code": "",
        "economic_code": "",
        "budget_document": programme.approval_document,
    }
    return SharesOut(items=[ShareOut.of(None, **only)], stated=False, version=contract.version)


def _members(session: Session, contract: Contract) -> MembersOut:
    rows = session.execute(
        select(ContractParty, Vendor)
        .join(Vendor, Vendor.id == ContractParty.vendor_id)
        .where(ContractParty.contract_id == contract.id, ContractParty.role == PartyRole.VENDOR)
        .order_by(ContractParty.position)
    )
    items = [
        MemberOut.of(party, vendor=vendor, lead=index == 0)
        for index, (party, vendor) in enumerate(rows)
    ]
    return MembersOut(items=items, version=contract.version)
