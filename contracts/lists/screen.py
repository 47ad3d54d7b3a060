"""What a list's page shows beside its rows: columns to choose, saved views, the address of it all."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from contracts.lists.columns import ListColumn, offered, shown
from contracts.lists.models import SavedView
from contracts.lists.views import views_of
from kernel.access.actor import Actor


@dataclass(frozen=True, slots=True)
class ListScreen:
    """``page`` is the list's name among ``contracts.lists.pages.LISTS``; ``query`` its address."""

    page: str
    query: str
    views: Sequence[SavedView]
    offered: Sequence[ListColumn]
    columns: Sequence[ListColumn]

    @classmethod
    def of(
        cls,
        session: Session,
        actor: Actor,
        page: str,
        columns: Sequence[ListColumn],
        asked: Mapping[str, Any],
    ) -> Self:
        """The tools of a list that was asked so; ``col`` in ``asked`` are the columns chosen."""
        return cls(
            page,
            urlencode(asked, doseq=True),
            views_of(session, actor, page),
            offered(columns, actor),
            shown(offered(columns, actor), asked.get("col", ())),
        )

    @property
    def names(self) -> Collection[str]:
        """The columns shown, by name."""
        return {column.name for column in self.columns}
