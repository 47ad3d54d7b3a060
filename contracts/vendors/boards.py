"""What only pages ask about vendors: the list, one vendor's papers and evaluations, merges."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from contracts.access import of_visible, visible
from contracts.models import Contract, ContractParty, Organisation, PartyRole, Vendor
from contracts.queries import on_ledger
from contracts.vendors.checks import as_held, required_by
from contracts.vendors.grading import Evaluated, awarded
from contracts.vendors.models import (
    Admission,
    Grade,
    Qualification,
    VendorEvaluation,
    VendorFormerName,
    VendorMerge,
)
from contracts.vendors.qualifying import Held, Lack, Standing, lacks, sectors_in, standing
from contracts.vendors.together import entries_of
from contracts.vendors.twins import merged_away
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.paging import AnyRow, AnySelect, ListQuery, fetch_page
from kernel.sql import contains

PAGE = 50
_WORST_FIRST = (
    Standing.REVOKED,
    Standing.EXPIRED,
    Standing.EXPIRING,
    Standing.UNKNOWN,
    Standing.NOT_YET,
    Standing.VALID,
)


@dataclass(frozen=True, slots=True)
class VendorLine:
    """A vendor of the list: contracts that the reader sees, papers held, sectors admitted to.

    ``worst`` is how its worst paper stands; None where none is recorded.
    """

    vendor: Vendor
    contracts: int
    papers: int
    worst: Standing | None
    admitted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VendorPage:
    """One page of the list, and the key of the next."""

    items: Sequence[VendorLine]
    next: str | None


@dataclass(frozen=True, slots=True)
class Paper:
    """A qualification and how it stands on the day."""

    record: Qualification
    standing: Standing


@dataclass(frozen=True, slots=True)
class Rated:
    """An evaluation, who gave it, on which contract, and the grade that follows."""

    record: VendorEvaluation
    contract: Contract
    organisation: Organisation
    grade: Grade | None


@dataclass(frozen=True, slots=True)
class Admitted:
    """An admission, by whom, and whether it holds on the day."""

    record: Admission
    organisation: Organisation
    holds: bool


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge that stands, and the other entry."""

    merge: VendorMerge
    other: Vendor


def vendor_page(
    session: Session, actor: Actor, as_of: date, words: str, after: str, limit: int = PAGE
) -> VendorPage:
    """Vendors by name, without entries found to be another's; four statements a page."""
    statement: AnySelect = select(Vendor).where(~merged_away())
    if words:
        statement = statement.where(_matches(words))
    wanted = ListQuery(limit=limit, cursor=after or None)
    page = fetch_page(session, statement, [Vendor.name], wanted, _vendor)
    keys = [vendor.id for vendor in page.items]
    contracts = _contracts_of(session, actor, as_of, keys)
    papers = _papers_of(session, keys)
    admitted = _admitted_to(session, as_of, keys)
    return VendorPage(
        [
            VendorLine(
                vendor,
                contracts.get(vendor.id, 0),
                len(papers.get(vendor.id, [])),
                _worst(papers.get(vendor.id, []), as_of),
                tuple(admitted.get(vendor.id, [])),
            )
            for vendor in page.items
        ],
        page.next,
    )


def papers_of(session: Session, vendor_id: UUID, as_of: date) -> list[Paper]:
    """The vendor's qualifications, those of merged entries too, with their standing."""
    wanted = (
        select(Qualification)
        .where(Qualification.vendor_id.in_(entries_of(vendor_id)))
        .order_by(Qualification.kind, Qualification.id)
    )
    return [Paper(row, standing(as_held(row), as_of)) for row in session.scalars(wanted)]


def admissions_of(session: Session, vendor_id: UUID, as_of: date) -> list[Admitted]:
    """Where the vendor was admitted by ``as_of``, the newest first."""
    wanted = (
        select(Admission, Organisation)
        .join(Organisation, Organisation.id == Admission.organisation_id)
        .where(Admission.vendor_id.in_(entries_of(vendor_id)), Admission.admitted_on <= as_of)
        .order_by(Admission.admitted_on.desc(), Admission.id)
    )
    return [
        Admitted(row, organisation, _holds(row, as_of))
        for row, organisation in session.execute(wanted)
    ]


