"""核验 of hazards: dates out of order, 五落实 missing, one itemised twice, counts that differ.

Facts stay as they are. What an act would be refused for, an old ledger may say.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from contracts.findings import Found, Scope, doubt, sync_findings
from contracts.hazards.count_checks import COUNT_CODES, count_findings
from contracts.hazards.models import Hazard, HazardLevel
from contracts.hazards.words import ASSURANCES
from kernel.access.actor import Actor
from kernel.sql import among

DATE_CODES: Final = (
    "hazard_rectified_before_found",
    "hazard_rechecked_before_rectified",
    "hazard_verified_before_rectified",
    "hazard_deadline_before_found",
    "hazard_not_assured",
)
TWIN_CODE: Final = "hazard_itemised_twice"
CODES: Final = (*DATE_CODES, TWIN_CODE, *COUNT_CODES)
_ORDER: Final = (
    ("hazard_rectified_before_found", "rectified_on", "found_on", "整改完成日期", "排查日期"),
    (
        "hazard_rechecked_before_rectified",
        "rechecked_on",
        "rectified_on",
        "复查日期",
        "整改完成日期",
    ),
    ("hazard_verified_before_rectified", "verified_on", "rectified_on", "销号日期", "整改完成日期"),
    ("hazard_deadline_before_found", "deadline", "found_on", "整改期限", "排查日期"),
)
"""Code, the later date's column, the earlier one's, and what they are called."""


def hazard_findings(session: Session, contract_ids: Collection[UUID]) -> list[Found]:
    """What the hazards of these contracts contradict; a fixed number of statements."""
    of_contracts = among(session, Hazard.contract_id, contract_ids)
    return [
        *_of_rows(session, of_contracts),
        *_twins(session, of_contracts),
        *count_findings(session, contract_ids),
    ]


def recheck_hazard(session: Session, actor: Actor, now: datetime, hazard: Hazard) -> None:
    """Bring the findings on one hazard, and on its contract's counts, up to what it says now."""
    found = [
        *_of_rows(session, Hazard.id == hazard.id),
        *count_findings(session, [hazard.contract_id]),
    ]
    own = dict.fromkeys(DATE_CODES, (str(hazard.id),))
    scope = Scope([hazard.contract_id], (), (*DATE_CODES, *COUNT_CODES), own)
    sync_findings(session, actor, now, scope, found)


def recheck_counts(session: Session, actor: Actor, now: datetime, contract_id: UUID) -> None:
    """Bring the findings on a contract's counts up to its reports and items."""
    found = count_findings(session, [contract_id])
    sync_findings(session, actor, now, Scope([contract_id], (), COUNT_CODES), found)


def _of_rows(session: Session, asked: ColumnElement[bool]) -> Iterator[Found]:
    columns = Hazard.__table__.columns
    wrong = [columns[late] < columns[early] for _, late, early, _, _ in _ORDER]
    statement = select(*columns).where(asked, or_(*wrong, _not_assured()))
    for row in session.execute(statement.order_by(Hazard.id)).mappings():
        yield from _out_of_order(row)
        lacking = [label for name, label in ASSURANCES.items() if not row[name]]
        if row["level"] is HazardLevel.MAJOR and row["verified_on"] is not None and lacking:
            message = f"重大隐患已销号，{'、'.join(lacking)}没有登记"
            yield _found(row, "hazard_not_assured", "verified_on", message)


def _not_assured() -> ColumnElement[bool]:
    return and_(
        Hazard.level == HazardLevel.MAJOR,
        Hazard.verified_on.is_not(None),
        or_(*(getattr(Hazard, name) == "" for name in ASSURANCES)),
    )


def _out_of_order(row: Mapping[Any, Any]) -> Iterator[Found]:
    for code, late, early, late_name, early_name in _ORDER:
        first, second = row[early], row[late]
        if first is not None and second is not None and second < first:
            unsure = doubt(row["assumed"], late, early)
            message = f"{late_name} {second} 早于{early_name} {first}{unsure}"
            yield _found(row, code, late, message)


def _found(row: Mapping[Any, Any], code: str, field: str, message: str) -> Found:
    value: date = row[field]
    return Found(
        code,
        str(row["id"]),
        value.isoformat(),
        message,
        contract_id=row["contract_id"],
        record=row["id"],
        field=field,
    )


def _twins(session: Session, asked: ColumnElement[bool]) -> Iterator[Found]:
    """Rows of ledgers that say the same; who enters one by hand confirms that it is another."""
    same = (
        Hazard.contract_id,
        Hazard.found_on,
        Hazard.enterprise_id,
        Hazard.spot,
        Hazard.description,
    )
    first = func.min(cast(Hazard.id, String))
    statement = (
        select(first, func.count(), *same)
        .where(asked, Hazard.source != "")
        .group_by(*same)
        .having(func.count() > 1)
        .order_by(first)
    )
    for key, times, contract_id, found_on, _, spot, description in session.execute(statement):
        where = f"{spot}，" if spot else ""
        yield Found(
            TWIN_CODE,
            str(UUID(key)),
            f"{times} 条",
            f"{found_on} {where}“{description[:60]}”登记了 {times} 次，请核对是否同一条隐患",
            contract_id=contract_id,
            record=UUID(key),
            field="description",
        )
