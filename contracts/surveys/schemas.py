"""What comes in and goes out of surveys, and what may be asked of their list."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic import StringConstraints as Text

from contracts.schemas import ContractRef, FactOut, ProgrammeRef
from contracts.surveys.models import ANSWERS
from kernel.entry_fields import OnDay
from kernel.fields import printable
from kernel.paging import ListQuery
from kernel.shares import Share

MOST_QUESTIONS = 20
"""More than one sheet of A4 holds."""


def _none_if_empty(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


_EMPTY = BeforeValidator(_none_if_empty)
_Count = Annotated[Annotated[int, Field(ge=0, le=10_000_000)] | None, _EMPTY]
_Rate = Annotated[Annotated[Share, Field(ge=0, le=100, decimal_places=4)] | None, _EMPTY]


def _line(most: int, least: int = 0) -> Text:
    return Text(strip_whitespace=True, min_length=least, max_length=most)


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class QuestionIn(_In):
    """一道题和各档人数；没有统计的为 null。"""

    wording: Annotated[str, _line(300, 1), AfterValidator(printable)] = Field(description="题目")
    very_satisfied: _Count = Field(None, description="非常满意，人")
    satisfied: _Count = Field(None, description="满意，人")
    fairly_satisfied: _Count = Field(None, description="基本满意，人")
    dissatisfied: _Count = Field(None, description="不太满意，人")
    very_dissatisfied: _Count = Field(None, description="非常不满意，人")
    stated_rate: _Rate = Field(None, description="报告所列满意率，%；与统计不一致时作为核验发现")

    def answers(self) -> tuple[int | None, ...]:
        """How many chose each level, the best first."""
        return tuple(getattr(self, name) for name in ANSWERS)


class SurveyIn(_In):
    """满意度调查：属于一份合同，或整个预算项目。"""

    contract_id: Annotated[UUID | None, _EMPTY] = Field(None, description="合同 id")
    programme_id: Annotated[UUID | None, _EMPTY] = Field(
        None, description="预算项目 id；与合同二者填一"
    )
    title: Annotated[str, _line(200, 1), AfterValidator(printable)] = Field(description="标题")
    respondents: Annotated[str, _line(100), AfterValidator(printable)] = Field(
        "", description="调查对象，如 应急救援队员、企业"
    )
    held_on: Annotated[OnDay | None, _EMPTY] = Field(None, description="调查日期")
    sent: _Count = Field(None, description="发放份数")
    returned: _Count = Field(None, description="回收有效份数")
    stated_rate: _Rate = Field(None, description="报告所列总体满意率，%")
    questions: list[QuestionIn] = Field(min_length=1, max_length=MOST_QUESTIONS)
    note: Annotated[str, _line(1000), AfterValidator(printable)] = ""

    @model_validator(mode="after")
    def _of_one(self) -> Self:
        if (self.contract_id is None) == (self.programme_id is None):
            raise ValueError("合同与预算项目须填且只填一项")
        return self


class QuestionOut(QuestionIn):
    """一道题的结果。"""

    model_config = ConfigDict(extra="ignore", from_attributes=True, frozen=True)

    number: int
    rate: Share | None = Field(description="满意率，%，两位小数；没有统计为 null")


class SurveyOut(FactOut):
    """满意度调查的结果：权重 100/80/60/30/0 %，以回收份数为分母，各题平均为总体。"""

    id: UUID
    contract: ContractRef | None
    programme: ProgrammeRef | None
    title: str
    respondents: str
    held_on: date | None
    sent: int | None
    returned: int | None
    stated_rate: Share | None
    rate: Share | None = Field(description="总体满意率，%，两位小数")
    questions: list[QuestionOut]


class SurveysWanted(ListQuery):
    """Which surveys."""

    contract: UUID | None = Field(None, description="合同 id")
    programme: UUID | None = Field(None, description="预算项目 id")
