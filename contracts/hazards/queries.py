"""Set-based reads of hazards, their steps and their counted reports, as of a day."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, case, func, literal, or_, select, true
from sqlalchemy.orm import Session, aliased

from contracts.access import of_visible
from contracts.enterprises.models import Enterprise
from contracts.hazards.models import NO_DEADLINE, RECTIFIED, Hazard, HazardCount, HazardEvent
from contracts.hazards.schemas import (
    CountOut,
    CountsWanted,
    HazardOrder,
    HazardOut,
    HazardsWanted,
    StepsOut,
)
from contracts.hazards.standing import DATES, Held, held_on
from contracts.hazards.timeline import in_order
from contracts.hazards.words import HazardState
from contracts.models import Contract, Programme
from contracts.queries import happened, only_row
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.paging import AnyRow, AnySelect, Page, fetch_page
from kernel.sql import contains


def hazards(
    session: Session, actor: Actor, as_of: date, today: date, wanted: HazardsWanted
) -> Page[HazardOut]:
    """One page of the hazards found by ``as_of``, in the order asked for; one statement."""
    held = held_on(as_of)
    statement = _statement(actor, held).where(*_asked(held, wanted))
    newest = wanted.order is HazardOrder.NEWEST
    keys = [Hazard.found_on if newest else _deadline_key(held, today), Hazard.id]
    if wanted.open and as_of >= today:
        # What is open today is open in its own row: the index on open hazards answers.
        statement = statement.where(Hazard.verified_on.is_(None))
    return fetch_page(
        session, statement, keys, wanted, lambda row: _hazard(row, as_of), newest_first=newest
    )


def hazard(session: Session, actor: Actor, as_of: date, key: UUID) -> HazardOut:
    """One hazard; raises ``NotFoundError``, also when it was not yet found on ``as_of``."""
    statement = _statement(actor, held_on(as_of)).where(Hazard.id == key)
    return _hazard(only_row(session, statement, "条隐患"), as_of)


def steps(session: Session, actor: Actor, as_of: date, key: UUID) -> StepsOut:
    """办理经过 up to ``as_of``, the earliest first: steps taken here, and what the dates tell.

    Raises ``NotFoundError`` for a hazard that is not seen.
    """
    found = hazard(session, actor, as_of, key)
    taken = session.scalars(
        select(HazardEvent)
        .where(HazardEvent.hazard_id == key, HazardEvent.day <= as_of)
        .order_by(HazardEvent.day, HazardEvent.id)
    ).all()
    return StepsOut(items=in_order(found, taken))


def counts(session: Session, actor: Actor, as_of: date, wanted: CountsWanted) -> Page[CountOut]:
    """One page of the counted reports up to ``as_of``, the latest first."""
    statement = (
        select(HazardCount, Contract)
        .join(Contract, Contract.id == HazardCount.contract_id)
        .join(Programme, Programme.id == Contract.programme_id)
        .where(
            of_visible(HazardCount.contract_id, actor, Permission.SERVICE_READ),
            HazardCount.counted_on <= as_of,
            HazardCount.contract_id == wanted.contract if wanted.contract else true(),
            Programme.code == wanted.programme if wanted.programme else true(),
            HazardCount.round_id == wanted.round if wanted.round else true(),
            HazardCount.level == wanted.level if wanted.level else true(),
        )
    )
    keys = [HazardCount.counted_on, HazardCount.id]
    return fetch_page(session, statement, keys, wanted, _count, newest_first=True)


def count(session: Session, actor: Actor, key: UUID) -> CountOut:
    """One counted report; raises ``NotFoundError``."""
    statement = (
        select(HazardCount, Contract)
        .join(Contract, Contract.id == HazardCount.contract_id)
        .where(
            HazardCount.id == key,
            of_visible(HazardCount.contract_id, actor, Permission.SERVICE_READ),
        )
    )
    return _count(only_row(session, statement, "份隐患统计"))


def hazard_of_step(session: Session, actor: Actor, as_of: date, key: UUID, step: UUID) -> HazardOut:
    """The hazard that a step was taken on; raises ``NotFoundError`` for a step that is not its."""
    taken = select(HazardEvent.id).where(HazardEvent.id == step, HazardEvent.hazard_id == key)
    only_row(session, taken, "一步")
    return hazard(session, actor, as_of, key)


def _statement(actor: Actor, held: Held) -> AnySelect:
    """Rows of ``_hazard``; ``Programme`` is joined for filters."""
    return (
        select(
            Hazard,
            Contract,
            Enterprise,
            held.state.label("state"),
            held.holder.label("holder"),
            *(held.date_of(name).label(f"on_{name}") for name in DATES),
        )
        .join(Contract, Contract.id == Hazard.contract_id)
        .join(Programme, Programme.id == Contract.programme_id)
        .outerjoin(Enterprise, Enterprise.id == Hazard.enterprise_id)
        .outerjoin(held.past, held.joined)
        .where(
            of_visible(Hazard.contract_id, actor, Permission.SERVICE_READ),
            Hazard.found_on <= held.day,
        )
    )


def _deadline_key(held: Held, today: date) -> Any:
    if held.day >= today:
        return Hazard.deadline_key
    never, done = (literal(date.fromisoformat(day), Date) for day in (NO_DEADLINE, RECTIFIED))
    due = func.coalesce(held.date_of("deadline"), never, type_=Date)
    return case((held.happened("rectified_on"), done), else_=due)


def _asked(held: Held, wanted: HazardsWanted) -> Sequence[ColumnElement[bool]]:
    is_open = ~held.happened("verified_on")
    return [
        Hazard.contract_id == wanted.contract if wanted.contract else true(),
        Programme.code == wanted.programme if wanted.programme else true(),
        Hazard.round_id == wanted.round if wanted.round else true(),
        _of_enterprise(wanted.enterprise) if wanted.enterprise else true(),
        Contract.vendor_id == wanted.vendor if wanted.vendor else true(),
        Hazard.level == wanted.level if wanted.level else true(),
        held.state == wanted.state.value if wanted.state else true(),
        true() if wanted.open is None else is_open if wanted.open else ~is_open,
        _flag(held.state == HazardState.OVERDUE.value, wanted.overdue),
        _flag(Hazard.on_the_spot, wanted.on_the_spot),
        Hazard.found_on >= wanted.found_from if wanted.found_from else true(),
        Hazard.found_on <= wanted.found_to if wanted.found_to else true(),
        _says(wanted.q) if wanted.q else true(),
    ]


def _flag(condition: Any, wanted: bool | None) -> ColumnElement[bool]:
    asked: ColumnElement[bool] = true() if wanted is None else condition if wanted else ~condition
    return asked


def _of_enterprise(key: UUID) -> ColumnElement[bool]:
    """Of the enterprise, and of all that count as it."""
    asked = aliased(Enterprise)
    root = select(asked.root_id).where(asked.id == key).scalar_subquery()
    same = aliased(Enterprise)
    return Hazard.enterprise_id.in_(select(same.id).where(same.root_id == root))


def _says(words: str) -> ColumnElement[bool]:
    searched = (Hazard.number, Hazard.spot, Hazard.description, func.coalesce(Enterprise.name, ""))
    return or_(*(contains(column, words) for column in searched))


def _hazard(row: AnyRow, as_of: date) -> HazardOut:
    record, contract, enterprise, state, holder = row[:5]
    dates = {name: getattr(row, f"on_{name}") for name in DATES}
    known = {
        name: day if name == "deadline" else happened(day, as_of) for name, day in dates.items()
    }
    by = {
        name: getattr(record, name) if known[day] is not None else "" for name, day in _BY.items()
    }
    return HazardOut.of(
        record, contract=contract, enterprise=enterprise, state=state, holder=holder, **known, **by
    )


_BY = {"rechecked_by": "rechecked_on", "verified_by": "verified_on", "verify_result": "verified_on"}
"""Who did it is told with when."""


def _count(row: AnyRow) -> CountOut:
    return CountOut.of(row[0], contract=row[1])
