"""What the recorded facts of a contract's life contradict: an act would have been refused."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.findings import Found, doubt
from contracts.life.additions import additions
from contracts.life.amendment_models import ContractAmendment
from contracts.life.limits import BOND_SHARE, WHOLE
from contracts.models import ContractTotal
from kernel.money import format_yuan
from kernel.sql import among

CODES = ("signed_before_award", "bond_above_limit", "additions_above_limit")
Values = Mapping[str, Any]


def life_findings(session: Session, contracts: Collection[Values]) -> list[Found]:
    """Findings about these contracts, rows of their table; two queries."""
    keys = [contract["id"] for contract in contracts]
    latest_first = (
        select(ContractTotal.contract_id, ContractTotal.amount)
        .where(
            among(session, ContractTotal.contract_id, keys), ContractTotal.superseded_at.is_(None)
        )
        .order_by(ContractTotal.valid_from.desc())
    )
    # Of several the one agreed at first comes last, and what comes last is kept.
    totals: dict[UUID, Decimal | None] = dict(session.execute(latest_first).all())
    changes: defaultdict[UUID, list[Decimal | None]] = defaultdict(list)
    for key, change in session.execute(
        select(ContractAmendment.contract_id, ContractAmendment.amount_change).where(
            among(session, ContractAmendment.contract_id, keys)
        )
    ):
        changes[key].append(change)
    return [
        found
        for contract in contracts
        for found in life_faults(contract, totals.get(contract["id"]), changes[contract["id"]])
    ]


def life_faults(
    contract: Values, total: Decimal | None, changes: Collection[Decimal | None]
) -> Iterator[Found]:
    """A signing before its award, a bond above 10 %, additions above 10 % of ``total`` in yuan."""
    awarded_on, signed_on = contract["awarded_on"], contract["signed_on"]
    if awarded_on and signed_on and signed_on < awarded_on:
        unsure = doubt(contract["assumed"], "awarded_on", "signed_on")
        message = f"签订日期 {signed_on} 早于中标通知书日期 {awarded_on}{unsure}"
        yield _found(contract, "signed_before_award", "signed_on", str(signed_on), message)
    if total is None:
        return
    bond = contract["performance_bond"]
    if bond is not None and bond * WHOLE > total * BOND_SHARE:
        message = (
            f"履约保证金 {format_yuan(bond)} 元超过合同总额 {format_yuan(total)} 元的 10 %"
            "（政府采购法实施条例第四十八条）"
        )
        yield _found(contract, "bond_above_limit", "performance_bond", f"{bond:f}", message)
    added = additions(total, changes)
    if added.is_over:
        message = f"{added.told()}，超过上限"
        yield _found(contract, "additions_above_limit", "total", f"{total:f}", message)


def _found(contract: Values, code: str, field: str, value: str, message: str) -> Found:
    key = contract["id"]
    return Found(code, str(key), value, message, contract_id=key, record=key, field=field)
