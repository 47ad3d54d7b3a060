"""核验 of what is kept of vendors: promises that differ, people who are missing, wrong grades."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.access import visible
from contracts.findings import Found, Scope, doubt, sync_findings
from contracts.models import Contract, Programme, PublicUnit, Vendor
from contracts.records.kinds import Entering
from contracts.vendors.checks import INELIGIBLE, held_by, required_on, requirements_on
from contracts.vendors.entries import whole_points
from contracts.vendors.grading import grade_of
from contracts.vendors.models import (
    ContractResource,
    QualificationRequirement,
    ResourcePresence,
    VendorEvaluation,
)
from contracts.vendors.presence import Count, Promise, contradictions, present_on
from contracts.vendors.qualifying import Held, lacks, sectors_in
from contracts.vendors.words import GRADE_NAMES
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.sql import among

CODES = (
    "resource_contradicts",
    "resource_short",
    "evaluation_grade",
    "vendor_ineligible",
    "qualification_lacking",
)
LONGEST_VALUE = 400


def recheck_contract(entering: Entering) -> None:
    """Bring the findings on the contract of a record that was just written up to it."""
    written: Any = entering.record
    recheck(entering.session, entering.actor, written.recorded_at, [written.contract_id])


def recheck_vendor(entering: Entering) -> None:
    """The same for the contracts of a vendor whose papers changed, as far as the actor sees them."""
    written: Any = entering.record
    session, actor = entering.session, entering.actor
    recheck(session, actor, written.recorded_at, seen_contracts(session, actor, written.vendor_id))


def seen_contracts(session: Session, actor: Actor, vendor_id: UUID) -> Sequence[UUID]:
    """The contracts of a vendor on which the actor sees findings."""
    seen = visible(actor, Permission.FINDINGS_READ)
    return session.scalars(select(Contract.id).where(Contract.vendor_id == vendor_id, seen)).all()


def recheck(session: Session, actor: Actor, now: datetime, contract_ids: Collection[UUID]) -> None:
    """Bring the findings on these contracts up to what is recorded of their vendors."""
    if contract_ids:
        found = vendor_findings(session, contract_ids)
        sync_findings(session, actor, now, Scope(contract_ids, (), CODES), found)


def vendor_findings(session: Session, contract_ids: Collection[UUID]) -> list[Found]:
    """What is contradicted on these contracts; six statements, whatever the number."""
    wanted = (
        select(Contract, Vendor, Programme.lead_id)
        .join(Vendor, Vendor.id == Contract.vendor_id)
        .join(Programme, Programme.id == Contract.programme_id)
        .where(among(session, Contract.id, contract_ids))
        .order_by(Contract.id)
    )
    rows = [(row[0], row[1], row[2]) for row in session.execute(wanted)]
    asking = {key for contract, _, lead_id in rows for key in (contract.purchaser_id, lead_id)}
    asked = requirements_on(session, asking)
    held = held_by(session, {vendor.id for _, vendor, _ in rows}) if asked else {}
    found: list[Found] = []
    for contract, vendor, lead_id in rows:
        required = [*asked.get(contract.purchaser_id, []), *asked.get(lead_id, [])]
        found += ineligible(contract, vendor)
        found += unqualified(contract, required, held.get(vendor.id, []))
    evaluations = select(VendorEvaluation).where(
        among(session, VendorEvaluation.contract_id, contract_ids)
    )
    found += [f for each in session.scalars(evaluations) for f in wrong_grade(each)]
    return [*found, *_resources(session, contract_ids)]


def ineligible(contract: Contract, vendor: Vendor) -> Iterator[Found]:
    """A vendor that the law excludes."""
    if vendor.public_unit is PublicUnit.CLASS_ONE:
        yield Found(
            "vendor_ineligible",
            str(contract.id),
            vendor.name,
            f"承接单位登记为公益一类事业单位：{INELIGIBLE}",
            contract_id=contract.id,
            record=contract.id,
            field="vendor",
        )


def unqualified(
    contract: Contract, asked: Sequence[QualificationRequirement], held: Sequence[Held]
) -> Iterator[Found]:
    """What the contract's sectors asked for when it was signed, and its vendor did not hold."""
    day = contract.signed_on or contract.service_start
    if day is None:
        return
    required = required_on(asked, day)
    unsure = doubt(contract.assumed, "signed_on", "service_start", "sectors")
    for lack in lacks(required, held, sectors_in(contract.sectors), day):
        yield Found(
            "qualification_lacking",
            f"{contract.id}:{lack.required.sector}:{lack.required.kind}"[:200],
            lack.required.kind,
            f"{lack.required.sector}要求{lack.required.kind}{lack.required.rank}，"
            f"签订时（{day}）承接单位的{lack.why}{unsure}",
            contract_id=contract.id,
            record=contract.id,
            field="vendor",
        )


def wrong_grade(evaluation: VendorEvaluation) -> Iterator[Found]:
    """A grade that is not the one of the points."""
    score, grade = evaluation.score, evaluation.grade
    if score is None or grade is None or grade is grade_of(score):
        return
    yield Found(
        "evaluation_grade",
        str(evaluation.id),
        GRADE_NAMES[grade],
        f"履约评价 {whole_points(score)}应为“{GRADE_NAMES[grade_of(score)]}”，"
        f"登记为“{GRADE_NAMES[grade]}”",
        contract_id=evaluation.contract_id,
        record=evaluation.id,
        field="grade",
    )


def _resources(session: Session, contract_ids: Collection[UUID]) -> Iterator[Found]:
    rows = session.scalars(
        select(ContractResource)
        .where(among(session, ContractResource.contract_id, contract_ids))
        .order_by(ContractResource.id)
    )
    counted = session.scalars(
        select(ResourcePresence).where(among(session, ResourcePresence.contract_id, contract_ids))
    )
    counts = [Count(row.resource_id, row.seen_on, row.present) for row in counted]
    promised: defaultdict[UUID, list[Promise]] = defaultdict(list)
    for row in rows:
        promised[row.contract_id].append(as_promise(row))
    for contract_id, promises in promised.items():
        yield from promised_twice(contract_id, promises)
        yield from missing(contract_id, promises, counts, date.max)


def as_promise(row: ContractResource) -> Promise:
    """A promised resource as the rules see it."""
    return Promise(row.id, row.kind, row.item, row.promised, row.unit, row.basis)


def promised_twice(contract_id: UUID, promises: list[Promise]) -> Iterator[Found]:
    """Papers that promise different numbers of the same thing: 30 people here, 31 there."""
    for each in contradictions(promises):
        first = each.promises[0]
        yield Found(
            "resource_contradicts",
            f"{contract_id}:{first.kind.value}:{''.join(first.item.split())}",
            each.told[:LONGEST_VALUE],
            f"“{first.item}”的约定数前后不一：{each.told}"[:1000],
            contract_id=contract_id,
            record=first.id,
            field="promised",
        )


def missing(
    contract_id: UUID, promises: Iterable[Promise], counts: Iterable[Count], day: date
) -> Iterator[Found]:
    """Fewer there, at the last count up to ``day``, than promised."""
    for each in present_on(promises, counts, day):
        if not each.short:
            continue
        promise = each.promise
        yield Found(
            "resource_short",
            str(promise.id),
            f"{each.present} {promise.unit}".rstrip(),
            f"{each.on} 清点，“{promise.item}”到位 {each.present}，"
            f"比约定的 {promise.number} {promise.unit}少 {each.short}",
            contract_id=contract_id,
            record=promise.id,
            field="present",
        )
