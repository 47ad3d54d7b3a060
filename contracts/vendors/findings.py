"""核验 of what is kept of vendors: promises that differ, people who are missing, wrong grades."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.findings import Found, Scope, doubt, sync_findings
from contracts.models import Contract, PublicUnit, Vendor
from contracts.records.kinds import Entering
from contracts.vendors.checks import INELIGIBLE, held_by, required_by
from contracts.vendors.entries import whole_points
from contracts.vendors.grading import grade_of
from contracts.vendors.models import ContractResource, ResourcePresence, VendorEvaluation
from contracts.vendors.presence import Count, Promise, contradictions, present_on
from contracts.vendors.qualifying import lacks, sectors_in
from contracts.vendors.words import GRADE_NAMES
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
    found = vendor_findings(entering.session, [written.contract_id])
    scope = Scope([written.contract_id], (), CODES)
    sync_findings(entering.session, entering.actor, written.recorded_at, scope, found)


def vendor_findings(session: Session, contract_ids: Collection[UUID]) -> list[Found]:
    """What is contradicted on these contracts; a fixed number of statements for resources and
    evaluations, one more a contract whose vendor or qualification is in doubt."""
    contracts = select(Contract, Vendor).join(Vendor, Vendor.id == Contract.vendor_id)
    wanted = contracts.where(among(session, Contract.id, contract_ids))
    found: list[Found] = []
    for contract, vendor in session.execute(wanted.order_by(Contract.id)):
        found += [*ineligible(contract, vendor), *unqualified(session, contract)]
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


def unqualified(session: Session, contract: Contract) -> Iterator[Found]:
    """What the contract's sectors asked for when it was signed, and its vendor did not hold."""
    day = contract.signed_on or contract.service_start
    if day is None:
        return
    required = required_by(session, [contract.purchaser_id], day)
    if not required:
        return
    held = held_by(session, [contract.vendor_id]).get(contract.vendor_id, [])
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
