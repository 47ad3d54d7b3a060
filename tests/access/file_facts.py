"""One row in every table that a contract's file fills, marked in each of its texts.

Rows are made from the tables themselves, so that a kind of record that comes later is looked at too.
"""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Enum, Integer, String, Uuid
from sqlalchemy.orm import Session

from contracts.enterprises.models import Enterprise
from contracts.hazards.models import Hazard, HazardCount, HazardEvent
from contracts.imports.models import ImportRun, LeftOutRow
from contracts.life.amendment_models import ContractAmendment
from contracts.life.models import ContractStep
from contracts.lists.models import SavedView
from contracts.models import Vendor
from contracts.record_kinds import RECORD_KINDS
from contracts.records.kinds import Owner, RecordKind
from contracts.surveys.models import Survey
from contracts.vendors.models import VendorMerge
from kernel.keys import new_key
from tests.access.facts import DUE, Thing
from tests.ledger import RECORDED, WHO

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


def write_parts(session: Session, deal: Thing, by: UUID, user_id: UUID) -> dict[str, UUID]:
    """What paths name beside records: an amendment, a state, a step of a hazard, an import's row."""
    known = {"contract_id": deal.id, "hazard_id": deal.records["hazards"], "user_id": user_id}
    known["organisation_id"] = by
    run = _add(session, ImportRun.__table__, "无标记", known)
    known["run_id"] = run
    vendors = [_add(session, Vendor.__table__, f"无标记{deal.mark('v')}{at}", {}) for at in "甲乙"]
    pair = {"duplicate_id": vendors[0], "kept_id": vendors[1]}
    return {
        "amendment_id": _add(session, ContractAmendment.__table__, "无标记", known),
        "step_id": _add(session, ContractStep.__table__, "无标记", known),
        "step": _add(session, HazardEvent.__table__, "无标记", known),
        "run_id": run,
        "imports": run,
        "row_id": _add(session, LeftOutRow.__table__, "无标记", known),
        "view_id": _add(session, SavedView.__table__, "无标记", known),
        "merge_id": _add(session, VendorMerge.__table__, "无标记", pair),
        "enterprise_id": _add(session, Enterprise.__table__, "无标记企业", {}),
    }


def write_other(session: Session, kind: RecordKind, owner_id: UUID, by: UUID) -> UUID:
    """A record of a kind that belongs to an organisation, a vendor or a programme."""
    known = {"organisation_id": by, "lead_id": by, kind.owner.value: owner_id}
    return _add(session, kind.model.__table__, "无标记", known)


def _add(session: Session, table: Any, mark: str, known: dict[str, UUID]) -> UUID:
    key = new_key()
    stamp = {name: value for name, value in WHO.items() if name in table.columns}
    values: dict[str, Any] = {"id": key, **stamp}
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
    if column.name in known:
        return known[column.name]
    if column.name == "natural_key":
        return str(new_key())
    if column.name == "page":
        return "contracts"
    if column.name.endswith("sha256"):
        return "0" * 64
    kind = column.type
    if isinstance(kind, String) and not isinstance(kind, Enum):
        return mark if (kind.length or 0) >= SHORTEST_MARKED else None
    if column.nullable or column.default is not None or isinstance(kind, Uuid | Boolean):
        return None
    return _needed(column)


def _needed(column: Column[Any]) -> Any:
    """The least that a column takes which has no default."""
    kind = column.type
    if isinstance(kind, Enum):
        return next(iter(kind.enum_class or []))
    if isinstance(kind, Date):
        return DUE
    if isinstance(kind, DateTime):
        return RECORDED
    if isinstance(kind, JSON):
        return {}
    if isinstance(kind, Integer):
        return DUE.year if column.name.endswith("year") else 1
    return Decimal(1)
