"""Evidence for B204 ①: supervision records and approved plans of the contracts in service."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from contracts.access import visible
from contracts.models import Contract
from contracts.service_models import ImplementationPlan, SupervisionRecord
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from monitor.indicators.models import Basis, Evidence, Speaks


def collect(
    session: Session, actor: Actor, programme_ids: Sequence[UUID], as_of: date
) -> list[Evidence]:
    """What speaks for and against, contract by contract; empty when no service has started."""
    in_service = and_(
        Contract.programme_id.in_(programme_ids),
        Contract.service_start <= as_of,
        visible(actor, Permission.SCORES_READ),
    )
    contracts = session.execute(
        select(Contract.id, Contract.number, Contract.name, Contract.assumed)
        .where(in_service)
        .order_by(Contract.number)
    ).all()
    records = session.scalars(
        select(SupervisionRecord)
        .join(Contract, Contract.id == SupervisionRecord.contract_id)
        .where(in_service, SupervisionRecord.checked_on <= as_of)
        .order_by(SupervisionRecord.checked_on, SupervisionRecord.id)
    ).all()
    plans = session.scalars(
        select(ImplementationPlan)
        .join(Contract, Contract.id == ImplementationPlan.contract_id)
        .where(in_service, ImplementationPlan.approved_on <= as_of)
        .order_by(ImplementationPlan.approved_on, ImplementationPlan.id)
    ).all()
    supervised = {record.contract_id for record in records}
    planned = {plan.contract_id for plan in plans}
    evidence = [_record(record) for record in records] + [_plan(plan) for plan in plans]
    for contract in contracts:
        if contract.id not in supervised:
            evidence.append(_absence(contract, as_of, "no_supervision", "没有督促检查记录"))
        if contract.id not in planned:
            evidence.append(_absence(contract, as_of, "no_plan", "没有已审定的实施方案"))
    return evidence


def _absence(contract: Any, as_of: date, kind: str, missing: str) -> Evidence:
    return Evidence(
        criterion=1,
        speaks=Speaks.AGAINST,
        kind=kind,
        record_id=contract.id,
        contract_id=contract.id,
        text=f"{contract.number} {contract.name}：截至 {as_of} {missing}",
        basis=Basis.ABSENCE,
        assumed=tuple(field for field in contract.assumed if field == "service_start"),
    )


def _record(record: SupervisionRecord) -> Evidence:
    return Evidence(
        criterion=1,
        speaks=Speaks.FOR,
        kind="supervision",
        record_id=record.id,
        contract_id=record.contract_id,
        text=f"{record.checked_on} {record.method or '督促检查'}：{record.looked_at}",
        basis=Basis.ASSUMPTION if record.assumed else Basis.TYPED,
        assumed=tuple(record.assumed),
    )


def _plan(plan: ImplementationPlan) -> Evidence:
    return Evidence(
        criterion=1,
        speaks=Speaks.FOR,
        kind="plan",
        record_id=plan.id,
        contract_id=plan.contract_id,
        text=f"实施方案第 {plan.number} 版 {plan.approved_on} 审定",
        basis=Basis.ASSUMPTION if plan.assumed else Basis.TYPED,
        assumed=tuple(plan.assumed),
    )
