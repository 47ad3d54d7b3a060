"""办理经过 of a hazard: the steps taken here, and those that only its dates tell."""

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from contracts.hazards.models import HazardEvent, HazardStep
from contracts.hazards.schemas import HazardOut, StepOut

_ORDER = list(HazardStep)
_NO_KEY = UUID(int=0)


def in_order(found: HazardOut, taken: Sequence[HazardEvent]) -> list[StepOut]:
    """All steps, the earliest first; ``taken`` in the order in which they were taken.

    A step that a date tells too is told once, by who took it.
    """
    noted = [StepOut.of(event) for event in taken]
    told = {(step.kind, step.day) for step in noted}
    by_dates = [*_now(found), *(step for event in taken for step in _before(event))]
    dated = {(step.kind, step.day): step for step in by_dates if (step.kind, step.day) not in told}
    return sorted([*dated.values(), *noted], key=_place)


def _place(step: StepOut) -> tuple[date, bool, int, UUID]:
    if step.id is None:
        return step.day, False, _ORDER.index(step.kind), _NO_KEY
    return step.day, True, 0, step.id


def _now(found: HazardOut) -> Iterator[StepOut]:
    yield _step(HazardStep.FOUND, found.found_on, found.found_by)
    if found.assigned_on is not None:
        yield _step(HazardStep.ASSIGNED, found.assigned_on, deadline=found.deadline)
    if found.rectified_on is not None:
        yield _step(HazardStep.RECTIFIED, found.rectified_on, found.responsible)
    if found.rechecked_on is not None:
        yield _step(HazardStep.RECHECKED, found.rechecked_on, found.rechecked_by)
    if found.verified_on is not None:
        remark = found.verify_result
        yield _step(HazardStep.VERIFIED, found.verified_on, found.verified_by, remark)


def _before(event: HazardEvent) -> Iterator[StepOut]:
    """What held until the step, where nobody took those steps here."""
    if event.held_assigned_on is not None:
        yield _step(HazardStep.ASSIGNED, event.held_assigned_on, deadline=event.held_deadline)
    for kind, day in (
        (HazardStep.RECTIFIED, event.held_rectified_on),
        (HazardStep.RECHECKED, event.held_rechecked_on),
        (HazardStep.VERIFIED, event.held_verified_on),
    ):
        if day is not None:
            yield _step(kind, day)


def _step(
    kind: HazardStep, day: date, who: str = "", remark: str = "", deadline: date | None = None
) -> StepOut:
    return StepOut(
        id=None,
        kind=kind,
        day=day,
        who=who,
        remark=remark,
        document="",
        approved_by="",
        deadline=deadline,
    )