def evaluations_of(
    session: Session, actor: Actor, contract_ids: Collection[UUID], as_of: date
) -> list[Rated]:
    """Evaluations on these contracts up to ``as_of``, where the actor sees them, newest first."""
    wanted = (
        select(VendorEvaluation, Contract, Organisation)
        .join(Contract, Contract.id == VendorEvaluation.contract_id)
        .join(Organisation, Organisation.id == VendorEvaluation.organisation_id)
        .where(
            VendorEvaluation.contract_id.in_(contract_ids),
            of_visible(VendorEvaluation.contract_id, actor, Permission.SERVICE_READ),
            VendorEvaluation.evaluated_on <= as_of,
        )
        .order_by(VendorEvaluation.evaluated_on.desc(), VendorEvaluation.id)
    )
    return [
        Rated(row, contract, organisation, awarded(_evaluated(row)))
        for row, contract, organisation in session.execute(wanted)
    ]


def lacking(
    session: Session, papers: Sequence[Paper], sectors: str, asking: Collection[UUID], day: date
) -> list[Lack]:
    """What the vendor's papers do not give on ``day`` of what is asked for in these sectors.

    ``asking`` buy or lead its contracts.
    """
    held = [as_held(paper.record) for paper in papers]
    return lacks(required_by(session, asking, day), held, sectors_in(sectors), day)


def former_names(session: Session, vendor_id: UUID) -> Sequence[VendorFormerName]:
    """曾用名, the latest first."""
    wanted = select(VendorFormerName).where(VendorFormerName.vendor_id == vendor_id)
    return session.scalars(wanted.order_by(VendorFormerName.until_on.desc())).all()


def merges_of(session: Session, vendor_id: UUID) -> tuple[list[Merged], Merged | None]:
    """Entries that were merged into this one, and the one that it was merged into."""
    other = aliased(Vendor)
    standing_ones = (
        select(VendorMerge, other)
        .join(
            other,
            or_(
                and_(VendorMerge.kept_id == vendor_id, other.id == VendorMerge.duplicate_id),
                and_(VendorMerge.duplicate_id == vendor_id, other.id == VendorMerge.kept_id),
            ),
        )
        .where(VendorMerge.undone_on.is_(None))
        .order_by(VendorMerge.id)
    )
    found = [Merged(merge, vendor) for merge, vendor in session.execute(standing_ones)]
    into = next((each for each in found if each.merge.duplicate_id == vendor_id), None)
    return [each for each in found if each.merge.kept_id == vendor_id], into


def _vendor(row: AnyRow) -> Vendor:
    found: Vendor = row[0]
    return found


def _matches(words: str) -> ColumnElement[bool]:
    former = select(VendorFormerName.vendor_id).where(contains(VendorFormerName.name, words))
    searched = (Vendor.name, func.coalesce(Vendor.credit_code, ""))
    return or_(*(contains(column, words) for column in searched), Vendor.id.in_(former))


def _contracts_of(
    session: Session, actor: Actor, as_of: date, keys: Collection[UUID]
) -> Mapping[UUID, int]:
    wanted = (
        select(ContractParty.vendor_id, func.count())
        .join(Contract, Contract.id == ContractParty.contract_id)
        .where(
            ContractParty.role == PartyRole.VENDOR,
            ContractParty.vendor_id.in_(keys),
            visible(actor),
            on_ledger(as_of),
        )
        .group_by(ContractParty.vendor_id)
    )
    return {key: count for key, count in session.execute(wanted) if key is not None}


def _papers_of(session: Session, keys: Collection[UUID]) -> Mapping[UUID, list[Held]]:
    found: dict[UUID, list[Held]] = {}
    for row in session.scalars(select(Qualification).where(Qualification.vendor_id.in_(keys))):
        found.setdefault(row.vendor_id, []).append(as_held(row))
    return found


def _admitted_to(session: Session, as_of: date, keys: Collection[UUID]) -> Mapping[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    wanted = select(Admission).where(Admission.vendor_id.in_(keys), Admission.admitted_on <= as_of)
    for row in session.scalars(wanted.order_by(Admission.sector, Admission.id)):
        sectors = found.setdefault(row.vendor_id, [])
        if _holds(row, as_of) and row.sector not in sectors:
            sectors.append(row.sector)
    return found


def _holds(row: Admission, day: date) -> bool:
    is_over = row.until_on is not None and row.until_on < day
    return not is_over and (row.ended_on is None or row.ended_on > day)


def _worst(papers: Sequence[Held], day: date) -> Standing | None:
    found = {standing(paper, day) for paper in papers}
    return next((each for each in _WORST_FIRST if each in found), None)


def _evaluated(row: VendorEvaluation) -> Evaluated:
    return Evaluated(row.stage, row.evaluated_on, row.score, row.grade)
