"""Acts on surveys: enter one with its questions, and put the counts in later."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from contracts.access import sees_whole, visible
from contracts.findings import Found, Scope, doubt, sync_findings
from contracts.models import Contract, Programme
from contracts.surveys.models import ANSWERS, Survey, SurveyQuestion
from contracts.surveys.queries import in_sight, overall_of, rate_of
from contracts.surveys.rates import answer_faults, as_percent, is_told_right, total_faults
from contracts.surveys.schemas import QuestionIn, SurveyIn
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.clock import Clock
from kernel.edits import refuse_stale
from kernel.errors import FieldProblem, ForbiddenError, InputError, NotFoundError
from kernel.keys import new_key

CODES = ("survey_rate", "survey_counts")
_LABELS = {
    "title": "标题",
    "respondents": "调查对象",
    "held_on": "调查日期",
    "sent": "发放份数",
    "returned": "回收有效份数",
    "stated_rate": "报告所列满意率",
    "note": "备注",
}


def add_survey(
    session: Session, actor: Actor, clock: Clock, wanted: SurveyIn, *, is_fact: bool = False
) -> UUID:
    """Enter a survey; gives its key.

    Raises ``NotFoundError`` or ``ForbiddenError`` for a contract or programme that is not the
    actor's to write to, ``InputError`` for counts that contradict each other; with ``is_fact``,
    where an old ledger says so, they are taken, with a finding.
    """
    _refuse_foreign(session, actor, wanted)
    if not is_fact:
        _refuse_faults(wanted, clock.business_date())
    found = Survey(
        id=new_key(),
        contract_id=wanted.contract_id,
        programme_id=wanted.programme_id,
        recorded_at=clock.now(),
        recorded_by=actor.name,
        **_values(wanted),
    )
    session.add(found)
    session.flush()
    _write_questions(session, actor, clock, found, wanted.questions)
    _recheck(session, actor, found)
    return found.id


def change_survey(
    session: Session,
    actor: Actor,
    clock: Clock,
    key: UUID,
    wanted: SurveyIn,
    seen: int,
    *,
    is_fact: bool = False,
) -> None:
    """Put ``wanted`` in a survey's place; ``seen`` is the version that the editor read.

    Raises as ``add_survey`` does, ``ChangedMeanwhile`` when somebody else edited it since, and
    ``InputError`` where a question would be dropped: what was asked, was asked.
    """
    found = locked_survey(session, actor, key)
    if (wanted.contract_id, wanted.programme_id) != (found.contract_id, found.programme_id):
        raise InputError("of", "登记后不能改到别的合同或项目；请另行登记")
    _refuse_foreign(session, actor, wanted)
    values = _values(wanted)
    refuse_stale(
        seen,
        found.version,
        found.recorded_by,
        {
            name: (_LABELS[name], _shown(getattr(found, name)), _shown(value))
            for name, value in values.items()
        },
    )
    if not is_fact:
        _refuse_faults(wanted, clock.business_date())
    if len(wanted.questions) < len(found.questions):
        raise InputError("questions", f"已有 {len(found.questions)} 道题，不能删去；可改题目文字")
    for name, value in values.items():
        setattr(found, name, value)
    found.version += 1
    found.recorded_at, found.recorded_by = clock.now(), actor.name
    _write_questions(session, actor, clock, found, wanted.questions)
    _recheck(session, actor, found)


def locked_survey(session: Session, actor: Actor, key: UUID) -> Survey:
    """One survey as it is once nobody else changes it; raises ``NotFoundError``."""
    statement = (
        select(Survey)
        .where(Survey.id == key, in_sight(actor, Permission.SERVICE_READ))
        .options(selectinload(Survey.questions))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = session.scalars(statement).first()
    if found is None:
        raise NotFoundError("没有这次满意度调查，或不在您的查看范围内")
    return found


def survey_findings(found: Survey) -> Iterator[Found]:
    """Counts that contradict each other, and rates in a report that do not follow from them."""
    counts = total_faults(found.sent, found.returned)
    whole, told = overall_of(found), found.stated_rate
    if whole is not None and told is not None and not is_told_right(told, whole):
        message = f"“{found.title}”报告所列总体满意率 {told} %，按各题统计为 {as_percent(whole)} %"
        yield _about(found, "survey_rate", "", f"{told} %", message)
    for question in found.questions:
        answers = [getattr(question, name) for name in ANSWERS]
        counts += answer_faults(answers, found.returned)
        rate, stated = rate_of(question, found.returned), question.stated_rate
        if rate is not None and stated is not None and not is_told_right(stated, rate):
            message = f"“{found.title}”第 {question.number} 题报告所列满意率 {stated} %，"
            message += f"按各档人数和回收份数为 {as_percent(rate)} %"
            yield _about(found, "survey_rate", str(question.number), f"{stated} %", message)
    for place, fault in enumerate(counts):
        message = f"“{found.title}”{fault.message}"
        yield _about(found, "survey_counts", str(place), "", message)


def _about(found: Survey, code: str, part: str, value: str, message: str) -> Found:
    return Found(
        code,
        f"{found.id}:{part}",
        value,
        message + doubt(found.assumed, "sent", "returned", "stated_rate"),
        contract_id=found.contract_id,
        programme_id=found.programme_id,
        record=found.id,
        field="stated_rate" if code == "survey_rate" else "returned",
    )


def _recheck(session: Session, actor: Actor, found: Survey) -> None:
    contracts = [found.contract_id] if found.contract_id else []
    programmes = [found.programme_id] if found.programme_id else []
    own = dict.fromkeys(CODES, (f"{found.id}:",))
    scope = Scope(contracts, programmes, CODES, own)
    sync_findings(session, actor, found.recorded_at, scope, survey_findings(found))


def _refuse_foreign(session: Session, actor: Actor, wanted: SurveyIn) -> None:
    write, read = Permission.SUPERVISION_WRITE, Permission.SERVICE_READ
    if wanted.contract_id is not None:
        contract = select(Contract.id).where(Contract.id == wanted.contract_id)
        known = session.scalar(contract.where(visible(actor, read)))
        mine = session.scalar(contract.where(visible(actor, write)))
        word = "合同"
    else:
        programme = select(Programme.id).where(Programme.id == wanted.programme_id)
        known = session.scalar(programme.where(sees_whole(actor, read)))
        mine = session.scalar(programme.where(sees_whole(actor, write)))
        word = "预算项目"
    if known is None:
        raise NotFoundError(f"没有这个{word}，或不在您的查看范围内")
    if mine is None:
        raise ForbiddenError(f"您可以查看这个{word}，但没有登记满意度调查的权限")


def _refuse_faults(wanted: SurveyIn, today: date) -> None:
    problems = [
        FieldProblem(f.field, f.message) for f in total_faults(wanted.sent, wanted.returned)
    ]
    for number, question in enumerate(wanted.questions):
        faults = answer_faults(question.answers(), wanted.returned)
        problems += [FieldProblem(f"questions.{number}", fault.message) for fault in faults]
    has_answers = any(count is not None for q in wanted.questions for count in q.answers())
    if wanted.held_on is not None and wanted.held_on > today and has_answers:
        problems.append(FieldProblem("held_on", f"已有统计结果，不能晚于业务日期 {today}"))
    if problems:
        refusal = InputError(problems[0].field, problems[0].message)
        refusal.problems = tuple(problems)
        raise refusal


def _shown(value: object) -> str:
    return "无" if value is None or value == "" else str(value)


def _values(wanted: SurveyIn) -> dict[str, object]:
    return {name: getattr(wanted, name) for name in _LABELS}


def _write_questions(
    session: Session, actor: Actor, clock: Clock, found: Survey, asked: list[QuestionIn]
) -> None:
    known = {each.number: each for each in found.questions}
    for number, question in enumerate(asked, start=1):
        row = known.get(number)
        if row is None:
            row = SurveyQuestion(id=new_key(), number=number)
            found.questions.append(row)
        values = {name: getattr(question, name) for name in QuestionIn.model_fields}
        if any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            row.recorded_at, row.recorded_by = clock.now(), actor.name
    session.flush()
