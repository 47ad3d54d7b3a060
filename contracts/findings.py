"""核验: what recorded facts contradict. Facts stay as they are; a finding says so beside them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from contracts.finding_models import Finding
from kernel.actor import Actor
from kernel.sql import among


@dataclass(frozen=True, slots=True)
class Found:
    """A contradiction as it follows now.

    ``record`` is the row it is about and ``field`` the field of its sheet's row model, so that an
    import can say in which cell it stands; ``place`` is that cell: 支付台账!G12.
    """

    code: str
    subject: str
    value: str
    message: str
    contract_id: UUID | None = None
    programme_id: UUID | None = None
    record: UUID | None = None
    field: str = ""
    place: str = ""


def doubt(assumed: Iterable[str], *fields: str) -> str:
    """What a message adds when one of the ``fields`` it rests on is an assumption."""
    return "（依据中有假定值，也可能是假定不当）" if set(assumed) & set(fields) else ""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose findings are looked at again: of these contracts and programmes, of these codes."""

    contract_ids: Collection[UUID]
    programme_ids: Collection[UUID]
    codes: Collection[str]


def sync_findings(
    session: Session, actor: Actor, now: datetime, scope: Scope, found: Iterable[Found]
) -> None:
    """Open what is new, end what no longer follows from the ledger, keep the rest as it is.

    One that says something else than before ends, and another opens; one that only stands
    elsewhere in the file is the same.
    """
    follows = {(each.code, each.subject): each for each in found}
    kept: set[tuple[str, str]] = set()
    ended: list[dict[str, object]] = []
    moved: list[dict[str, object]] = []
    for finding in session.execute(
        select(
            Finding.id, Finding.code, Finding.subject, Finding.value, Finding.message, Finding.place
        ).where(
            Finding.ended_at.is_(None),
            Finding.code.in_(scope.codes),
            or_(
                among(session, Finding.contract_id, scope.contract_ids),
                among(session, Finding.programme_id, scope.programme_ids),
            ),
        )
    ):
        now_found = follows.get((finding.code, finding.subject))
        same = now_found and (now_found.value, now_found.message) == (
            finding.value,
            finding.message,
        )
        if not now_found or not same:
            ended.append({"id": finding.id, "ended_at": now})
            continue
        kept.add((finding.code, finding.subject))
        if now_found.place and now_found.place != finding.place:
            moved.append({"id": finding.id, "place": now_found.place})
    opened = [
        {
            "code": each.code,
            "subject": each.subject,
            "contract_id": each.contract_id,
            "programme_id": each.programme_id,
            "place": each.place,
            "value": each.value,
            "message": each.message,
            "recorded_at": now,
            "recorded_by": actor.name,
        }
        for key, each in follows.items()
        if key not in kept
    ]
    if ended:
        session.execute(update(Finding), ended)
    if moved:
        session.execute(update(Finding), moved)
    if opened:
        session.execute(insert(Finding), opened)
