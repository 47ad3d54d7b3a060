"""登记、修改隐患，登记统计: what a person enters; a ledger's rows come by an import."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.enterprises.models import Enterprise
from contracts.hazards.checks import recheck_counts, recheck_hazard
from contracts.hazards.loop import ENDS
from contracts.hazards.models import Hazard, HazardCount, HazardEvent, HazardLevel
from contracts.hazards.natural_keys import content_key, free_copy, numbered_key
from contracts.hazards.schemas import HazardEdit, HazardText, NewCount, NewHazard
from contracts.hazards.sight import locked_hazard
from contracts.hazards.standing import DATES
from contracts.hazards.words import FIELD_NAMES, LEVEL_NAMES
from contracts.service_models import ServiceRound
from contracts.service_writing import locked_contract
from kernel.access.actor import Actor
from kernel.clock import Clock
from kernel.edits import refuse_stale
from kernel.errors import ConflictError, InputError
from kernel.keys import new_key

ON_THE_SPOT = "现场整改，当场复查合格"


def add_hazard(session: Session, actor: Actor, clock: Clock, entry: NewHazard) -> Hazard:
    """Add a hazard that was found; with a deadline it counts as handed over the same day.

    Raises ``NotFoundError``, ``ForbiddenError``; ``InputError`` for a day to come, a deadline before
    the day it was found, a number that is taken, a round or an enterprise that is not there; and
    ``ConflictError`` (field ``not_a_twin``) for one that says what another already says.
    """
    contract = locked_contract(session, actor, entry.contract_id)
    _judge_text(session, entry, contract.id, clock.business_date())
    if entry.deadline is not None and entry.deadline < entry.found_on:
        raise InputError("deadline", f"整改期限不能早于排查日期 {entry.found_on}")
    added = Hazard(
        id=new_key(),
        natural_key=_key(session, entry),
        assigned_on=entry.found_on if entry.deadline else None,
        **entry.model_dump(exclude={"not_a_twin"}),
        **(_solved(entry) if entry.on_the_spot else {}),
        recorded_at=clock.now(),
        recorded_by=actor.name,
    )
    session.add(added)
    session.flush()
    recheck_hazard(session, actor, clock.now(), added)
    return added


def change_hazard(
    session: Session, actor: Actor, clock: Clock, key: UUID, entry: HazardEdit, seen: int
) -> Hazard:
    """Change what is written about a hazard; ``seen`` is the version that the editor read.

    Raises as ``add_hazard`` does, ``ChangedMeanwhile``, and ``InputError`` for a day of finding that
    is after the first step, or that steps already rest on.
    """
    found = locked_hazard(session, actor, key)
    wanted = entry.model_dump()
    refuse_stale(
        seen,
        found.version,
        found.recorded_by,
        {
            name: (FIELD_NAMES[name], _shown(getattr(found, name)), _shown(value))
            for name, value in wanted.items()
        },
    )
    _judge_text(session, entry, found.contract_id, clock.business_date())
    if entry.found_on != found.found_on:
        _judge_found_on(session, found, entry.found_on)
    for name, value in wanted.items():
        setattr(found, name, value)
    found.version += 1
    found.recorded_at, found.recorded_by = clock.now(), actor.name
    session.flush()
    recheck_hazard(session, actor, clock.now(), found)
    return found


def add_count(session: Session, actor: Actor, clock: Clock, entry: NewCount) -> HazardCount:
    """Add what a report counts as of a day; reports of earlier days stay as they are.

    Raises ``NotFoundError``, ``ForbiddenError`` and ``InputError`` (a day to come, no number at all,
    more rectified than found: 整改数不能多于发现数).
    """
    contract = locked_contract(session, actor, entry.contract_id)
    _judge_round(session, entry.round_id, contract.id)
    if entry.counted_on > clock.business_date():
        raise InputError("counted_on", f"不能晚于业务日期 {clock.business_date()}")
    if entry.hazards_found is None and entry.rectified is None and entry.on_the_spot is None:
        raise InputError("hazards_found", "请至少填写一个数")
    for name in ("rectified", "on_the_spot"):
        number = getattr(entry, name)
        if number is not None and entry.hazards_found is not None and number > entry.hazards_found:
            label = FIELD_NAMES[name]
            raise InputError(name, f"{label} {number} 多于发现 {entry.hazards_found}，请核对")
    added = HazardCount(
        id=new_key(), recorded_at=clock.now(), recorded_by=actor.name, **entry.model_dump()
    )
    session.add(added)
    session.flush()
    recheck_counts(session, actor, clock.now(), contract.id)
    return added


def _solved(entry: NewHazard) -> dict[str, Any]:
    """Solved in front of who found it; a major one is still to be rechecked and closed."""
    if entry.level is HazardLevel.MAJOR:
        return {"rectified_on": entry.found_on}
    return {
        **dict.fromkeys(("rectified_on", "rechecked_on", "verified_on"), entry.found_on),
        **dict.fromkeys(("rechecked_by", "verified_by"), entry.found_by),
        "verify_result": ON_THE_SPOT,
    }


def _key(session: Session, entry: NewHazard) -> str:
    """The natural key of a new hazard; refuses a number that is taken and an unconfirmed twin."""
    enterprise = session.get(Enterprise, entry.enterprise_id) if entry.enterprise_id else None
    own = content_key(
        enterprise.name if enterprise else "", entry.spot, entry.description, entry.found_on
    )
    same = select(Hazard.natural_key, Hazard.number).where(
        Hazard.contract_id == entry.contract_id,
        Hazard.found_on == entry.found_on,
        Hazard.enterprise_id.is_not_distinct_from(entry.enterprise_id),
        Hazard.spot == entry.spot,
        Hazard.description == entry.description,
    )
    twins = session.execute(same).all()
    if twins and not entry.not_a_twin:
        raise InputError(
            "not_a_twin",
            "这份合同已有同一企业、部位、描述和排查日期的隐患；确是另一条的，请勾选“不是重复登记”",
        )
    if not entry.number:
        return free_copy(own, [row.natural_key for row in twins])
    key = numbered_key(entry.number)
    taken = select(Hazard.id).where(
        Hazard.contract_id == entry.contract_id, Hazard.natural_key == key
    )
    if session.scalar(taken) is not None:
        raise InputError("number", f"这份合同已有编号 {entry.number} 的隐患")
    return key


def _judge_text(session: Session, entry: HazardText, contract_id: UUID, today: date) -> None:
    if entry.found_on > today:
        raise InputError("found_on", f"不能晚于业务日期 {today}")
    _judge_round(session, entry.round_id, contract_id)
    if entry.enterprise_id is not None and session.get(Enterprise, entry.enterprise_id) is None:
        raise InputError("enterprise_id", "企业名录中没有这家企业")


def _judge_round(session: Session, round_id: UUID | None, contract_id: UUID) -> None:
    if round_id is None:
        return
    found = session.get(ServiceRound, round_id)
    if found is None or found.contract_id != contract_id:
        raise InputError("round_id", "这份合同没有这个服务轮次")


def _judge_found_on(session: Session, found: Hazard, day: date) -> None:
    """What was done the very day moves along: the notice, and all of one solved on the spot."""
    ended = select(HazardEvent.id).where(
        HazardEvent.hazard_id == found.id, HazardEvent.kind.in_(ENDS)
    )
    if session.scalar(ended.limit(1)) is not None:
        raise ConflictError("这条隐患已延期或退回整改过，排查日期不能再改；请在备注中说明")
    moved = [
        name
        for name in DATES
        if getattr(found, name) == found.found_on and (name == "assigned_on" or found.on_the_spot)
    ]
    stay = [getattr(found, n) for n in DATES if n not in ("deadline", *moved)]
    first = min((each for each in stay if each is not None), default=day)
    if day > first:
        raise InputError("found_on", f"排查日期不能晚于已办理的日期 {first}")
    for name in moved:
        setattr(found, name, day)


def _shown(value: object) -> str:
    if isinstance(value, HazardLevel):
        return LEVEL_NAMES[value]
    return "无" if value is None or value == "" else str(value)
