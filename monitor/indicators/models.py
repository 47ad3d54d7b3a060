"""What an evaluation asks and what a score says: every point with the records behind it."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, PlainSerializer, WithJsonSchema

from kernel.shares import Share

Points = Annotated[
    Decimal,
    PlainSerializer(lambda points: f"{points:.2f}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d+\.\d{2}$", "examples": ["1.00"]}),
]
"""Points of a score: two decimals."""


class Basis(StrEnum):
    """What a piece of evidence is, the weakest last."""

    TYPED = "typed"
    ASSUMPTION = "assumption"
    ABSENCE = "absence"


class Speaks(StrEnum):
    """Whether evidence speaks for or against a criterion."""

    FOR = "for"
    AGAINST = "against"


class Frozen(BaseModel):
    """Base of values that are read only."""

    model_config = ConfigDict(frozen=True)


class Indicator(Frozen):
    """An indicator of a framework: its weight in points and the measure that scores it."""

    code: str
    name: str
    weight: Points
    measure: str


class Evaluation(Frozen):
    """A framework applied to programmes, as of a date."""

    code: str
    name: str
    programmes: tuple[str, ...]
    as_of: date
    indicators: tuple[Indicator, ...]


class Evidence(Frozen):
    """One record that speaks for or against a criterion; ``assumed`` names assumed fields."""

    criterion: int
    speaks: Speaks
    kind: str
    record_id: UUID
    contract_id: UUID
    text: str
    basis: Basis
    assumed: tuple[str, ...] = ()


class Criterion(Frozen):
    """Part of an indicator; ``points`` is None while the ledger cannot tell."""

    number: int
    name: str
    weight: Points
    met: bool | None
    points: Points | None
    reason: str


class IndicatorScore(Frozen):
    """Points of one indicator; None (缺数据，暂不计分) is not zero.

    ``evidence_withheld``: there are records behind them that the reader may not read.
    """

    code: str
    name: str
    weight: Points
    score: Points | None
    rate: Share | None
    basis: Basis
    rests_on_assumptions: bool
    criteria: tuple[Criterion, ...]
    evidence: tuple[Evidence, ...]
    evidence_withheld: bool = False


class EvaluationScore(Frozen):
    """An evaluation as scored; ``grade`` only when the whole framework of 100 is scored."""

    evaluation: str
    name: str
    as_of: date
    total: Points | None
    grade: str | None
    indicators: tuple[IndicatorScore, ...]
