"""Findings as they were before an import that is undone."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session, aliased

from contracts import ledger_findings
from contracts.finding_models import Finding
from contracts.findings import Scope, sync_findings
from contracts.hazards.checks import CODES as HAZARD_CODES
from contracts.hazards.checks import hazard_findings
from contracts.imports.models import ImportRun
from contracts.vendors.findings import CODES as VENDOR_CODES
from contracts.vendors.findings import vendor_findings
from kernel.access.actor import Actor


def give_back_findings(session: Session, run: ImportRun, now: datetime) -> None:
    """End what the import found and open what it ended, all of which carry its instant.

    What came and went within the import stays ended, and so does what is found anew since.
    """
    opened = (Finding.recorded_at == run.written_at, Finding.ended_at.is_(None))
    session.execute(update(Finding).where(*opened).values(ended_at=now))
    since = aliased(Finding)
    again = select(since.id).where(
        since.code == Finding.code, since.subject == Finding.subject, since.ended_at.is_(None)
    )
    session.execute(
        update(Finding)
        .where(
            Finding.ended_at == run.written_at,
            Finding.recorded_at != run.written_at,
            ~again.exists(),
        )
        .values(ended_at=None)
        .execution_options(synchronize_session=False)
    )


def find_again(
    session: Session, actor: Actor, now: datetime, contract_ids: Collection[UUID]
) -> None:
    """Bring the findings on contracts that stay up to what they say once the import's rows went."""
    found = [
        *ledger_findings.contract_findings(session, contract_ids),
        *hazard_findings(session, contract_ids),
        *vendor_findings(session, contract_ids),
    ]
    codes = (*ledger_findings.CODES, *HAZARD_CODES, *VENDOR_CODES)
    sync_findings(session, actor, now, Scope(contract_ids, (), codes), found)
