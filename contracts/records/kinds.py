"""What a kind of record is: its table, what comes in, who may, and the words a person reads.

A supervision record, a penalty, a disclosure: each is a dated fact with a document that belongs to a
contract (or an organisation, a vendor, a programme). One ``RecordKind`` says all that is its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from contracts.records.field_types import Text1000
from kernel.access.actor import Actor
from kernel.access.permissions import Permission


class Owner(StrEnum):
    """Whose file a record belongs to; the value is the column, and the entry's field, that says it."""

    CONTRACT = "contract_id"
    ORGANISATION = "organisation_id"
    VENDOR = "vendor_id"
    PROGRAMME = "programme_id"


class RecordIn(BaseModel):
    """What comes in of a record. Every field has a Chinese ``title``, its label everywhere.

    ``assumed`` names the fields whose value no source gives.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    note: Text1000 = Field("", title="备注")
    assumed: tuple[str, ...] = Field((), title="假定的项", max_length=40)


E = TypeVar("E", bound=RecordIn)


@dataclass(frozen=True, slots=True)
class Entering:
    """What a kind's rules look at: who enters what, on which business date.

    ``record`` is the row that is changed; None when one is added.
    """

    session: Session
    actor: Actor
    today: date
    entry: Any
    record: Any | None


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that names another record.

    ``find`` gives the key for what a person typed, or None; ``names`` the words for keys; ``offers``
    what to choose from. All look only at what the actor may see, ``owner`` is the record's owner.
    ``knows`` says whether a key that came by the API is one of them.
    """

    find: Callable[[Session, Actor, str, UUID], UUID | None]
    names: Callable[[Session, Sequence[UUID]], Mapping[UUID, str]]
    offers: Callable[[Session, Actor, str, UUID], Sequence[str]]
    knows: Callable[[Session, Actor, UUID, UUID], bool]


@dataclass(frozen=True, slots=True)
class Links:
    """A field with the keys of several other records, kept in a table of its own."""

    reference: Reference
    read: Callable[[Session, Sequence[UUID]], Mapping[UUID, Sequence[UUID]]]
    write: Callable[[Session, UUID, Sequence[UUID], Entering], None]


def no_rules(_entering: Entering) -> None:
    """A kind that has none."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RecordKind:
    """One kind of record.

    ``name``: plural, in addresses (``penalties``). ``title``: 行政处罚. ``group``: under which heading
    the file's front page lists it. ``day``: the field with its business date, which orders lists and
    decides what was there ``as_of``. ``columns``: the fields that a list shows. ``follows``: fields
    that tell of a later day, by the field with that day; before it they are unknown. ``deadlines``: by the
    field of a last day the field of the day on which it was done. ``may_lie_ahead``:
    the business date may be later than today. ``allowed`` refuses who may not enter this, of acts
    alone; ``rules`` judge what is entered. Both raise ``InputError`` or ``ConflictError``;
    ``after`` does what follows once ``record`` is written, in the same transaction: 核验.
    ``natural_key``: the fields by which an import finds a record again, with the owner. ``seen``:
    a predicate on the model instead of the owner's usual one, for reading and for writing;
    ``owners``: the same on the owner's table.
    """

    name: str
    title: str
    group: str
    owner: Owner
    model: type[Any]
    entry: type[RecordIn]
    write: Permission
    day: str
    columns: Sequence[str]
    natural_key: Sequence[str]
    empty: str
    read: Permission = Permission.SERVICE_READ
    words: Mapping[type[StrEnum], Mapping[Any, str]] = field(default_factory=dict)
    references: Mapping[str, Reference] = field(default_factory=dict)
    links: Mapping[str, Links] = field(default_factory=dict)
    follows: Mapping[str, Sequence[str]] = field(default_factory=dict)
    deadlines: Mapping[str, str] = field(default_factory=dict)
    may_lie_ahead: bool = False
    allowed: Callable[[Entering], None] = no_rules
    rules: Callable[[Entering], None] = no_rules
    after: Callable[[Entering], None] = no_rules
    seen: Callable[[Actor, Permission], ColumnElement[bool]] | None = None
    owners: Callable[[Actor, Permission], ColumnElement[bool]] | None = None

    @property
    def path(self) -> str:
        """The last part of its addresses."""
        return self.name.replace("_", "-")

    @property
    def rule_code(self) -> str:
        """The code of a finding 核验发现 that an imported record of this kind breaks its rules."""
        return f"{self.name}_rule"

    def label(self, name: str) -> str:
        """A field's Chinese name."""
        return self.entry.model_fields[name].title or name
