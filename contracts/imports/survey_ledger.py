"""满意度调查 of a workbook, brought into the ledger."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from contracts.imports.detail_ledger import Details, Rows, grouped, read_whole, refuse
from contracts.imports.detail_rows import SurveyRow
from contracts.ledger import contract_key
from contracts.surveys.changes import add_survey, change_survey
from contracts.surveys.models import ANSWERS, Survey
from contracts.surveys.schemas import SurveyIn
from kernel.errors import MonitorError
from kernel.workbook_sheets import Sheet, SheetRow


def record_surveys(details: Details, sheet: Sheet[SurveyRow]) -> None:
    """Bring 满意度调查 into the ledger; rows of one contract or programme and title are one survey."""
    session = details.work.session
    for (contract, programme, _title, _of), rows in grouped(sheet.rows, _survey_key):
        contract_id = (
            contract_key(details.work, details.index, sheet, rows[0]) if contract else None
        )
        programme_id = details.programme_id(programme) if programme and not contract else None
        if contract_id is None and programme_id is None:
            if not contract:
                refuse(details, sheet, rows[0], "programme", "没有这个项目编码")
            continue
        wanted = read_whole(
            details, sheet, rows, SurveyIn, _survey(rows, contract_id, programme_id)
        )
        if wanted is None or not details.work.writes:
            continue
        known = session.scalars(
            select(Survey).where(
                Survey.contract_id.is_not_distinct_from(contract_id),
                Survey.programme_id.is_not_distinct_from(programme_id),
                Survey.title == wanted.title,
                Survey.respondents == wanted.respondents,
            )
        ).first()
        _write_survey(details, sheet, rows, known, wanted)


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
