"""Asks the index of each database which records hold all words, within what an actor may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, column, exists, func, literal, select, table, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from contracts.access import of_visible
from contracts.search.models import SearchEntry, SearchKind
from contracts.search.text import pieces
from kernel.access.actor import Actor
from kernel.access.permissions import Permission

NEEDED = {
    SearchKind.CONTRACT: Permission.CONTRACTS_READ,
    SearchKind.VENDOR: Permission.CONTRACTS_READ,
    SearchKind.ENTERPRISE: Permission.CONTRACTS_READ,
    SearchKind.HAZARD: Permission.SERVICE_READ,
}
"""By which permission a kind of record is found."""
SHARED = frozenset({SearchKind.VENDOR, SearchKind.ENTERPRISE})
"""Reference data: whoever may see any of it sees all of it."""
_LAST = 2**62


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for: ``words`` as ``contracts.search.text.words_of`` gives them, at least one.

    ``beyond`` is the position after which the page begins, None for the first page. Where
    ``newest_first`` is None any records will do.
    """

    kind: SearchKind
    words: Sequence[str]
    as_of: date
    most: int
    beyond: int | None = None
    newest_first: bool | None = True

    @property
    def start(self) -> int:
        """The position that every record of the page lies beyond."""
        if self.beyond is not None:
            return self.beyond
        return _LAST if self.newest_first else 0


def found(session: Session, actor: Actor, sought: Sought) -> list[tuple[int, UUID]]:
    """Position and key of the records, by entry, the newest first if so asked.

    One statement, whose cost does not grow with what the actor does not see.
    """
    if not actor.may(NEEDED[sought.kind]):
        return []
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    rows = (_postgresql if on_postgresql else _sqlite)(session, actor, sought)
    return sorted(rows, reverse=bool(sought.newest_first))


def holds(
    session: Session, record_id: InstrumentedAttribute[UUID], words: Sequence[str]
) -> ColumnElement[bool]:
    """A predicate on a column that names a record: its text holds all words."""
    if session.get_bind().dialect.name == "postgresql":
        return func.search_holds(record_id, list(words))
    return exists().where(
        SearchEntry.record_id == record_id,
        *(func.instr(SearchEntry.words, word) > 0 for word in words),
    )


def _postgresql(session: Session, actor: Actor, sought: Sought) -> list[tuple[int, UUID]]:
    scope = actor.scope(NEEDED[sought.kind])
    given = {
        "what": sought.kind.value,
        "query": " & ".join(_lexeme(piece) for piece in _wanted(sought.words)),
        "words": list(sought.words),
        "as_of": sought.as_of,
        "everything": scope.everything or sought.kind in SHARED,
        "own": list(scope.own),
        "led": list(scope.led),
        "start": sought.start,
        "newest": sought.newest_first,
        "most": sought.most,
    }
    return [(row[0], row[1]) for row in session.execute(_FIND, given)]


_FIND = text(
    "SELECT place, found_id FROM search_find(:what, CAST(:query AS tsquery), "
    "CAST(:words AS text[]), :as_of, :everything, CAST(:own AS uuid[]), CAST(:led AS uuid[]), "
    ":start, :newest, :most)"
)


def _wanted(words: Sequence[str]) -> list[tuple[str, bool]]:
    """Pieces to look for, each with whether it is only the beginning of one."""
    wanted: dict[tuple[str, bool], None] = {}
    for word in words:
        for piece in pieces(word):
            wanted[piece, False] = None
        if len(word) == 1:
            wanted[word, True] = None
    return list(wanted)


def _lexeme(piece: tuple[str, bool]) -> str:
    quoted = piece[0].replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'" + (":*" if piece[1] else "")


def _sqlite(session: Session, actor: Actor, sought: Sought) -> list[tuple[int, UUID]]:
    tokens = [
        piece.encode().hex().upper() + ("*" if begins else "")
        for piece, begins in _wanted(sought.words)
    ]
    grams = table("search_grams", column("rowid"))
    place = grams.c.rowid
    start = literal(sought.start)
    statement = (
        select(place, SearchEntry.record_id)
        .select_from(grams)
        .join(SearchEntry, SearchEntry.position == place)
        .where(
            text("search_grams MATCH :query"),
            place < start if sought.newest_first else place > start,
            func.coalesce(SearchEntry.first_day, sought.as_of) <= sought.as_of,
            and_(*(func.instr(SearchEntry.words, word) > 0 for word in sought.words)),
        )
        .order_by(place.desc() if sought.newest_first else place)
        .limit(sought.most)
    )
    if sought.kind not in SHARED:
        seen = of_visible(SearchEntry.contract_id, actor, NEEDED[sought.kind])
        statement = statement.where(seen)
    query = " AND ".join([sought.kind.value, *tokens])
    return [(row[0], row[1]) for row in session.execute(statement, {"query": query})]
