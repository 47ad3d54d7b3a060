"""查找: one box in the top bar, and what was found by kind."""

from collections.abc import Mapping
from typing import Final

from flask import Blueprint, current_app, render_template, request
from pydantic import BaseModel, field_validator

from contracts.search.models import SearchKind
from contracts.search.queries import kinds_open_to, search
from contracts.search.schemas import HitOut, SearchWanted
from contracts.search.text import marked, words_of
from kernel.access.permissions import Permission
from kernel.fields import CursorText, printable
from kernel.paging import Page
from kernel.web.permissions import requires
from kernel.web.session import as_of, current_actor, current_session

search_pages = Blueprint("search_pages", __name__, template_folder="templates")

FIRST_FEW, PAGE = 5, 25
LONGEST = 100
NAMES: Final[Mapping[SearchKind, str]] = {
    SearchKind.CONTRACT: "合同",
    SearchKind.VENDOR: "承接主体",
    SearchKind.ENTERPRISE: "企业",
    SearchKind.HAZARD: "隐患",
}
SEARCHED: Final[Mapping[SearchKind, str]] = {
    SearchKind.CONTRACT: "编号、名称、行业领域、服务内容、购买主体、承接主体",
    SearchKind.VENDOR: "名称、统一社会信用代码",
    SearchKind.ENTERPRISE: "名称、统一社会信用代码",
    SearchKind.HAZARD: "编号、部位、描述",
}
"""What of each kind is searched, in a person's words."""
_SHOWN_BY: Final[Mapping[SearchKind, tuple[str, str]]] = {
    SearchKind.CONTRACT: ("contract_pages.show", "contract_id"),
    SearchKind.VENDOR: ("vendor_pages.show", "vendor_id"),
    SearchKind.ENTERPRISE: ("enterprise_pages.show", "enterprise_id"),
    SearchKind.HAZARD: ("hazard_pages.show", "hazard_id"),
}


class SearchQuery(BaseModel):
    """What the box sends; without a kind the first few of each are shown."""

    q: str = ""
    kind: SearchKind | None = None
    after: CursorText = ""

    @field_validator("q")
    @classmethod
    def _short(cls, given: str) -> str:
        printable(given)
        if len(given) > LONGEST:
            raise ValueError(f"最多 {LONGEST} 个字")
        return given.strip()


@search_pages.get("/search")
@requires(Permission.CONTRACTS_READ)
def results() -> str:
    """The first few of each kind, or one kind page by page."""
    query = SearchQuery.model_validate(request.args.to_dict())
    may_find = kinds_open_to(current_actor())
    kinds = [query.kind] if query.kind else may_find
    words = words_of(query.q)
    return render_template(
        "search/results.html",
        view_day=as_of(),
        query=query,
        groups={kind: _page(query, kind) for kind in kinds if words and kind in may_find},
        kinds=may_find,
        kind_names=NAMES,
        searched=SEARCHED,
        marked=lambda text: marked(text, words),
        address=_address,
    )


def _page(query: SearchQuery, kind: SearchKind) -> Page[HitOut]:
    wanted = SearchWanted(
        q=query.q,
        kind=kind,
        limit=PAGE if query.kind else FIRST_FEW,
        cursor=query.after or None,
    )
    return search(current_session(), current_actor(), as_of(), wanted)


def _address(hit: HitOut) -> tuple[str, dict[str, str]] | None:
    """Endpoint and values of the record's page; None where records of the kind have none."""
    endpoint, name = _SHOWN_BY[hit.kind]
    return (endpoint, {name: str(hit.id)}) if endpoint in current_app.view_functions else None
