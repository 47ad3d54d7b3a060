"""Whom and what an entry's keys mean: names of people, organisations, vendors, contracts."""

from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from contracts.access import visible
from contracts.models import Contract, Organisation, Programme, Vendor
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.sql import among
from kernel.trail.queries import EntryOut
from payments.models import Milestone
from people.models import User


def names_in(session: Session, actor: Actor, found: Iterable[EntryOut]) -> Mapping[str, str]:
    """Names by key, for the keys in entries whose values are shown; one statement."""
    keys = {key for entry in found if not entry.masked for key in _keys(entry)}
    known = visible(actor, Permission.TRAIL_READ)
    label = func.coalesce(func.nullif(Organisation.short_name, ""), Organisation.name)
    parts = [
        select(User.id, User.name).where(among(session, User.id, keys)),
        select(Organisation.id, label).where(among(session, Organisation.id, keys)),
        select(Vendor.id, Vendor.name).where(among(session, Vendor.id, keys)),
        select(Programme.id, Programme.name).where(among(session, Programme.id, keys)),
        select(Milestone.id, Milestone.name)
        .join(Contract, Contract.id == Milestone.contract_id)
        .where(among(session, Milestone.id, keys), known),
        select(Contract.id, Contract.number).where(among(session, Contract.id, keys), known),
    ]
    return {str(key): name for key, name in session.execute(union_all(*parts))}


def _keys(entry: EntryOut) -> Iterator[UUID]:
    if entry.contract_id is not None:
        yield entry.contract_id
    told = [*(entry.before or {}).items(), *(entry.after or {}).items(), ("id", entry.user_id)]
    told.append(("id", entry.object_id))
    for name, value in told:
        if name.endswith("id") and isinstance(value, str):
            try:
                yield UUID(value)
            except ValueError:
                continue
