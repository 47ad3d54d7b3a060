"""Who is a party to the contracts of a workbook, in what capacity."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update

from contracts.ledger_changes import LedgerImport
from contracts.models import FIRST, Contract, ContractParty, PartyRole
from kernel.sql import among

Parties = Mapping[tuple[UUID, PartyRole], UUID | None]
"""Organisation or vendor by contract and role; None: nobody is known to hold the role."""


def write_parties(work: LedgerImport, parties: Parties) -> None:
    """Bring the first parties of these contracts to what is given; all others stay as they are."""
    known = {
        (contract_id, role): vendor or organisation
        for contract_id, role, organisation, vendor in work.session.execute(
            select(
                ContractParty.contract_id,
                ContractParty.role,
                ContractParty.organisation_id,
                ContractParty.vendor_id,
            ).where(
                among(work.session, ContractParty.contract_id, {key for key, _ in parties}),
                ContractParty.position == FIRST,
            )
        )
    }
    given = {key: who for key, who in parties.items() if who is not None}
    new = [_row(work, key, who) for key, who in given.items() if key not in known]
    moved = [_row(work, key, who) for key, who in given.items() if known.get(key, who) != who]
    gone = [key for (key, role) in known if parties.get((key, role), key) is None]
    if new:
        # Without it each change of which fields are unknown begins another statement.
        work.session.execute(insert(ContractParty).execution_options(render_nulls=True), new)
    if moved:
        changed_places = _changing_places(
            work, known, {(m["contract_id"], m["role"]) for m in moved}, given
        )
        work.session.execute(update(ContractParty), [*moved, *changed_places])
    if gone:
        work.session.execute(
            delete(ContractParty).where(
                ContractParty.role == PartyRole.PAYER,
                ContractParty.position == FIRST,
                among(work.session, ContractParty.contract_id, gone),
            )
        )


def _changing_places(
    work: LedgerImport,
    known: Mapping[tuple[UUID, PartyRole], UUID | None],
    moved: Collection[tuple[UUID, PartyRole]],
    given: Mapping[tuple[UUID, PartyRole], UUID],
) -> list[dict[str, Any]]:
    """Rows in which the former first party takes the place of a further one that is first now."""
    further = work.session.execute(
        select(
            ContractParty.contract_id,
            ContractParty.role,
            ContractParty.position,
            func.coalesce(ContractParty.vendor_id, ContractParty.organisation_id),
        ).where(
            among(work.session, ContractParty.contract_id, {key for key, _ in moved}),
            ContractParty.position > FIRST,
        )
    )
    return [
        _row(work, (contract_id, role), former, position)
        for contract_id, role, position, who in further
        if (contract_id, role) in moved
        and given[contract_id, role] == who
        and (former := known[contract_id, role]) is not None
    ]


def _row(
    work: LedgerImport, key: tuple[UUID, PartyRole], who: UUID, position: int = FIRST
) -> dict[str, Any]:
    contract_id, role = key
    is_vendor = role is PartyRole.VENDOR
    return {
        "contract_id": contract_id,
        "role": role,
        "position": position,
        "organisation_id": None if is_vendor else who,
        "vendor_id": who if is_vendor else None,
        "recorded_at": work.stamp.now,
        "recorded_by": work.stamp.actor.name,
    }


def move_leads(work: LedgerImport, leads: Mapping[UUID, UUID]) -> None:
    """Make the new ``leads`` of programmes party to all their contracts, in the file or not."""
    contracts = work.session.execute(
        select(Contract.id, Contract.programme_id).where(
            among(work.session, Contract.programme_id, leads)
        )
    )
    write_parties(work, {(key, PartyRole.LEAD): leads[programme] for key, programme in contracts})
