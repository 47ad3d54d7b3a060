"""One row in every table that a contract's file fills, marked in each of its texts.

Rows are made from the tables themselves, so that a kind of record that comes later is looked at too.
"""

from decimal import Decimal
from enum import Enum as PyEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Date, Enum, Integer, Numeric, Uuid
from sqlalchemy.orm import Session

from contracts.hazards.models import Hazard, HazardCount
from contracts.record_kinds import RECORD_KINDS
from contracts.records.kinds import Owner, RecordKind
from contracts.surveys.models import Survey
from kernel.columns import Percent, Yuan
from kernel.keys import new_key
from tests.access.facts import DUE, Thing
from tests.ledger import WHO

SHORTEST_MARKED = 20
OF_CONTRACTS = tuple(kind for kind in RECORD_KINDS if kind.owner is Owner.CONTRACT)
OTHERS = tuple(kind for kind in RECORD_KINDS if kind.owner is not Owner.CONTRACT)


def write_file(session: Session, deal: Thing, by: UUID) -> None:
    """A record of every kind, a hazard, a count and a survey of the contract."""
    known = {"contract_id": deal.id, "organisation_id": by, "round_id": deal.records["rounds"]}
    deal.records["hazards"] = _add(session, Hazard.__table__, deal.mark("s"), known)
    deal.records["hazard-counts"] = _add(session, HazardCount.__table__, deal.mark("s"), known)
    deal.records["surveys"] = _add(session, Survey.__table__, deal.mark("s"), known)
    known["hazard_id"] = deal.records["hazards"]
    for kind in OF_CONTRACTS:
        key = _add(session, kind.model.__table__, deal.mark("s"), known)
        deal.records[kind.path] = key
        if kind.name == "contract_resources":
            known["resource_id"] = key


def write_other(session: Session, kind: RecordKind, owner_id: UUID, by: UUID) -> UUID:
    """A record of a kind that belongs to an organisation, a vendor or a programme."""
    known = {"organisation_id": by, "lead_id": by, kind.owner.value: owner_id}
    return _add(session, kind.model.__table__, "无标记", known)


def _add(session: Session, table: Any, mark: str, known: dict[str, UUID]) -> UUID:
    key = new_key()
    values: dict[str, Any] = {"id": key, **WHO}
    for column in table.columns:
        if column.name not in values and column.computed is None:
            value = _value(column, mark, known)
            if value is not None:
                values[column.name] = value
    if "programme_id" in table.columns and "contract_id" in values:
        values.pop("programme_id", None)
    session.execute(table.insert().values(values))
    return key


def _value(column: Column[Any], mark: str, known: dict[str, UUID]) -> Any:
    """A value that the column takes; None leaves it to its default, or unknown."""
    kind = column.type
    if column.name in known:
        return known[column.name]
    if column.name == "natural_key":
        return str(new_key())
    if isinstance(kind, Enum):
        members: list[PyEnum] = list(kind.enum_class or [])
        return members[0] if not column.nullable else None
    if isinstance(kind, Date):
        return DUE if not column.nullable else None
    if isinstance(kind, Uuid | Boolean):
        return None
    if isinstance(kind, Yuan | Percent | Integer | Numeric):
        is_free = column.nullable or column.default is not None
        return None if is_free else (1 if isinstance(kind, Integer) else Decimal(1))
    length = getattr(kind, "length", None)
    if length is None:
        return None
    return mark if length >= SHORTEST_MARKED else None
