"""The enterprises that one round reached, and how many hazards are registered for it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from contracts.enterprises.models import Enterprise, RoundEnterprise
from contracts.hazards.models import Hazard

SHOWN = 200
"""How many enterprises a round's page lists."""


@dataclass(frozen=True, slots=True)
class Reached:
    """An enterprise as the register calls it now, when it was visited and how often (家次)."""

    name: str
    visited_on: date | None
    visits: int


@dataclass(frozen=True, slots=True)
class Reach:
    """The first of the rows, how many enterprises there are in all, and visits together."""

    rows: list[Reached]
    enterprises: int
    visits: int


def reach_of(session: Session, round_id: UUID) -> Reach:
    """What a round's named list says; two statements. Merged spellings are one enterprise."""
    of_it = and_(RoundEnterprise.round_id == round_id, RoundEnterprise.superseded_at.is_(None))
    joined = select(Enterprise.root_id).join(
        RoundEnterprise, RoundEnterprise.enterprise_id == Enterprise.id
    )
    counted = joined.with_only_columns(
        func.count(Enterprise.root_id.distinct()),
        func.coalesce(func.sum(RoundEnterprise.visits), 0),
    )
    enterprises, visits = session.execute(counted.where(of_it)).one()
    listed = joined.with_only_columns(
        Enterprise.name, RoundEnterprise.visited_on, RoundEnterprise.visits
    )
    order = (Enterprise.name, RoundEnterprise.id)
    rows = session.execute(listed.where(of_it).order_by(*order).limit(SHOWN))
    return Reach([Reached(*row) for row in rows], enterprises, int(visits))


def itemised(session: Session, round_id: UUID) -> int:
    """How many hazards are registered one by one for the round."""
    counted = select(func.count()).select_from(Hazard).where(Hazard.round_id == round_id)
    return session.scalar(counted) or 0
