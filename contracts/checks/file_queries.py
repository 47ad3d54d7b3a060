"""Which parts of a contract's file are there and which are missing, for one reader on one day."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import reduce
from operator import add
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from contracts.acceptance.models import Acceptance, Conclusion, ReportKind, ServiceReport
from contracts.access import visible
from contracts.checks.file_parts import ContractDays, Held, Part, content_code, parts_of
from contracts.checks.models import (
    CLAUSES,
    NEGATIVES,
    ClauseCheck,
    ManagementCheck,
    NegativeCheck,
    PerformanceMonitoring,
    SubcontractingCheck,
)
from contracts.disclosure.kinds import CONTENTS
from contracts.disclosure.models import Disclosure
from contracts.life.law_dates import TERMS, Duty
from contracts.models import Contract
from contracts.service_models import ImplementationPlan, SupervisionRecord
from contracts.supervision.models import ListedHazard, Penalty, UnresolvedCause
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.calendar_models import load_calendar
from kernel.day_count import due_on
from kernel.errors import InputError, NotFoundError
from kernel.paging import AnySelect

TITLES: Mapping[str, str] = {
    "plans": "实施方案",
    **{content_code(content): f"公开：{word}" for content, word in CONTENTS.items()},
    "clause_checks": "合同条款清单",
    "supervisions": "督促检查",
    "subcontracting_checks": "转包核查",
    "management_checks": "实施管理核查",
    "negative_checks": "负面清单核查",
    "performance_monitorings": "绩效执行监控",
    "acceptances": "验收",
    "service_reports.technical": "安全技术服务报告",
    "service_reports.assessment": "服务工作评估报告",
    "penalties": "行政处罚",
    "listed_hazards": "挂牌督办",
    "unresolved_causes": "未解决问题原因",
}
"""The parts of a file in the order in which they come about."""


def file_of(session: Session, actor: Actor, contract_id: UUID, as_of: date) -> list[Part]:
    """Each part of a contract's file as it stood on ``as_of``; as many statements as any other.

    Raises ``NotFoundError`` for a contract whose service the actor may not see.
    """
    contract = session.scalars(
        select(Contract).where(Contract.id == contract_id, visible(actor, Permission.SERVICE_READ))
    ).first()
    if contract is None:
        raise NotFoundError("没有这份合同，或不在您的查看范围内")
    held = {
        code: Held(count, first, last, figure)
        for code, count, first, last, figure in session.execute(
            union_all(*_counted(contract_id, as_of))
        )
        if count
    }
    return parts_of(TITLES, held, _days(session, contract, held), as_of)


def _days(session: Session, contract: Contract, held: Mapping[str, Held]) -> ContractDays:
    accepted = held.get("acceptances")
    concluded = accepted.last if accepted and accepted.figure else None
    return ContractDays(
        contract.signed_on,
        contract.service_start,
        contract.service_end,
        _publish_by(session, contract.signed_on),
        concluded,
    )


def _publish_by(session: Session, signed_on: date | None) -> date | None:
    """The last day on which the contract is published in time; None beyond every calendar."""
    term, calendar = TERMS[Duty.PUBLISH], load_calendar(session)
    if signed_on is None:
        return None
    try:
        return due_on(signed_on, term.days, term.count, calendar).due_on
    except InputError:
        return None


def _counted(contract_id: UUID, as_of: date) -> Sequence[AnySelect]:
    """For each part: its code, how many, first and last day, and the number that tells most."""
    answered = or_(SupervisionRecord.asked_for == "", SupervisionRecord.answered_on <= as_of)
    lifted = ListedHazard.lifted_on <= as_of
    figures: Sequence[tuple[str, InstrumentedAttribute[Any], ColumnElement[Any]]] = (
        ("plans", ImplementationPlan.submitted_on, _NO_FIGURE),
        ("supervisions", SupervisionRecord.checked_on, _all_but(answered)),
        ("penalties", Penalty.decided_on, _NO_FIGURE),
        ("listed_hazards", ListedHazard.listed_on, _all_but(lifted)),
        ("unresolved_causes", UnresolvedCause.noted_on, _NO_FIGURE),
        ("subcontracting_checks", SubcontractingCheck.checked_on, _NO_FIGURE),
        ("management_checks", ManagementCheck.checked_on, _NO_FIGURE),
        ("performance_monitorings", PerformanceMonitoring.monitored_on, _NO_FIGURE),
        ("acceptances", Acceptance.held_on, _any(Acceptance.conclusion == Conclusion.PASSED)),
        (
            "clause_checks",
            ClauseCheck.checked_on,
            _latest_yes(ClauseCheck, CLAUSES, contract_id, as_of),
        ),
        (
            "negative_checks",
            NegativeCheck.checked_on,
            _latest_yes(NegativeCheck, NEGATIVES, contract_id, as_of),
        ),
    )
    return [
        *(
            _part(literal(code, String), day, figure).where(
                day.class_.contract_id == contract_id, day <= as_of
            )
            for code, day, figure in figures
        ),
        *(_reports(kind, contract_id, as_of) for kind in ReportKind),
        _published(contract_id, as_of),
    ]


def _part(
    code: ColumnElement[str], day: InstrumentedAttribute[Any], figure: ColumnElement[Any]
) -> AnySelect:
    return select(code, func.count(), func.min(day), func.max(day), figure)


def _reports(kind: ReportKind, contract_id: UUID, as_of: date) -> AnySelect:
    passed = and_(ServiceReport.conclusion == Conclusion.PASSED, ServiceReport.decided_on <= as_of)
    code = literal(f"service_reports.{kind.value}", String)
    return _part(code, ServiceReport.submitted_on, _any(passed)).where(
        ServiceReport.contract_id == contract_id,
        ServiceReport.kind == kind,
        ServiceReport.submitted_on <= as_of,
    )


def _published(contract_id: UUID, as_of: date) -> AnySelect:
    code = literal("disclosures.", String) + cast(Disclosure.content_kind, String)
    return (
        _part(code, Disclosure.published_on, _NO_FIGURE)
        .where(Disclosure.contract_id == contract_id, Disclosure.published_on <= as_of)
        .group_by(Disclosure.content_kind)
    )


_NO_FIGURE: ColumnElement[Any] = cast(null(), Integer)


def _all_but(done: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.sum(case((done, 0), else_=1))


def _any(holds: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.max(case((holds, 1), else_=0))


def _latest_yes(
    model: Any, items: Sequence[str], contract_id: UUID, as_of: date
) -> ColumnElement[Any]:
    """How many items the last check of a file answers with yes."""
    same = aliased(model)
    last = (
        select(func.max(same.checked_on))
        .where(same.contract_id == contract_id, same.checked_on <= as_of)
        .scalar_subquery()
    )
    yes = [case((getattr(model, item).is_(True), 1), else_=0) for item in items]
    return func.max(case((model.checked_on == last, reduce(add, yes))))
