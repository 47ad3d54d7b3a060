"""Between a survey and the text of its form: rows of questions read as an entry, and back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contracts.access import sees_whole, visible
from contracts.models import Contract, Programme
from contracts.surveys.models import ANSWERS
from contracts.surveys.schemas import MOST_QUESTIONS, SurveyOut
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.errors import InputError

HEAD = ("title", "respondents", "held_on", "sent", "returned", "stated_rate", "note")
CELLS = ("wording", *ANSWERS, "stated_rate")
BLANK_ROWS = 3
"""Empty rows for further questions that a form offers."""


def values_from(
    session: Session, actor: Actor, given: Mapping[str, str], known: int
) -> dict[str, Any]:
    """What was typed, as ``SurveyIn`` takes it; ``known`` questions are already there.

    A row that is left empty is no question. Raises ``InputError`` for a contract or programme that
    is not there.
    """
    values: dict[str, Any] = {name: given.get(name, "") for name in HEAD}
    rows = [_row(given, number) for number in range(1, MOST_QUESTIONS + 1)]
    asked = [row for n, row in enumerate(rows, start=1) if n <= known or any(row.values())]
    if not asked:
        raise InputError("questions", "请至少填写一道题")
    return {**values, **_of(session, actor, given.get("of", "").strip()), "questions": asked}


def given_from(found: SurveyOut) -> dict[str, str]:
    """What stands in the form of a survey, by field."""
    of = found.contract.number if found.contract else ""
    given = {"of": of or (found.programme.code if found.programme else "")}
    given |= {name: _typed(getattr(found, name)) for name in HEAD}
    for question in found.questions:
        given |= {f"q{question.number}_{name}": _typed(getattr(question, name)) for name in CELLS}
    return given


def rows_shown(given: Mapping[str, str]) -> int:
    """How many rows of questions the form shows: those filled in, and a few more."""
    filled = [
        number
        for number in range(1, MOST_QUESTIONS + 1)
        if any(given.get(f"q{number}_{name}", "").strip() for name in CELLS)
    ]
    return min(max(filled, default=0) + BLANK_ROWS, MOST_QUESTIONS)


def row_faults(faults: Mapping[str, str]) -> dict[str, str]:
    """Faults at the fields of the form: ``questions.0.wording`` stands in row 1."""
    told: dict[str, str] = {}
    for field, message in faults.items():
        head, _, rest = field.partition(".")
        number, _, name = rest.partition(".")
        if head == "questions" and number.isdigit():
            told[f"q{int(number) + 1}_{name or 'answers'}"] = message
        else:
            told[{"contract_id": "of", "programme_id": "of"}.get(field, field)] = message
    return told


def _row(given: Mapping[str, str], number: int) -> dict[str, str]:
    return {name: given.get(f"q{number}_{name}", "").strip() for name in CELLS}


def _of(session: Session, actor: Actor, words: str) -> dict[str, UUID]:
    """The contract by its number, or the programme by its code."""
    write = Permission.SUPERVISION_WRITE
    contracts = session.scalars(
        select(Contract.id).where(Contract.number == words, visible(actor, write)).limit(2)
    ).all()
    programmes = session.scalars(
        select(Programme.id)
        .where(or_(Programme.code == words, Programme.name == words), sees_whole(actor, write))
        .limit(2)
    ).all()
    found = [("contract_id", key) for key in contracts] + [
        ("programme_id", key) for key in programmes
    ]
    if not found:
        raise InputError("of", "没有这个合同编号或预算项目编码，或您没有登记的权限")
    if len(found) > 1:
        raise InputError("of", "几份合同或项目用这个编号；请从那份合同的页面登记")
    return dict(found)


def _typed(value: object) -> str:
    return "" if value is None else str(value)
