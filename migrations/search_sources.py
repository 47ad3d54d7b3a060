"""What of each kind of record is searched, as SQL that both databases read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from contracts.search.models import SearchKind

TABLE = "search_entry"
GRAMS_TABLE = "search_grams"
SHADOWS = frozenset(
    {GRAMS_TABLE, *(f"{GRAMS_TABLE}_{part}" for part in ("data", "idx", "docsize", "config"))}
)
"""SQLite's full-text table and those that it keeps itself in; PostgreSQL has none of them."""
BREAK = "{break}"
"""Ends each field, so that nothing is found across two; no query can hold it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A table ``x`` whose rows are searched.

    ``fields`` are never NULL. A change of a column in ``watched`` is followed. ``joined`` are
    tables with an alias whose columns are read as well: a change of theirs in ``followed``
    rewrites all rows that name them by the column of ``x`` given there.
    """

    table: str
    fields: tuple[str, ...]
    watched: tuple[str, ...]
    contract: str = "CAST(NULL AS uuid)"
    first_day: str = "CAST(NULL AS date)"
    joined: str = ""
    followed: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    def rows(self, rows: str = "") -> str:
        """A SELECT of key, contract, first day and text not yet folded, from ``rows`` as ``x``."""
        text = " || ".join(f"{field} || {BREAK}" for field in self.fields)
        return (
            f"SELECT x.id AS record_id, {self.contract} AS contract_id, "
            f"{self.first_day} AS first_day, {text} AS raw FROM {rows or self.table} AS x "
            f"{self.joined}"
        )


SOURCES: Mapping[SearchKind, Source] = {
    SearchKind.CONTRACT: Source(
        "contract",
        ("x.number", "x.name", "x.sectors", "x.content", "buyer.name", "buyer.short_name",
         "seller.name"),
        ("number", "name", "sectors", "content", "purchaser_id", "vendor_id", "signed_on",
         "service_start", "drafted_on"),
        contract="x.id",
        first_day="coalesce(x.drafted_on, x.signed_on, x.service_start)",
        joined="JOIN organisation AS buyer ON buyer.id = x.purchaser_id "
        "JOIN vendor AS seller ON seller.id = x.vendor_id",
        followed={
            "organisation": ("purchaser_id", ("name", "short_name")),
            "vendor": ("vendor_id", ("name",)),
        },
    ),
    SearchKind.VENDOR: Source(
        "vendor", ("x.name", "coalesce(x.credit_code, '')"), ("name", "credit_code")
    ),
    SearchKind.ENTERPRISE: Source(
        "enterprise", ("x.name", "coalesce(x.credit_code, '')"), ("name", "credit_code")
    ),
    SearchKind.HAZARD: Source(
        "hazard",
        ("x.number", "x.spot", "x.description"),
        ("number", "spot", "description", "contract_id", "found_on"),
        contract="x.contract_id",
        first_day="x.found_on",
    ),
}  # fmt: skip
