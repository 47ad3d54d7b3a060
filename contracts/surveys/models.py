"""Surveys of a contract or of a whole programme, and their questions with answers per level."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kernel.columns import Fact, Percent, Recorded, plausible_days
from kernel.database import Base
from kernel.keys import new_key

ANSWERS = ("very_satisfied", "satisfied", "fairly_satisfied", "dissatisfied", "very_dissatisfied")
"""非常满意, 满意, 基本满意, 不太满意, 非常不满意: how many chose each level of a question."""


class Survey(Fact, Base):
    """满意度调查 of one group of respondents: sent and returned questionnaires; NULL is unknown.

    ``stated_rate`` is the rate that a report gives for the whole, kept beside what follows here.
    """

    __tablename__ = "survey"
    __table_args__ = (
        CheckConstraint("(contract_id IS NULL) <> (programme_id IS NULL)", name="of_what"),
        CheckConstraint("sent >= 0", name="sent"),
        CheckConstraint("returned >= 0", name="returned"),
        *plausible_days("held_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    contract_id: Mapped[UUID | None] = mapped_column(ForeignKey("contract.id"), index=True)
    programme_id: Mapped[UUID | None] = mapped_column(ForeignKey("programme.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    respondents: Mapped[str] = mapped_column(String(100), default="")
    held_on: Mapped[date | None]
    sent: Mapped[int | None]
    returned: Mapped[int | None]
    stated_rate: Mapped[Decimal | None] = mapped_column(Percent)

    questions: Mapped[list["SurveyQuestion"]] = relationship(order_by="SurveyQuestion.number")


class SurveyQuestion(Recorded, Base):
    """A question of a survey with its answers per level; NULL where nobody counted them."""

    __tablename__ = "survey_question"
    __table_args__ = (
        UniqueConstraint("survey_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        *(CheckConstraint(f"{answer} >= 0", name=answer) for answer in ANSWERS),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"))
    number: Mapped[int]
    wording: Mapped[str] = mapped_column(String(300))
    very_satisfied: Mapped[int | None]
    satisfied: Mapped[int | None]
    fairly_satisfied: Mapped[int | None]
    dissatisfied: Mapped[int | None]
    very_dissatisfied: Mapped[int | None]
    stated_rate: Mapped[Decimal | None] = mapped_column(Percent)
