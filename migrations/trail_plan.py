"""Which tables the trail watches and how: every table there is, but for those named here."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, inspect

from kernel.trail.secret_columns import is_secret
from migrations.search_sources import SHADOWS

UNWATCHED = frozenset(
    {"alembic_version", "audit_entry", "audit_seal", "search_entry", "trail_context", *SHADOWS}
)
"""The trail itself, the schema's number, and the copy of texts that is searched."""

WRITTEN_BY_THE_SERVICE = frozenset(
    {
        "alert", "alert_episode", "alert_event", "api_token_use", "contract_reach", "delivery",
        "delivery_attempt", "finding", "hazard_event", "import_run", "import_worklist",
        "message", "organisation_ancestor", "plan_standing", "request_key", "scan_run", "settlement",
        "sign_in_session", "sign_in_throttle",
    }
)  # fmt: skip
"""Derived rows, and rows that are a log themselves: noted when anything else changes them.

A scan that rewrites 100,000 alerts costs what it did; a statement run by hand is caught all the
same.
"""

_CONTRACT_IN: Mapping[str, str] = {"contract": "id"}
_ORGANISATION_IN: Mapping[str, str] = {
    "contract": "purchaser_id", "organisation": "id", "programme": "lead_id",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Watched:
    """A table of the trail. ``columns`` are names with declared types, generated ones included."""

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]
    contract: str
    organisation: str
    unique: tuple[tuple[str, ...], ...]

    @property
    def secrets(self) -> tuple[str, ...]:
        """The columns whose values are not noted."""
        return tuple(column for column in self.columns if is_secret(self.name, column))

    @property
    def by_hand_only(self) -> bool:
        """Whether only changes by something else than the service are noted."""
        return self.name in WRITTEN_BY_THE_SERVICE


def watched_tables(connection: Connection) -> list[Watched]:
    """The tables to watch in the schema that is there, by name."""
    found = inspect(connection)
    return [_watched(connection, name) for name in sorted(set(found.get_table_names()) - UNWATCHED)]


def _watched(connection: Connection, name: str) -> Watched:
    found = inspect(connection)
    columns = {c["name"]: str(c["type"]) for c in found.get_columns(name)}
    key = tuple(found.get_pk_constraint(name)["constrained_columns"])
    unique = [tuple(u["column_names"]) for u in found.get_unique_constraints(name)]
    unique += [
        tuple(column for column in index["column_names"] if column is not None)
        for index in found.get_indexes(name)
        if index["unique"]
    ]
    contract = _CONTRACT_IN.get(name, "contract_id")
    organisation = _ORGANISATION_IN.get(name, "organisation_id")
    return Watched(
        name,
        columns,
        key,
        contract if contract in columns else "",
        organisation if organisation in columns else "",
        (key, *sorted(set(unique))),
    )
