"""What only pages ask of the contract ledger: supervision records and 核验发现."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from contracts.access import sees_whole, visible
from contracts.finding_models import Finding
from contracts.models import Contract, Organisation, Programme
from contracts.queries import on_ledger
from contracts.service_models import SupervisionRecord
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.paging import AnyRow, AnySelect, ListQuery, fetch_page
from kernel.tenant import expect_many

PAGE = 25


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding and what it is about: a contract, or a programme as a whole."""

    finding: Finding
    contract: Contract | None
    programme: Programme | None


@dataclass(frozen=True, slots=True)
class FindingPage:
    """One page, how many findings there are in all, and the key of the next page."""

    lines: list[FindingLine]
    matching: int
    next_key: str | None


def count_contracts(session: Session, actor: Actor, permission: Permission, as_of: date) -> int:
    """On how many contracts that were there on ``as_of`` the actor has the permission."""
    expect_many(session)
    counted = (
        select(func.count())
        .select_from(Contract)
        .where(visible(actor, permission), on_ledger(as_of))
    )
    return session.scalar(counted) or 0


def supervisions_of(
    session: Session, actor: Actor, contract_id: UUID, as_of: date
) -> Sequence[tuple[SupervisionRecord, Organisation]]:
    """督促检查记录 of a contract up to ``as_of`` and who checked, oldest first."""
    statement = (
        select(SupervisionRecord, Organisation)
        .join(Organisation, Organisation.id == SupervisionRecord.organisation_id)
        .join(Contract, Contract.id == SupervisionRecord.contract_id)
        .where(
            Contract.id == contract_id,
            visible(actor, Permission.SERVICE_READ),
            SupervisionRecord.checked_on <= as_of,
        )
        .order_by(SupervisionRecord.checked_on, SupervisionRecord.id)
    )
    return [(record, organisation) for record, organisation in session.execute(statement)]


def findings_of(session: Session, actor: Actor, contract_id: UUID) -> Sequence[Finding]:
    """The findings on a contract that still follow from the ledger."""
    statement = select(Finding).where(Finding.contract_id == contract_id, *_open_findings(actor))
    return session.scalars(statement.order_by(Finding.id)).all()


def findings_on(
    session: Session, actor: Actor, codes: Collection[str], record: UUID
) -> Sequence[Finding]:
    """Open findings of these codes whose subject is a record, or a part of it."""
    statement = select(Finding).where(
        Finding.code.in_(codes), Finding.subject.startswith(str(record)), *_open_findings(actor)
    )
    return session.scalars(statement.order_by(Finding.id)).all()


def finding_page(session: Session, actor: Actor, after: str) -> FindingPage:
    """One page of 核验发现 that still follow from the ledger, in the order they were recorded.

    Raises ``InputError`` naming ``cursor`` when ``after`` is no key that a page gave.
    """
    statement: AnySelect = (
        select(Finding, Contract, Programme)
        .outerjoin(Contract, Contract.id == Finding.contract_id)
        .options(joinedload(Contract.purchaser))
        .outerjoin(Programme, Programme.id == Finding.programme_id)
        .where(*_open_findings(actor))
    )
    wanted = ListQuery(limit=PAGE, cursor=after or None)
    page = fetch_page(session, statement, [Finding.id], wanted, _finding)
    return FindingPage(page.items, count_findings(session, actor), page.next)


def count_findings(session: Session, actor: Actor) -> int:
    """How many findings still follow from the ledger."""
    counted = select(func.count()).select_from(Finding).where(*_open_findings(actor))
    return session.scalar(counted) or 0


def _open_findings(actor: Actor) -> list[ColumnElement[bool]]:
    """Open findings on contracts seen, and on whole programmes for those who see them whole.

    A finding on a programme tells sums over all its departments.
    """
    seen = select(Contract.id).where(visible(actor, Permission.FINDINGS_READ))
    whole = select(Programme.id).where(sees_whole(actor, Permission.FINDINGS_READ))
    return [
        Finding.ended_at.is_(None),
        or_(
            Finding.contract_id.in_(seen),
            and_(Finding.contract_id.is_(None), Finding.programme_id.in_(whole)),
        ),
    ]


def _finding(row: AnyRow) -> FindingLine:
    return FindingLine(*row[:3])
