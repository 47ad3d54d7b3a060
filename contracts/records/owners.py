"""Whose file it is, in words: found by what a person types, offered while it is typed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from contracts.models import Contract, Organisation, Programme, Vendor
from contracts.records.kinds import Owner, RecordKind
from contracts.records.shape import OWNERS
from contracts.records.sight import written_owners
from kernel.access.actor import Actor
from kernel.errors import InputError
from kernel.sql import contains

MOST_OFFERED = 20
_WORDS: dict[Owner, tuple[Any, Any]] = {
    Owner.CONTRACT: (Contract.number, Contract.name),
    Owner.ORGANISATION: (Organisation.name, Organisation.code),
    Owner.VENDOR: (Vendor.name, Vendor.credit_code),
    Owner.PROGRAMME: (Programme.code, Programme.name),
}


def owner_words(kind: RecordKind, owner: Any) -> str:
    """What is typed for an owner: 合同编号 and name, or its name alone."""
    if kind.owner is Owner.CONTRACT:
        return f"{owner.number} {owner.name}"
    return f"{owner.code} {owner.name}" if kind.owner is Owner.PROGRAMME else str(owner.name)


def offered_owners(session: Session, actor: Actor, kind: RecordKind, words: str) -> Sequence[str]:
    """The owners whose file the actor may write to and whose words hold ``words``."""
    model = OWNERS[kind.owner].model
    statement = select(model).where(written_owners(kind, actor)).order_by(model.id.desc())
    if words:
        statement = statement.where(_holding(kind, words))
    return [owner_words(kind, each) for each in session.scalars(statement.limit(MOST_OFFERED))]


def named_owner(session: Session, actor: Actor, kind: RecordKind, words: str) -> UUID:
    """The owner that ``words`` name; raises ``InputError`` when there is none, or several."""
    field, known = kind.owner.value, OWNERS[kind.owner]
    first, second = _WORDS[kind.owner]
    exact = or_(first == words, second == words, (first + " " + second) == words)
    found = session.scalars(
        select(known.model.id).where(written_owners(kind, actor), exact).limit(2)
    ).all()
    if not found:
        raise InputError(field, f"没有“{words}”这个{known.word}，或您没有登记的权限；请从提示中选")
    if len(found) > 1:
        raise InputError(field, f"有几个{known.word}都叫“{words}”；请写全编号和名称")
    key: UUID = found[0]
    return key


def _holding(kind: RecordKind, words: str) -> ColumnElement[bool]:
    number, _, name = words.partition(" ")
    first, second = _WORDS[kind.owner]
    parts = or_(contains(first, words), contains(second, words))
    return or_(parts, (first == number) & contains(second, name)) if name else parts
