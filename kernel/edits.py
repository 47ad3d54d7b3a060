"""Two people editing one record: the second is told what changed, and decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kernel.errors import ConflictError, FieldProblem


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that the record now has otherwise than the second editor wants it.

    ``label``, ``theirs`` and ``mine`` are as a person reads them.
    """

    field: str
    label: str
    theirs: str
    mine: str


class ChangedMeanwhile(ConflictError):
    """The record is no longer the one that the caller read; nothing was changed.

    ``version`` is its version now: who sends it again has seen ``clashes``.
    """

    code = "changed_meanwhile"
    title = "记录已被他人修改"

    def __init__(self, by: str, version: int, clashes: Sequence[Clash]) -> None:
        super().__init__(
            f"您打开之后，{by} 已修改过这条记录；您的修改没有保存。",
            [
                FieldProblem(each.field, f"{each.label}现为“{each.theirs}”，您要改为“{each.mine}”")
                for each in clashes
            ],
        )
        self.by = by
        self.version = version
        self.clashes = tuple(clashes)


def refuse_stale(seen: int, now: int, by: str, fields: Mapping[str, tuple[str, str, str]]) -> None:
    """Refuse an edit of a record whose version is ``now``, made by one who saw version ``seen``.

    ``fields`` gives label, theirs and mine of each edited field by its name. Raises
    ``ChangedMeanwhile`` with those that differ.
    """
    if seen == now:
        return
    clashes = [
        Clash(name, label, theirs, mine)
        for name, (label, theirs, mine) in fields.items()
        if theirs != mine
    ]
    raise ChangedMeanwhile(by, now, clashes)
