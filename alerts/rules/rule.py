"""What a rule is: a code, the subjects in its state on a day, and when an ended one was met."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, cast, null

COLUMNS = ("subject_id", "contract_id", "organisation_id", "severity", "since", "facts")
"""What ``Rule.subjects`` selects, by these labels: nothing but ``severity`` depends on the day."""


def never(_as_of: date) -> ColumnElement[Any]:
    """No day at all."""
    return cast(null(), Date)


@dataclass(frozen=True, slots=True)
class Rule:
    """One promise that is watched.

    ``subjects(as_of)`` selects ``COLUMNS`` of what breaks the promise on that business date;
    ``settled_on(as_of)`` is a scalar over the outer ``Alert`` row: the day up to ``as_of`` on
    which the ledger shows the promise met, which is not after ``Alert.since`` when a backdated
    correction shows that it was never broken, and NULL when the ledger shows no such day.
    ``lapsed_on(as_of)`` is a scalar like it: the day up to ``as_of`` from which the promise can no
    longer be met in time, and another rule watches on.
    """

    code: str
    subjects: Callable[[date], Select[*tuple[Any, ...]]]
    settled_on: Callable[[date], ColumnElement[Any]]
    lapsed_on: Callable[[date], ColumnElement[Any]] = never
