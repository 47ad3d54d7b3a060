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
    """The last day of service as agreed at first and as amended; ``amendment_id`` changed it first."""

    amendment_id: UUID
    at_first: date | None
    now: date | None


def amended_ends(session: Session, contract_ids: Iterable[UUID]) -> dict[UUID, AmendedEnd]:
    """Of the contracts whose term was amended."""
    statement = (
        select(
            ContractAmendment.contract_id,
            ContractAmendment.id,
            ContractAmendment.service_end_before,
            Contract.service_end,
        )
        .join(Contract, Contract.id == ContractAmendment.contract_id)
        .where(
            among(session, ContractAmendment.contract_id, contract_ids),
            ContractAmendment.service_end.is_not(None),
        )
        .order_by(ContractAmendment.number.desc())
    )
    # Of several the first comes last, and what comes last is kept.
    return {
        key: AmendedEnd(amendment_id, at_first, now)
        for key, amendment_id, at_first, now in session.execute(statement)
    }


def as_agreed(
    found: Iterable[dict[str, Any]], ends: Mapping[UUID, AmendedEnd]
) -> list[dict[str, Any]]:
    """Rows of contracts with the last day of service as it was agreed at first."""
    return [
        {**row, "service_end": ends[row["id"]].at_first} if row["id"] in ends else row
        for row in found
    ]


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
