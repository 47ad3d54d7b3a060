"""The act: amend a contract's amount, term or content, from a day on."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.amendments.entries import AmendmentIn
from contracts.life.additions import additions, refuse_additions
from contracts.life.amendment_models import ContractAmendment
from contracts.life.locking import locked_contract, mark_changed
from contracts.life.models import ContractState
from contracts.life.steps import current_state, steps_of
from contracts.life.totals import first_total
from contracts.life.words import STATE_NAMES
from contracts.models import Contract, ContractTotal
from kernel.access.actor import Actor
from kernel.clock import Clock
from kernel.errors import ConflictError, InputError
from kernel.keys import new_key
from kernel.money import MAX_YUAN

_ENDED = frozenset({ContractState.COMPLETED, ContractState.TERMINATED})


def amend_contract(
    session: Session, actor: Actor, clock: Clock, key: UUID, wanted: AmendmentIn
) -> ContractAmendment:
    """Record an amendment and bring total and term to it; the caller lets milestones follow.

    Raises ``NotFoundError``; ``ConflictError`` for a contract that is not signed; ``InputError`` for
    days out of order, in the future or after the contract's end, an amount without a known total,
    additions of more than 10 % together, a total below nothing, and a last day of service before
    its first.
    """
    contract = locked_contract(session, actor, key)
    known = amendments_of(session, key)
    effective_on = wanted.effective_on or wanted.signed_on
    _refuse_days(contract, known, wanted, effective_on, clock.business_date())
    _refuse_ended(session, contract, wanted.signed_on)
    if wanted.amount_change is not None:
        changes = [*(each.amount_change for each in known), wanted.amount_change]
        amount = _new_total(session, key, changes)
        _hold_from(session, key, effective_on, amount, _stamp(actor, clock))
    before = contract.service_end if wanted.service_end else None
    if wanted.service_end is not None:
        if contract.service_start and wanted.service_end < contract.service_start:
            raise InputError("service_end", f"不能早于服务期限起 {contract.service_start}")
        contract.service_end = wanted.service_end
    made = ContractAmendment(
        id=new_key(),
        contract_id=key,
        number=len(known) + 1,
        service_end_before=before,
        **_stamp(actor, clock),
        **{**dict(wanted), "effective_on": effective_on},
    )
    session.add(made)
    mark_changed(contract, actor, clock)
    session.flush()
    return made


def amendments_of(session: Session, key: UUID) -> Sequence[ContractAmendment]:
    """The amendments of a contract by number."""
    return session.scalars(
        select(ContractAmendment)
        .where(ContractAmendment.contract_id == key)
        .order_by(ContractAmendment.number)
    ).all()


def _refuse_days(
    contract: Contract,
    known: Sequence[ContractAmendment],
    wanted: AmendmentIn,
    effective_on: date,
    today: date,
) -> None:
    """An amendment is of a signed contract, and takes effect after the one before it.

    Each rests on what the one before it left, so that every day's terms can be told.
    """
    if contract.signed_on is None:
        raise ConflictError("合同还没有签订，直接修改合同即可，不需要补充合同")
    if wanted.signed_on > today:
        raise InputError("signed_on", f"不能晚于业务日期 {today}；请在签订后登记")
    if wanted.signed_on <= contract.signed_on:
        raise InputError("signed_on", f"应晚于合同签订日期 {contract.signed_on}")
    if not wanted.signed_on <= effective_on <= today:
        raise InputError(
            "effective_on", f"应在补充合同签订日期 {wanted.signed_on} 与业务日期 {today} 之间"
        )
    last = max((each.effective_on for each in known), default=None)
    if last is not None and effective_on < last:
        raise InputError("effective_on", f"上一份补充合同自 {last} 起有效，不能早于这一天")


def _refuse_ended(session: Session, contract: Contract, signed_on: date) -> None:
    """Additions are made while a contract is carried out (政府采购法 49), not after it ended."""
    state = current_state(contract, steps_of(session, contract.id), signed_on)
    if state is not None and state.state in _ENDED and state.since < signed_on:
        ended = f"合同自 {state.since} 起{STATE_NAMES[state.state]}"
        raise InputError("signed_on", f"{ended}，此后不能再签补充合同（政府采购法第四十九条）")


def _new_total(session: Session, key: UUID, changes: Sequence[Decimal | None]) -> Decimal:
    """The total after the last of ``changes``, once all of them together are allowed."""
    original, current = first_total(session, key), _current(session, key)
    if original.amount is None or current.amount is None:
        raise InputError("amount_change", "合同总额未提供，无法计算增减；请先补登合同总额")
    refuse_additions(additions(original.amount, changes))
    amount = current.amount + (changes[-1] or Decimal(0))
    if amount < 0:
        raise InputError("amount_change", "减少的金额超过合同总额")
    if amount > MAX_YUAN:
        raise InputError("amount_change", f"变更后的总额超过 {MAX_YUAN} 元")
    return amount


def _hold_from(
    session: Session, key: UUID, day: date, amount: Decimal, stamp: dict[str, Any]
) -> None:
    """Let another total hold from ``day`` on; one that an amendment of the same day made ends."""
    original, current = first_total(session, key), _current(session, key)
    if day <= original.valid_from:
        since = original.valid_from
        raise InputError("effective_on", f"原合同总额自 {since} 起登记，应晚于这一天")
    if day <= current.valid_from:
        current.superseded_at = stamp["recorded_at"]
    else:
        current.valid_to = day
    session.flush()
    session.add(ContractTotal(contract_id=key, valid_from=day, amount=amount, **stamp))
    session.flush()


def _current(session: Session, key: UUID) -> ContractTotal:
    return session.scalars(
        select(ContractTotal).where(
            ContractTotal.contract_id == key,
            ContractTotal.superseded_at.is_(None),
            ContractTotal.valid_to.is_(None),
        )
    ).one()


def _stamp(actor: Actor, clock: Clock) -> dict[str, Any]:
    return {"recorded_at": clock.now(), "recorded_by": actor.name}
