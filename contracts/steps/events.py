"""What the steps announce, so that the ledger which the act belongs to judges and writes it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from contracts.steps.facts import AnyEntry


@dataclass(slots=True)
class ActToCheck:
    """An act is entered or about to be written: a handler raises the refusal of a rule it breaks.

    ``act_id`` is the act's own, so that what waits for approval is counted without it. The handler
    of its kind answers with ``about`` (the subject's name for people, never empty) and ``amount``
    (yuan, None where no money moves).
    """

    entry: AnyEntry
    today: date
    act_id: UUID | None = None
    amount: Decimal | None = None
    about: str = ""


@dataclass(slots=True)
class ActToWrite:
    """The last step is done: the handler of its kind writes the fact and answers with its row."""

    entry: AnyEntry
    act_id: UUID
    now: datetime
    by: str
    result_id: UUID | None = field(default=None)
