"""Reads of surveys: those of contracts that the actor sees, and of programmes seen whole."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, selectinload

from contracts.access import of_visible, sees_whole
from contracts.models import Contract, Programme
from contracts.queries import only_row
from contracts.surveys.models import ANSWERS, Survey, SurveyQuestion
from contracts.surveys.rates import as_percent, overall, satisfaction
from contracts.surveys.schemas import QuestionOut, SurveyOut, SurveysWanted
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.paging import AnyRow, AnySelect, Page, fetch_page


def in_sight(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """A predicate on ``Survey``; one of a whole programme tells of all its departments."""
    whole = select(Programme.id).where(sees_whole(actor, permission))
    return or_(
        and_(Survey.contract_id.is_not(None), of_visible(Survey.contract_id, actor, permission)),
        Survey.programme_id.in_(whole),
    )


def surveys(session: Session, actor: Actor, as_of: date, wanted: SurveysWanted) -> Page[SurveyOut]:
    """Surveys held by ``as_of``, or without a day, the newest entry first."""
    statement = _surveys(actor, as_of)
    if wanted.contract:
        statement = statement.where(Survey.contract_id == wanted.contract)
    if wanted.programme:
        statement = statement.where(Survey.programme_id == wanted.programme)
    return fetch_page(session, statement, [Survey.id], wanted, _out, newest_first=True)


def survey(session: Session, actor: Actor, as_of: date, key: UUID) -> SurveyOut:
    """One survey; raises ``NotFoundError``, also when it was held after ``as_of``."""
    statement = _surveys(actor, as_of).where(Survey.id == key)
    return _out(only_row(session, statement, "次满意度调查"))


def rate_of(question: SurveyQuestion, returned: int | None) -> Fraction | None:
    """The exact rate of a question; None when nobody counted."""
    return satisfaction([getattr(question, name) for name in ANSWERS], returned)


def overall_of(found: Survey) -> Fraction | None:
    """The exact rate of the whole survey."""
    return overall(rate_of(question, found.returned) for question in found.questions)


def _surveys(actor: Actor, as_of: date) -> AnySelect:
    return (
        select(Survey, Contract, Programme)
        .outerjoin(Contract, Contract.id == Survey.contract_id)
        .outerjoin(Programme, Programme.id == Survey.programme_id)
        .options(selectinload(Survey.questions))
        .where(
            in_sight(actor, Permission.SERVICE_READ),
            or_(Survey.held_on.is_(None), Survey.held_on <= as_of),
        )
    )


def _out(row: AnyRow) -> SurveyOut:
    found, contract, programme = row[:3]
    whole = overall_of(found)
    return SurveyOut.of(
        found,
        contract=contract,
        programme=programme,
        rate=None if whole is None else as_percent(whole),
        questions=_questions(found.questions, found.returned),
    )


def _questions(asked: Sequence[SurveyQuestion], returned: int | None) -> list[QuestionOut]:
    found = []
    for each in asked:
        rate = rate_of(each, returned)
        values = {name: getattr(each, name) for name in (*ANSWERS, "wording", "stated_rate")}
        shown = None if rate is None else as_percent(rate)
        found.append(QuestionOut(number=each.number, rate=shown, **values))
    return found
