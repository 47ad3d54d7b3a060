"""What a record of a contract's file names: who checked, which enterprise, which hazards."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from contracts.enterprises.models import Enterprise
from contracts.hazards.models import Hazard
from contracts.models import ContractParty, Organisation, PartyRole, Programme
from contracts.records.kinds import Reference
from kernel.access.actor import Actor
from kernel.sql import contains

OFFERED = 20
SUPERVISING = (PartyRole.PURCHASER, PartyRole.PAYER, PartyRole.LEAD)
"""Who supervises a contract: those who buy, pay or lead (domain, section 2)."""
_BETWEEN = re.compile(r"[\s、,，;；]+")
_HEAD = 30
_DAY = 10


def _named(
    model: Any, searched: Sequence[Any], within: Callable[[UUID], ColumnElement[bool]]
) -> Reference:
    """Records that are known by their name; ``within`` narrows them to what fits an owner."""

    def find(session: Session, _actor: Actor, typed: str, owner_id: UUID) -> UUID | None:
        exact = or_(*(column == typed for column in searched))
        found = session.scalars(select(model.id).where(exact, within(owner_id)).limit(2)).all()
        return found[0] if len(found) == 1 else None

    def names(session: Session, keys: Sequence[UUID]) -> Mapping[UUID, str]:
        found = session.execute(select(model.id, model.name).where(model.id.in_(keys)))
        return dict(found.all())

    def offers(session: Session, _actor: Actor, typed: str, owner_id: UUID) -> Sequence[str]:
        holding = or_(*(contains(func.coalesce(column, ""), typed) for column in searched))
        statement = select(model.name).where(holding if typed else true(), within(owner_id))
        return session.scalars(statement.order_by(model.name).limit(OFFERED)).all()

    def knows(session: Session, _actor: Actor, key: UUID, owner_id: UUID) -> bool:
        found = select(model.id).where(model.id == key, within(owner_id))
        return session.scalar(found) is not None

    return Reference(find, names, offers, knows)


def _supervising(contract_id: UUID) -> ColumnElement[bool]:
    parties = select(ContractParty.organisation_id).where(
        ContractParty.contract_id == contract_id, ContractParty.role.in_(SUPERVISING)
    )
    return Organisation.id.in_(parties)


_ORGANISATION_WORDS = (Organisation.name, Organisation.short_name, Organisation.code)
SUPERVISOR = _named(Organisation, _ORGANISATION_WORDS, _supervising)
"""Who buys, pays for or leads the contract."""
LEAD = _named(
    Organisation, _ORGANISATION_WORDS, lambda _owner: Organisation.id.in_(select(Programme.lead_id))
)
"""Who leads a programme."""
ENTERPRISE = _named(Enterprise, (Enterprise.name, Enterprise.credit_code), lambda _owner: true())
"""Any enterprise: they are shared reference data."""


def hazard_words(found_on: date, number: str, description: str) -> str:
    """A hazard in a few words, none of which parts it from the next in a list."""
    head = _BETWEEN.sub(" ", number or description).strip()
    return f"{found_on} {head[:_HEAD]}".strip()


def _hazards(contract_id: UUID) -> Any:
    columns = (Hazard.id, Hazard.found_on, Hazard.number, Hazard.description)
    return select(*columns).where(Hazard.contract_id == contract_id)


def _find_hazard(session: Session, _actor: Actor, typed: str, owner_id: UUID) -> UUID | None:
    try:
        day = date.fromisoformat(typed[:_DAY])
    except ValueError:
        asked = _hazards(owner_id).where(Hazard.number == typed).limit(2)
        found = [key for key, *_ in session.execute(asked)]
    else:
        asked = _hazards(owner_id).where(Hazard.found_on == day)
        found = [key for key, *rest in session.execute(asked) if hazard_words(*rest) == typed]
    return found[0] if len(found) == 1 else None


def _hazard_names(session: Session, keys: Sequence[UUID]) -> Mapping[UUID, str]:
    columns = (Hazard.id, Hazard.found_on, Hazard.number, Hazard.description)
    found = session.execute(select(*columns).where(Hazard.id.in_(keys)))
    return {key: hazard_words(day, number, text) for key, day, number, text in found}


def _hazard_offers(session: Session, _actor: Actor, typed: str, owner_id: UUID) -> Sequence[str]:
    last = re.split(r"[、,，;；]", typed)[-1].strip()
    asked = _hazards(owner_id).order_by(Hazard.found_on.desc(), Hazard.id).limit(OFFERED)
    if last:
        asked = asked.where(or_(contains(Hazard.number, last), contains(Hazard.description, last)))
    return [hazard_words(*rest) for _, *rest in session.execute(asked)]


def _knows_hazard(session: Session, _actor: Actor, key: UUID, owner_id: UUID) -> bool:
    return session.scalar(_hazards(owner_id).where(Hazard.id == key)) is not None


HAZARD = Reference(_find_hazard, _hazard_names, _hazard_offers, _knows_hazard)
"""The hazards of the contract, by number or by day and first words."""
