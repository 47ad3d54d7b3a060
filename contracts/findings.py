"""核验: what recorded facts contradict. Facts stay as they are; a finding says so beside them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Executable, insert, or_, select, update
from sqlalchemy.orm import Session

from contracts.finding_models import Finding
from kernel.access.actor import Actor
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
    """Whose findings are looked at again: of these contracts and programmes, of these codes.

    Of a code in ``subjects`` only those whose subject begins with one of its texts.
    """

    contract_ids: Collection[UUID]
    programme_ids: Collection[UUID]
    codes: Collection[str]
    subjects: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def covers(self, code: str, subject: str) -> bool:
        """Is a finding of this code with this subject looked at again?"""
        return code not in self.subjects or subject.startswith(self.subjects[code])


def sync_findings(
    session: Session, actor: Actor, now: datetime, scope: Scope, found: Iterable[Found]
) -> None:
    """Open what is new, end what no longer follows from the ledger, keep the rest as it is.

    One that says something else than before ends, and another opens; one that only stands
    elsewhere in the file is the same.
    """
    follows = {(each.code, each.subject): each for each in found}
    ended: list[dict[str, object]] = []
    moved: list[dict[str, object]] = []
    for finding in session.execute(_open_findings(session, scope)):
        if not scope.covers(finding.code, finding.subject):
            continue
        key = (finding.code, finding.subject)
        each = follows.get(key)
        if each is None or (each.value, each.message) != (finding.value, finding.message):
            ended.append({"id": finding.id, "ended_at": now})
            continue
        del follows[key]
        if each.place and each.place != finding.place:
            moved.append({"id": finding.id, "place": each.place})
    if ended:
        session.execute(update(Finding), ended)
    if moved:
        session.execute(update(Finding), moved)
    if follows:
        session.execute(insert(Finding), [_row(each, actor, now) for each in follows.values()])


def end_findings(session: Session, now: datetime, code: str, subject: str) -> None:
    """End what is open of one code and subject: what it said was put right."""
    session.execute(
        update(Finding)
        .where(Finding.code == code, Finding.subject == subject, Finding.ended_at.is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )


def _open_findings(session: Session, scope: Scope) -> Executable:
    return select(
        Finding.id, Finding.code, Finding.subject, Finding.value, Finding.message, Finding.place
    ).where(
        Finding.ended_at.is_(None),
        Finding.code.in_(scope.codes),
        or_(
            among(session, Finding.contract_id, scope.contract_ids),
            among(session, Finding.programme_id, scope.programme_ids),
        ),
    )


def _row(found: Found, actor: Actor, now: datetime) -> dict[str, object]:
    return {
        "code": found.code,
        "subject": found.subject,
        "contract_id": found.contract_id,
        "programme_id": found.programme_id,
        "place": found.place,
        "value": found.value,
        "message": found.message,
        "recorded_at": now,
        "recorded_by": actor.name,
    }
