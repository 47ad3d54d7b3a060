"""The evaluations that are known: those that come with the samples."""

import tomllib

from kernel.errors import NotFoundError
from monitor.indicators.models import Evaluation
from samples import FOLDER


def evaluations() -> tuple[Evaluation, ...]:
    """All evaluations, by code."""
    files = sorted((FOLDER / "evaluations").glob("*.toml"))
    return tuple(Evaluation.model_validate(tomllib.loads(f.read_text("utf-8"))) for f in files)


def find_evaluation(code: str) -> Evaluation:
    """The evaluation with this code; raises ``NotFoundError`` that lists those there are."""
    known = {evaluation.code: evaluation for evaluation in evaluations()}
    if code not in known:
        raise NotFoundError(f"没有评价“{code}”；现有：{'、'.join(known)}")
    return known[code]
