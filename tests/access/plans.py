"""Random worlds: trees of organisations, programmes, contracts, messages, and a person's roles."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from hypothesis import strategies as st

from kernel.access.roles import ADMINISTRATORS, Role
from tests.web import TODAY

DEEPEST = 4
MOST_ORGANISATIONS = 9
MOST_CONTRACTS = 5


class Span(StrEnum):
    """When a membership holds; only the first two hold today."""

    OPEN = "open"
    LAST_DAY = "last_day"
    PAST = "past"
    FUTURE = "future"
    ENDED = "ended"

    @property
    def days(self) -> tuple[date, date | None]:
        """Its first and last day."""
        yesterday = TODAY - timedelta(days=1)
        return {
            Span.OPEN: (date(2020, 1, 1), None),
            Span.LAST_DAY: (date(2020, 1, 1), TODAY),
            Span.PAST: (date(2020, 1, 1), yesterday),
            Span.FUTURE: (TODAY + timedelta(days=1), None),
            Span.ENDED: (date(2020, 1, 1), None),
        }[self]


@dataclass(frozen=True)
class Held:
    """A role for an organisation, by its index; None for an administrator of the service."""

    role: Role
    organisation: int | None
    span: Span


@dataclass(frozen=True)
class Deal:
    """A contract's parties, by the indexes of organisations, and its programme."""

    purchaser: int
    payer: int | None
    programme: int


@dataclass(frozen=True)
class Plan:
    """A world to be written: every number is an index into one of its own lists.

    ``parents`` of organisations (None: a root), ``leads`` of programmes, ``messages`` the contracts
    whose alerts each of them tells of, ``roles`` of the one person who looks.
    """

    parents: tuple[int | None, ...]
    leads: tuple[int, ...]
    deals: tuple[Deal, ...]
    messages: tuple[frozenset[int], ...]
    roles: tuple[Held, ...]


@st.composite
def trees(draw: st.DrawFn) -> tuple[int | None, ...]:
    """Parents of organisations, each named before those below it, at most ``DEEPEST`` deep."""
    depths: list[int] = []
    parents: list[int | None] = []
    for _ in range(draw(st.integers(2, MOST_ORGANISATIONS))):
        above = [index for index, depth in enumerate(depths) if depth < DEEPEST]
        parent = draw(st.sampled_from([None, *above]))
        parents.append(parent)
        depths.append(1 if parent is None else depths[parent] + 1)
    return tuple(parents)


@st.composite
def roles(draw: st.DrawFn, organisations: st.SearchStrategy[int]) -> tuple[Held, ...]:
    """What a person holds, no role twice for an organisation."""
    administrator = st.builds(
        Held, st.sampled_from(sorted(ADMINISTRATORS)), st.none(), st.sampled_from(Span)
    )
    worker = st.builds(
        Held,
        st.sampled_from(sorted(set(Role) - ADMINISTRATORS)),
        organisations,
        # Most hold today, or most examples would show that who has no role sees nothing.
        st.sampled_from([Span.OPEN, Span.OPEN, Span.OPEN, *Span]),
    )
    found = draw(
        st.lists(
            st.one_of(worker, worker, worker, administrator),
            min_size=draw(st.sampled_from([0, 1, 1, 2])),
            max_size=4,
            unique_by=lambda held: (held.role, held.organisation),
        )
    )
    return tuple(found)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A whole world."""
    parents = draw(trees())
    organisations = st.integers(0, len(parents) - 1)
    leads = tuple(draw(st.lists(organisations, min_size=1, max_size=3)))
    deal: st.SearchStrategy[Any] = st.builds(
        Deal, organisations, st.none() | organisations, st.integers(0, len(leads) - 1)
    )
    deals = tuple(draw(st.lists(deal, min_size=1, max_size=MOST_CONTRACTS)))
    told = st.frozensets(st.integers(0, len(deals) - 1), min_size=1)
    messages = tuple(draw(st.lists(told, min_size=1, max_size=3)))
    return Plan(parents, leads, deals, messages, draw(roles(organisations)))
