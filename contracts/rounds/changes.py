"""Acts on rounds: record one, update it, its equipment, return it, take it again, zero hazards.

Confirming is an act in steps (``contracts.steps``).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.hazards.checks import recheck_counts
from contracts.rounds.queries import equipment_of
from contracts.rounds.reached import itemised
from contracts.rounds.rules import CONFIRMED, FROZEN, NAMES, return_fault, round_faults, zero_fault
from contracts.rounds.schemas import (
    EquipmentList,
    NewRound,
    ResubmissionIn,
    RoundEdit,
    RoundReturnIn,
    ZeroHazards,
)
from contracts.service_models import RoundEquipment, RoundReturn, ServiceRound
from contracts.service_writing import (
    edited,
    locked_child,
    locked_contract,
    refuse,
    refuse_if,
    replace_rows,
    rewrite,
    settle_service,
)
from contracts.steps.models import OPEN_STATES, Act
from kernel.access.actor import Actor
from kernel.clock import Clock
from kernel.edits import refuse_stale
from kernel.errors import ConflictError, FieldProblem, InputError
from kernel.keys import new_key

_JUDGED = (
    "started_on", "ended_on", "reported_on", "zero_hazards_on", "hazards_found", "hazards_general",
    "hazards_major", "rectified", "rectified_general", "rectified_major",
)  # fmt: skip


def add_round(session: Session, actor: Actor, clock: Clock, wanted: NewRound) -> UUID:
    """Record a round that has begun; gives its key.

    Raises ``NotFoundError``, ``ForbiddenError``, and ``InputError`` for a number that is taken and
    for what ``rules.round_faults`` finds.
    """
    locked_contract(session, actor, wanted.contract_id)
    numbers = select(ServiceRound.number).where(ServiceRound.contract_id == wanted.contract_id)
    taken = set(session.scalars(numbers))
    if wanted.number in taken:
        raise InputError("number", f"已有第 {wanted.number} 轮；请更新那一轮，或换一个轮次号")
    values = wanted.model_dump() | {"number": wanted.number or max(taken, default=0) + 1}
    refuse(list(round_faults({**values, "zero_hazards_on": None}, clock.business_date())))
    made = ServiceRound(id=new_key(), recorded_at=clock.now(), recorded_by=actor.name, **values)
    session.add(made)
    settle_service(session, actor, clock.now(), made.contract_id)
    return made.id


def change_round(
    session: Session, actor: Actor, clock: Clock, key: UUID, wanted: RoundEdit, seen: int
) -> None:
    """Update a round; ``seen`` is the version that one edits.

    Raises ``ChangedMeanwhile``, ``ConflictError`` while an act is on its way for it, and
    ``InputError`` for what ``rules.round_faults`` finds in what was changed, or for a date or an
    amount of work of a round that is confirmed.
    """
    found = writable_round(session, actor, key)
    changed = edited(found, wanted.given(), seen, NAMES)
    if found.confirmed_on is not None:
        stated = [name for name in CONFIRMED if getattr(found, name) is not None]
        frozen = [name for name in (*FROZEN, *stated) if name in changed]
        message = f"第 {found.number} 轮已于 {found.confirmed_on} 确认，这一项不能再改"
        refuse([FieldProblem(name, message) for name in frozen])
    stands = {name: changed.get(name, getattr(found, name)) for name in _JUDGED}
    refuse(_caused(changed, stands, clock.business_date(), _before(found)))
    if changed:
        rewrite(found, changed, actor, clock.now())
        settle_service(session, actor, clock.now(), found.contract_id)
        recheck_counts(session, actor, clock.now(), found.contract_id)


def put_equipment(
    session: Session, actor: Actor, clock: Clock, key: UUID, wanted: EquipmentList, seen: int
) -> None:
    """State a round's equipment by type, in place of what was stated.

    That the types add up to the total is not asked: where they do not, a finding says so. Raises
    ``ChangedMeanwhile``, and ``InputError`` for a type that is named twice.
    """
    found = writable_round(session, actor, key)
    refuse_stale(seen, found.version, found.recorded_by, {})
    names: set[str] = set()
    for index, each in enumerate(wanted.items):
        refuse_if(
            f"items.{index}.equipment",
            f"“{each.equipment}”写了两次" if each.equipment in names else "",
        )
        names.add(each.equipment)

    def add(values: Mapping[str, Any]) -> None:
        who = {"recorded_at": clock.now(), "recorded_by": actor.name}
        ids = {"contract_id": found.contract_id, "round_id": found.id}
        session.add(RoundEquipment(**ids, **who, **values))

    listed = [each.model_dump() for each in wanted.items]
    if replace_rows(equipment_of(session, key), listed, ("equipment",), clock.now(), add):
        rewrite(found, {}, actor, clock.now())
        settle_service(session, actor, clock.now(), found.contract_id)


def return_round(
    session: Session, actor: Actor, clock: Clock, key: UUID, wanted: RoundReturnIn
) -> None:
    """退回: the purchaser does not accept what was handed in, and says why.

    Raises ``ConflictError`` while it is returned already or an act is on its way, ``InputError`` for
    a round that is confirmed or not ended.
    """
    found = writable_round(session, actor, key)
    fault = return_fault(
        found.ended_on, found.confirmed_on, wanted.returned_on, clock.business_date()
    )
    refuse_if("returned_on", fault)
    if _open_return(session, key) is not None:
        raise ConflictError(f"第 {found.number} 轮已退回，承接方还没有重新报送")
    ids = {"contract_id": found.contract_id, "round_id": found.id}
    who = {"recorded_at": clock.now(), "recorded_by": actor.name}
    session.add(RoundReturn(**ids, **who, **wanted.model_dump()))
    rewrite(found, {}, actor, clock.now())
    settle_service(session, actor, clock.now(), found.contract_id)


def resubmit_round(
    session: Session, actor: Actor, clock: Clock, key: UUID, wanted: ResubmissionIn
) -> None:
    """重新报送: the vendor mended what was returned; the round waits for confirmation again.

    Raises ``ConflictError`` when nothing is returned, ``InputError`` for a day before the return.
    """
    found = writable_round(session, actor, key)
    returned = _open_return(session, key)
    if returned is None:
        raise ConflictError(f"第 {found.number} 轮没有退回，不用重新报送")
    day, today = wanted.resubmitted_on, clock.business_date()
    early = f"{returned.returned_on} 才退回" if day < returned.returned_on else ""
    refuse_if("resubmitted_on", f"不能晚于业务日期 {today}" if day > today else early)
    rewrite(returned, wanted.model_dump(), actor, clock.now())
    rewrite(found, {}, actor, clock.now())
    settle_service(session, actor, clock.now(), found.contract_id)


def confirm_zero_hazards(
    session: Session, actor: Actor, clock: Clock, key: UUID, wanted: ZeroHazards
) -> None:
    """零隐患确认: somebody says that the round found nothing, so its counts are 0 and not unknown.

    Raises ``InputError`` when hazards are registered for it, or counts say so, or it has not ended.
    """
    found = writable_round(session, actor, key)
    fault = zero_fault(
        found.ended_on,
        found.hazards_found,
        itemised(session, key),
        confirmed=found.zero_hazards_on is not None,
    )
    day, today = wanted.confirmed_on, clock.business_date()
    if not fault and found.ended_on is not None and day < found.ended_on:
        fault = f"{found.ended_on} 才结束，不能在服务完成之前确认"
    refuse_if("confirmed_on", fault or (f"不能晚于业务日期 {today}" if day > today else ""))
    nothing = dict.fromkeys(("hazards_found", "hazards_general", "hazards_major"), 0)
    rewrite(found, {**nothing, "zero_hazards_on": day}, actor, clock.now())
    settle_service(session, actor, clock.now(), found.contract_id)


def writable_round(session: Session, actor: Actor, key: UUID) -> ServiceRound:
    """A round, its contract locked; raises ``ConflictError`` while an act is on its way for it."""
    _, found = locked_child(session, actor, ServiceRound, key, "个服务轮次")
    pending = session.scalar(
        select(Act.entered_by).where(Act.subject_id == key, Act.state.in_(OPEN_STATES))
    )
    if pending is not None:
        raise ConflictError(f"{pending} 已提请确认这一轮，正在办理；撤回或退回后才能改")
    served: ServiceRound = found
    return served


def _open_return(session: Session, round_id: UUID) -> RoundReturn | None:
    statement = select(RoundReturn).where(
        RoundReturn.round_id == round_id, RoundReturn.resubmitted_on.is_(None)
    )
    return session.scalars(statement).first()


def _before(found: ServiceRound) -> dict[str, Any]:
    return {name: getattr(found, name) for name in _JUDGED}


def _caused(
    changed: Mapping[str, object],
    stands: Mapping[str, Any],
    today: date,
    before: Mapping[str, Any],
) -> list[FieldProblem]:
    """What an edit makes wrong: an old ledger's own contradictions stay findings."""
    known = set(round_faults(before, today))
    faults = [each for each in round_faults(stands, today) if each not in known]
    return faults if changed else []
