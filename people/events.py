"""What happens to accounts that others must hear of."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AccountDisabled:
    """An account was closed: what let its user in must not work again when it is opened anew."""

    user_id: UUID
    at: datetime
