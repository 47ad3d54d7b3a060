"""Contracts with rounds, hazards, steps and counts, written as they are and told to an oracle."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from contracts.enterprises.models import Enterprise
from contracts.enterprises.names import name_key
from contracts.hazards.models import Hazard, HazardLevel
from contracts.service_models import RoundKind, ServiceRound
from kernel.keys import new_key
from tests.clocks import StoppedClock
from tests.ledger import ContractSpec, city, contract

WHO = {"recorded_at": datetime(2023, 1, 1, tzinfo=UTC), "recorded_by": "test"}
BEGINS = date(2023, 1, 1)
TODAY = date(2023, 12, 31)
CLOCK = StoppedClock(datetime(2023, 12, 31, 4, 0, tzinfo=UTC), TODAY)


@dataclass
class HazardLedger:
    """Keys of what is there."""

    contracts: list[UUID] = field(default_factory=list)
    rounds: list[UUID] = field(default_factory=list)
    enterprises: list[UUID] = field(default_factory=list)


def fill_hazards(session: Session, rounds: int = 2, contracts: int = 2) -> HazardLedger:
    """Contracts with rounds in March and June, three enterprises of which the third is the first."""
    place, ledger = city(session), HazardLedger()
    for number in range(1, contracts + 1):
        key = contract(session, place, f"HT-{number}", ContractSpec(BEGINS))
        ledger.contracts.append(key)
        ledger.rounds += [add_round(session, key, nth) for nth in range(1, rounds + 1)]
    first, second, third = (enterprise(session, n) for n in ("甲化工", "乙矿业", "甲 化工"))
    session.flush()
    third.merged_into_id = third.root_id = first.id
    ledger.enterprises += [first.id, second.id, third.id]
    session.flush()
    return ledger


def add_round(session: Session, contract_id: UUID, number: int) -> UUID:
    key, month = new_key(), 3 * number
    session.add(
        ServiceRound(
            id=key,
            contract_id=contract_id,
            number=number,
            kind=RoundKind.HAZARD_INSPECTION,
            started_on=date(2023, month, 1),
            ended_on=date(2023, month, 9),
            **WHO,
        )
    )
    return key


def enterprise(session: Session, name: str) -> Enterprise:
    added = Enterprise(name=name, name_key=name_key(name), **WHO)
    session.add(added)
    return added


def hazard(session: Session, contract_id: UUID, found_on: date, **values: Any) -> Hazard:
    key = new_key()
    known = {
        "level": HazardLevel.GENERAL,
        "description": "未设置安全警示标志",
        "natural_key": str(key),
        **values,
    }
    added = Hazard(id=key, contract_id=contract_id, found_on=found_on, **known, **WHO)
    session.add(added)
    return added
