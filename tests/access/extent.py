"""How much of the table of routes and roles a run asks for: all of it in ``make proof``.

The kinds of records share their code, so that outside the proof two of them stand for the others
before most roles; and PostgreSQL, whose part are row policies, is asked what is read.
"""

from enum import Enum

from contracts.record_kinds import RECORD_KINDS
from tests.access.cast import COLUMNS
from tests.access.routes import Route

_WHOLE_KINDS = {"penalties", "qualifications"}
_ALIKE = {kind.path for kind in RECORD_KINDS} - _WHOLE_KINDS
_OF_THE_ALIKE = ("clerk", "other_clerk", "finance")
_QUICK = ("anonymous", "clerk", "head", "other_clerk", "oversight", "finance", "system_admin")
_WHO_READS = ("clerk", "other_clerk", "oversight", "finance", "system_admin")


class Extent(Enum):
    """All; what a quick run asks; and what it asks of what is read."""

    WHOLE = "whole"
    QUICK = "quick"
    READ = "read"

    def asked(self, route: Route) -> tuple[str, ...]:
        """For whom the route is called."""
        if self is Extent.WHOLE:
            return COLUMNS
        is_alike = Extent.is_stood_for(route.path)
        if self is Extent.READ:
            return () if is_alike or route.method != "GET" else _WHO_READS
        return _OF_THE_ALIKE if is_alike else _QUICK

    @staticmethod
    def is_stood_for(path: str) -> bool:
        """Whether the path is of a kind of records that another one stands for."""
        return path.removeprefix("/api/v1").split("/")[1] in _ALIKE
