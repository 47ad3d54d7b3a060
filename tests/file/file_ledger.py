"""Records of one contract's file for tests: who enters them, and what of them is refused."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from contracts.hazards.models import Hazard, HazardLevel
from contracts.records.keeping import Edit, add_record, change_record
from contracts.records.kinds import RecordKind
from contracts.records.queries import RecordsWanted, records
from contracts.schemas import FactOut
from kernel.access.actor import LOCAL_OPERATOR, Actor
from kernel.database import Database
from kernel.errors import InputError
from kernel.keys import new_key
from tests.clocks import StoppedClock
from tests.ledger import WHO
from tests.web import NOW, TODAY

CLOCK = StoppedClock(NOW, TODAY)
CHECKED = date(2023, 6, 1)


def enter(database: Database, actor: Actor, kind: RecordKind, /, **fields: Any) -> UUID:
    """Add a record as the actor."""
    with database.writing(actor) as session:
        return add_record(session, actor, CLOCK, kind, kind.entry(**fields))


def change(
    database: Database, actor: Actor, kind: RecordKind, key: UUID, seen: int, /, **fields: Any
) -> None:
    """Put other fields in the place of a record's."""
    with database.writing(actor) as session:
        change_record(session, actor, CLOCK, Edit(kind, key, kind.entry(**fields), seen))


def told(
    database: Database, actor: Actor, kind: RecordKind, as_of: date = TODAY
) -> list[dict[str, Any]]:
    """What the actor reads of a kind on a day, the newest first."""
    with database.reading(actor) as session:
        found: list[FactOut] = records(session, actor, kind, as_of, RecordsWanted()).items
        return [item.model_dump() for item in found]


def refused(
    database: Database, actor: Actor, kind: RecordKind, /, **fields: Any
) -> tuple[str, str]:
    """At which field a record is refused, and in which words; nothing may be written."""
    before = told(database, LOCAL_OPERATOR, kind)
    with pytest.raises(InputError) as refusal:
        enter(database, actor, kind, **fields)
    assert told(database, LOCAL_OPERATOR, kind) == before
    problem = refusal.value.problems[0]
    return problem.field, problem.message


def hazard(
    database: Database, contract_id: UUID, found_on: date, level: HazardLevel, **more: Any
) -> UUID:
    """Write one hazard of the contract."""
    key = new_key()
    with database.writing(LOCAL_OPERATOR) as session:
        session.add(
            Hazard(
                id=key,
                contract_id=contract_id,
                natural_key=key.hex,
                level=level,
                description="配电箱未接地，电缆破损",
                found_on=found_on,
                **more,
                **WHO,
            )
        )
    return key


def supervision(ledger: Any, by: str = "zone", **more: Any) -> dict[str, Any]:
    """A check of the zone's contract with a demand."""
    return {
        "contract_id": ledger.paid_by_zone,
        "organisation_id": ledger.organisations[by],
        "checked_on": CHECKED,
        "method": "现场检查",
        "looked_at": "第 1 轮排查记录",
        "found": "缺 3 家企业的整改通知书",
        "asked_for": "补齐",
        "answer_due_on": date(2023, 6, 15),
        **more,
    }


def acceptance(contract_id: UUID, **more: Any) -> dict[str, Any]:
    """An acceptance that passed."""
    return {
        "contract_id": contract_id,
        "number": 1,
        "kind": "final",
        "planned_on": date(2023, 11, 1),
        "held_on": date(2023, 12, 1),
        "team_size": 5,
        "served_took_part": True,
        "served_opinion": "满意",
        "conclusion": "passed",
        "signed_on": date(2023, 12, 2),
        **more,
    }
