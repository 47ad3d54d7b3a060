"""Acts: by which shares purchasers and programmes bear a contract, and who supplies it together."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from contracts.life.entries import MembersIn, ShareIn, SharesIn
from contracts.life.locking import locked_contract, mark_changed
from contracts.life.models import ContractShare
from contracts.models import (
    FIRST,
    Contract,
    ContractParty,
    Organisation,
    PartyRole,
    Programme,
    Vendor,
)
from kernel.access.actor import Actor
from kernel.clock import Clock
from kernel.edits import refuse_stale
from kernel.errors import InputError
from kernel.shares import WHOLE


def write_shares(
    session: Session, actor: Actor, clock: Clock, key: UUID, wanted: SharesIn, seen: int
) -> Contract:
    """Put these shares in place of those before; the purchasers become parties of the contract.

    Raises ``NotFoundError``, ``ChangedMeanwhile``, and ``InputError`` for shares that do not add up
    to exactly 100 %, one that is told twice, a purchaser or programme that is not there, and shares
    in which the contract's own purchaser or programme has no part.
    """
    contract = locked_contract(session, actor, key)
    refuse_stale(seen, contract.version, contract.recorded_by, {})
    _refuse_sum(each.share for each in wanted.shares)
    _refuse_twins(wanted.shares)
    leads = _referred(session, contract, wanted.shares)
    stamp = {"recorded_at": clock.now(), "recorded_by": actor.name}
    session.execute(
        update(ContractShare)
        .where(ContractShare.contract_id == key, ContractShare.superseded_at.is_(None))
        .values(superseded_at=clock.now())
    )
    session.add_all(
        ContractShare(contract_id=key, position=position, **dict(each), **stamp)
        for position, each in enumerate(wanted.shares, 1)
    )
    purchasers = [each.purchaser_id for each in wanted.shares]
    lead = leads[contract.programme_id]
    _write_others(session, contract, PartyRole.PURCHASER, contract.purchaser_id, purchasers, stamp)
    _write_others(session, contract, PartyRole.LEAD, lead, leads.values(), stamp)
    mark_changed(contract, actor, clock)
    session.flush()
    return contract


def write_members(
    session: Session, actor: Actor, clock: Clock, key: UUID, wanted: MembersIn, seen: int
) -> Contract:
    """Put these vendors in place of those before: the first leads, several are a consortium 联合体.

    Raises ``NotFoundError``, ``ChangedMeanwhile``, and ``InputError`` for a vendor that is not there
    or told twice, and for shares of the work that are given in part or do not add up to 100 %.
    """
    contract = locked_contract(session, actor, key)
    refuse_stale(seen, contract.version, contract.recorded_by, {})
    vendors = [each.vendor_id for each in wanted.members]
    if len(set(vendors)) < len(vendors):
        raise InputError("members", "同一个承接主体只能列一次")
    _refuse_unknown(session, Vendor, "members", vendors, "承接主体")
    given = [each.work_share for each in wanted.members if each.work_share is not None]
    if given and len(given) < len(vendors):
        raise InputError("members", "承担工作的比例须逐个填写，或都不填")
    if given:
        _refuse_sum(given, "members", "承担工作的比例")
    session.execute(
        delete(ContractParty).where(
            ContractParty.contract_id == key, ContractParty.role == PartyRole.VENDOR
        )
    )
    stamp = {"recorded_at": clock.now(), "recorded_by": actor.name}
    session.add_all(
        ContractParty(
            contract_id=key, role=PartyRole.VENDOR, position=position, **dict(each), **stamp
        )
        for position, each in enumerate(wanted.members, FIRST)
    )
    contract.vendor_id = vendors[0]
    mark_changed(contract, actor, clock)
    session.flush()
    return contract


def _refuse_sum(shares: Iterable[Decimal], field: str = "shares", what: str = "各份比例") -> None:
    found = sum(shares, Decimal(0))
    if found != WHOLE:
        raise InputError(field, f"{what}合计 {found:f} %，应恰为 100 %")


def _refuse_twins(shares: Sequence[ShareIn]) -> None:
    told = {
        (each.purchaser_id, each.programme_id, each.money_level, each.functional_code,
         each.economic_code, each.budget_document)
        for each in shares
    }  # fmt: skip
    if len(told) < len(shares):
        raise InputError(
            "shares", "有两份的购买主体、预算项目、资金来源、科目和指标文号都相同，请合并"
        )


def _referred(session: Session, contract: Contract, shares: Sequence[ShareIn]) -> dict[UUID, UUID]:
    """The lead of each programme, once all that the shares refer to is there."""
    purchasers = {each.purchaser_id for each in shares}
    programmes = {each.programme_id for each in shares}
    if contract.purchaser_id not in purchasers:
        raise InputError("shares", "合同自己的购买主体须承担其中一份")
    if contract.programme_id not in programmes:
        raise InputError("shares", "合同自己的预算项目须承担其中一份")
    _refuse_unknown(session, Organisation, "shares", purchasers, "机构")
    _refuse_unknown(session, Programme, "shares", programmes, "预算项目")
    found = select(Programme.id, Programme.lead_id).where(Programme.id.in_(programmes))
    return dict(session.execute(found).all())


def _refuse_unknown(
    session: Session, model: type[Any], field: str, keys: Iterable[UUID], word: str
) -> None:
    wanted = set(keys)
    known = set(session.scalars(select(model.id).where(model.id.in_(wanted))))
    if wanted - known:
        raise InputError(field, f"有 {len(wanted - known)} 个{word}不存在，请重新选择")


def _write_others(
    session: Session,
    contract: Contract,
    role: PartyRole,
    first: UUID,
    everybody: Iterable[UUID],
    stamp: dict[str, Any],
) -> None:
    """Bring the parties after the first of a capacity to those that are given."""
    session.execute(
        delete(ContractParty).where(
            ContractParty.contract_id == contract.id,
            ContractParty.role == role,
            ContractParty.position > FIRST,
        )
    )
    others = [key for key in dict.fromkeys(everybody) if key != first]
    session.add_all(
        ContractParty(
            contract_id=contract.id, role=role, position=position, organisation_id=key, **stamp
        )
        for position, key in enumerate(others, FIRST + 1)
    )
