"""What the contract ledger announces to the floors above."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ContractsChanged:
    """Totals, signing dates, plans or rounds of these contracts changed in this transaction."""

    contract_ids: Collection[UUID]
