"""满意度调查 of a workbook, brought into the ledger."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from contracts.imports.detail_ledger import Details, Rows, grouped, read_whole, refuse
from contracts.imports.detail_rows import SurveyRow
from contracts.ledger import contract_key
from contracts.surveys.changes import add_survey, change_survey
from contracts.surveys.models import ANSWERS, Survey
from contracts.surveys.schemas import SurveyIn
from kernel.errors import MonitorError
from kernel.sql import among
from kernel.workbook_sheets import Sheet, SheetRow

Identity = tuple[UUID | None, UUID | None, str, str]
"""By what a survey is found again: whose it is, its title, who was asked."""


def record_surveys(details: Details, sheet: Sheet[SurveyRow]) -> None:
    """Bring 满意度调查 into the ledger; rows of one contract or programme and title are one survey."""
    read = [
        (wanted, rows)
        for _key, rows in grouped(sheet.rows, _survey_key)
        if (wanted := _wanted(details, sheet, rows)) is not None
    ]
    if not details.work.writes:
        return
    standing = _standing(details, [wanted for wanted, _rows in read])
    for wanted, rows in read:
        _write_survey(details, sheet, rows, standing.get(_identity(wanted)), wanted)


def _wanted(details: Details, sheet: Sheet[SurveyRow], rows: Rows[SurveyRow]) -> SurveyIn | None:
    """A survey as its rows tell it; None for one of nobody known, which is noted."""
    first = rows[0].record
    if first.contract:
        contract_id = contract_key(details.work, details.index, sheet, rows[0])
        programme_id = None
    else:
        contract_id = None
        programme_id = details.programmes.get(first.programme or "")
        if programme_id is None:
            refuse(details, sheet, rows[0], "programme", "没有这个项目编码")
    if contract_id is None and programme_id is None:
        return None
    return read_whole(details, sheet, rows, SurveyIn, _survey(rows, contract_id, programme_id))


def _standing(details: Details, wanted: Iterable[SurveyIn]) -> dict[Identity, Survey]:
    """The ledger's surveys of these contracts and programmes, with their questions."""
    session = details.work.session
    owners = {each.contract_id or each.programme_id for each in wanted} - {None}
    of_them = or_(
        among(session, Survey.contract_id, [key for key in owners if key]),
        among(session, Survey.programme_id, [key for key in owners if key]),
    )
    found = select(Survey).where(of_them).options(selectinload(Survey.questions))
    return {_identity(each): each for each in session.scalars(found.order_by(Survey.id.desc()))}


def _identity(survey: Survey | SurveyIn) -> Identity:
    return survey.contract_id, survey.programme_id, survey.title, survey.respondents


def _survey_key(row: SheetRow[SurveyRow]) -> tuple[str, str, str, str]:
    told = row.record
    return told.contract or "", told.programme or "", told.title, told.respondents


def _survey(
    rows: Rows[SurveyRow], contract_id: UUID | None, programme_id: UUID | None
) -> dict[str, Any]:
    first = rows[0].record
    told = first.model_dump(include={"title", "respondents", "held_on", "sent", "returned", "note"})
    asked = [row.record.model_dump(include={"wording", "stated_rate", *ANSWERS}) for row in rows]
    ids = {"contract_id": contract_id, "programme_id": programme_id}
    return {**told, **ids, "stated_rate": first.overall_rate, "questions": asked}


def _write_survey(
    details: Details,
    sheet: Sheet[SurveyRow],
    rows: Rows[SurveyRow],
    known: Survey | None,
    wanted: SurveyIn,
) -> None:
    session, actor, clock = details.work.session, details.work.stamp.actor, details.clock
    try:
        if known is None:
            add_survey(session, actor, clock, wanted, is_fact=True)
        elif not _says(known, wanted):
            change_survey(session, actor, clock, known.id, wanted, known.version, is_fact=True)
        else:
            details.wrote("surveys", is_new=None)
            return
    except MonitorError as refusal:
        refuse(details, sheet, rows[0], "title", refusal.message)
        return
    details.wrote("surveys", is_new=known is None)


def _says(known: Survey, wanted: SurveyIn) -> bool:
    told = {name: value for name, value in dict(wanted).items() if name != "questions"}
    asked = [dict(each) for each in wanted.questions]
    return all(getattr(known, name) == value for name, value in told.items()) and asked == [
        {name: getattr(each, name) for name in asked[0]} for each in known.questions
    ]
