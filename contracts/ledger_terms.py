"""Terms that amendments changed, in a ledger imported again: it tells what was agreed at first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from contracts.life.amendment_models import ContractAmendment
from contracts.models import Contract
from kernel.sql import among


@dataclass(frozen=True, slots=True)
class AmendedEnd:
    """The last day of service as agreed at first and as it is now; ``amendment_id`` changed it first.

    ``amended`` are all that amendments gave it.
    """

    amendment_id: UUID
    at_first: date | None
    now: date | None
    amended: frozenset[date | None]


def amended_ends(session: Session, contract_ids: Iterable[UUID]) -> dict[UUID, AmendedEnd]:
    """Of the contracts whose term was amended."""
    statement = (
        select(
            ContractAmendment.contract_id,
            ContractAmendment.id,
            ContractAmendment.service_end_before,
            Contract.service_end,
            ContractAmendment.service_end,
        )
        .join(Contract, Contract.id == ContractAmendment.contract_id)
        .where(
            among(session, ContractAmendment.contract_id, contract_ids),
            ContractAmendment.service_end.is_not(None),
        )
        .order_by(ContractAmendment.number.desc())
    )
    found: dict[UUID, AmendedEnd] = {}
    # Of several the first comes last, and what comes last is kept.
    for key, amendment_id, at_first, now, given in session.execute(statement):
        others: frozenset[date | None] = found[key].amended if key in found else frozenset()
        found[key] = AmendedEnd(amendment_id, at_first, now, others | {given})
    return found


def as_agreed(
    found: Iterable[dict[str, Any]], ends: Mapping[UUID, AmendedEnd]
) -> list[dict[str, Any]]:
    """Rows of contracts with the last day of service as it was agreed at first."""
    return [
        {**row, "service_end": ends[row["id"]].at_first} if row["id"] in ends else row
        for row in found
    ]


def told_as_agreed(
    told: Iterable[tuple[UUID | None, dict[str, Any]]], ends: Mapping[UUID, AmendedEnd]
) -> None:
    """Read a file that has the amended day, as what is sent out has it, like one with the first."""
    for key, values in told:
        end = ends.get(key) if key else None
        if end is not None and values.get("service_end") in end.amended:
            values["service_end"] = end.at_first


def keep_amended_ends(
    session: Session, ends: Mapping[UUID, AmendedEnd], told: Mapping[UUID, Mapping[str, Any]]
) -> None:
    """Leave the amended last day after contracts changed to what the file ``told`` of them.

    Where the file corrects the day agreed at first, the amendment replaced that one.
    """
    kept = {key: end for key, end in ends.items() if "service_end" in told.get(key, {})}
    if not kept:
        return
    session.execute(
        update(Contract), [{"id": key, "service_end": end.now} for key, end in kept.items()]
    )
    corrected = [
        {"id": end.amendment_id, "service_end_before": told[key]["service_end"]}
        for key, end in kept.items()
        if told[key]["service_end"] != end.at_first
    ]
    if corrected:
        session.execute(update(ContractAmendment), corrected)
