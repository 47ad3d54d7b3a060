"""What a contract's terms were on a day, before later amendments changed them."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.life.amendment_models import ContractAmendment
from contracts.models import Contract


def service_ends(
    session: Session, contracts: Collection[Contract], as_of: date
) -> Mapping[UUID, date | None]:
    """The last day of service of each contract as it was agreed on a day, by one statement.

    That is what the first amendment of the term after that day replaced, else what holds now.
    """
    ends = {contract.id: contract.service_end for contract in contracts}
    later = (
        select(ContractAmendment.contract_id, ContractAmendment.service_end_before)
        .where(
            ContractAmendment.contract_id.in_(ends),
            ContractAmendment.service_end.is_not(None),
            ContractAmendment.effective_on > as_of,
        )
        .order_by(ContractAmendment.effective_on.desc(), ContractAmendment.number.desc())
    )
    # Of several the earliest comes last, and what comes last is kept.
    return ends | dict(session.execute(later).all())
