"""Taking the next step of a hazard's loop."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contracts.hazards.checks import recheck_hazard
from contracts.hazards.loop import ENDS, Case, Standing, Taken, after, judge
from contracts.hazards.models import Hazard, HazardEvent, HazardStep
from contracts.hazards.schemas import NewStep
from contracts.hazards.sight import locked_hazard
from contracts.hazards.standing import DATES
from contracts.hazards.words import ASSURANCES
from kernel.access.actor import Actor
from kernel.clock import Clock
from kernel.keys import new_key


def take_step(
    session: Session, actor: Actor, clock: Clock, key: UUID, entry: NewStep
) -> HazardEvent:
    """Take a step of a hazard; what it ends stays in the step, for past days.

    Raises ``NotFoundError``, ``ForbiddenError`` and what ``contracts.hazards.loop.judge`` refuses.
    """
    hazard, today = locked_hazard(session, actor, key), clock.business_date()
    held = standing_of(hazard)
    given = {name: getattr(entry, name) or getattr(hazard, name) for name in ASSURANCES}
    step = Taken(entry.kind, entry.day, entry.deadline, entry.approved_by, entry.remark)
    judge(Case(held, hazard.level, _last_day(session, hazard, today), given), step, today)
    event = HazardEvent(
        id=new_key(),
        hazard_id=hazard.id,
        contract_id=hazard.contract_id,
        who=entry.who or actor.label,
        **entry.model_dump(exclude={"who", *ASSURANCES}),
        **(_ended(session, hazard, held) if entry.kind in ENDS else {}),
        recorded_at=clock.now(),
        recorded_by=actor.name,
    )
    session.add(event)
    for name, value in given.items():
        setattr(hazard, name, value)
    _write(hazard, after(held, step), event)
    hazard.version += 1
    hazard.recorded_at, hazard.recorded_by = clock.now(), actor.name
    session.flush()
    recheck_hazard(session, actor, clock.now(), hazard)
    return event


def standing_of(hazard: Hazard) -> Standing:
    """The dates that hold of it now."""
    return Standing(hazard.found_on, **{name: getattr(hazard, name) for name in DATES})


def _write(hazard: Hazard, held: Standing, event: HazardEvent) -> None:
    for name in DATES:
        setattr(hazard, name, getattr(held, name))
    if event.kind is HazardStep.RECHECKED:
        hazard.rechecked_by = event.who
    if event.kind in (HazardStep.RECHECKED, HazardStep.VERIFIED):
        hazard.verify_result = event.remark[:300] or hazard.verify_result
    if event.kind is HazardStep.VERIFIED:
        hazard.verified_by = event.who
    if event.kind is HazardStep.REOPENED:
        hazard.rechecked_by = hazard.verified_by = hazard.verify_result = ""


def _ended(session: Session, hazard: Hazard, held: Standing) -> dict[str, date | None]:
    """What held until this step, and since when: since the step that ended the time before."""
    statement = select(func.max(HazardEvent.day)).where(
        HazardEvent.hazard_id == hazard.id, HazardEvent.held_from.is_not(None)
    )
    since = session.scalar(statement) or hazard.found_on
    return {"held_from": since, **{f"held_{name}": getattr(held, name) for name in DATES}}


def _last_day(session: Session, hazard: Hazard, today: date) -> date:
    """The day of the last step, of those taken here and those that the dates tell.

    A date yet to come is a slip of an old ledger, and stands in nobody's way.
    """
    steps = select(func.max(HazardEvent.day)).where(HazardEvent.hazard_id == hazard.id)
    dates = (hazard.assigned_on, hazard.rectified_on, hazard.rechecked_on, hazard.verified_on)
    known = [day for day in (*dates, session.scalar(steps)) if day is not None and day <= today]
    return max(known, default=hazard.found_on)
