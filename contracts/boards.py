"""What only pages ask of the contract ledger: supervision records and 核验发现."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from contracts.access import visible
from contracts.finding_models import Finding
from contracts.models import Contract, Organisation, Programme
from contracts.queries import on_ledger
from contracts.service_models import SupervisionRecord
from kernel.access.actor import Actor
from kernel.paging import AnyRow, AnySelect, ListQuery, fetch_page

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


def count_contracts(session: Session, actor: Actor, as_of: date) -> int:
    """How many contracts the actor sees that were there on ``as_of``."""
    counted = select(func.count()).select_from(Contract).where(visible(actor), on_ledger(as_of))
    return session.scalar(counted) or 0


def supervisions_of(
    session: Session, actor: Actor, contract_id: UUID, as_of: date
) -> Sequence[tuple[SupervisionRecord, Organisation]]:
    """督促检查记录 of a contract up to ``as_of`` and who checked, oldest first."""
    statement = (
        select(SupervisionRecord, Organisation)
        .join(Organisation, Organisation.id == SupervisionRecord.organisation_id)
        .join(Contract, Contract.id == SupervisionRecord.contract_id)
        .where(Contract.id == contract_id, visible(actor), SupervisionRecord.checked_on <= as_of)
        .order_by(SupervisionRecord.checked_on, SupervisionRecord.id)
    )
    return [(record, organisation) for record, organisation in session.execute(statement)]


def findings_of(session: Session, actor: Actor, contract_id: UUID) -> Sequence[Finding]:
    """The findings on a contract that still follow from the ledger."""
    statement = select(Finding).where(Finding.contract_id == contract_id, *_open_findings(actor))
    return session.scalars(statement.order_by(Finding.id)).all()


def finding_page(session: Session, actor: Actor, after: str) -> FindingPage:
    """One page of 核验发现 that still follow from the ledger, in the order they were recorded.

    Raises ``InputError`` naming ``cursor`` when ``after`` is no key that a page gave.
    """
    statement: AnySelect = (
        select(Finding, Contract, Programme)
        .outerjoin(Contract, Contract.id == Finding.contract_id)
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
    seen = select(Contract.id).where(visible(actor))
    programmes_seen = select(Contract.programme_id).where(visible(actor))
    return [
        Finding.ended_at.is_(None),
        or_(
            Finding.contract_id.in_(seen),
            and_(Finding.contract_id.is_(None), Finding.programme_id.in_(programmes_seen)),
        ),
    ]


def _finding(row: AnyRow) -> FindingLine:
    return FindingLine(*row[:3])
