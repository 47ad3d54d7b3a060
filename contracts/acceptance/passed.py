"""When the service as a whole was accepted, and who has to hear of it."""

from datetime import date

from sqlalchemy import ColumnElement, and_, case, func

from contracts.acceptance.models import Acceptance, AcceptanceKind, Conclusion
from contracts.events import ContractsChanged
from contracts.records.kinds import Entering
from kernel.events import announce


def first_accepted() -> ColumnElement[date | None]:
    """The first day on which a final acceptance passed, over the rows of ``Acceptance``.

    One that passed on condition counts from the day on which what was asked for was mended.
    """
    is_final = Acceptance.kind == AcceptanceKind.FINAL
    passed = and_(is_final, Acceptance.conclusion == Conclusion.PASSED)
    mended = and_(is_final, Acceptance.conclusion == Conclusion.CONDITIONAL)
    return func.min(case((passed, Acceptance.held_on), (mended, Acceptance.mended_on)))


def tell_who_waits(entering: Entering) -> None:
    """Payments may wait for the acceptance: their due dates follow at once."""
    announce(entering.session, ContractsChanged([entering.entry.contract_id]))
