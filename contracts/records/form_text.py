"""Between a record and the text of its form: what was typed read as an entry, and back."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from contracts.records.kinds import RecordIn, RecordKind, Reference
from contracts.records.owners import named_owner, owner_words
from contracts.records.shape import OWNERS, FormField, Widget, form_fields
from kernel.access.actor import Actor
from kernel.errors import InputError
from kernel.money import format_yuan

_BETWEEN = re.compile(r"[、,，;；\n]+")
_FIGURES = {Widget.AMOUNT, Widget.COUNT, Widget.NUMBER, Widget.PERCENT}


def entry_from(
    session: Session, actor: Actor, kind: RecordKind, given: Mapping[str, str]
) -> RecordIn:
    """Read a form; ``given`` are its fields as typed, ``owner`` among them.

    Raises ``InputError`` or pydantic's ``ValidationError`` at the field that is wrong.
    """
    words = given.get("owner", "").strip()
    if not words:
        raise InputError("owner", f"请写明{OWNERS[kind.owner].word}")
    try:
        owner_id = named_owner(session, actor, kind, words)
    except InputError as refusal:
        raise InputError("owner", refusal.problems[0].message) from None
    values: dict[str, Any] = {kind.owner.value: owner_id}
    for each in form_fields(kind):
        text = given.get(each.name, "").strip()
        if text or each.widget is Widget.LOOKUPS:
            values[each.name] = _value(session, actor, kind, each, text, owner_id)
    assumed = [name for name in given.get("assumed", "").split(",") if name]
    return kind.entry.model_validate({**values, "assumed": assumed})


def typed_from(kind: RecordKind, record: Any, names: Mapping[UUID, str]) -> dict[str, str]:
    """What stands in the form of a record, by field; ``names`` of the keys that it refers to."""
    owner = getattr(record, OWNERS[kind.owner].name)
    told = {"owner": owner_words(kind, owner), "assumed": ",".join(record.assumed)}
    for each in form_fields(kind):
        value = getattr(record, each.name)
        told[each.name] = _typed(each, value, names)
    return told


def _typed(each: FormField, value: Any, names: Mapping[UUID, str]) -> str:
    if value is None:
        return ""
    if each.widget is Widget.LOOKUPS:
        return "、".join(names.get(key, "") for key in value)
    if each.widget is Widget.LOOKUP:
        return names.get(value, "")
    if each.widget is Widget.AMOUNT:
        return format_yuan(value).replace(",", "")
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:f}" if each.widget in (Widget.PERCENT, Widget.NUMBER) else str(value)


def _value(
    session: Session, actor: Actor, kind: RecordKind, each: FormField, text: str, owner_id: UUID
) -> Any:
    if each.widget is Widget.LOOKUPS:
        reference = kind.links[each.name].reference
        parts = [part.strip() for part in _BETWEEN.split(text)]
        return [_found(session, actor, reference, each, part, owner_id) for part in parts if part]
    if each.widget is Widget.LOOKUP:
        return _found(session, actor, kind.references[each.name], each, text, owner_id)
    return text.replace(",", "").replace("，", "") if each.widget in _FIGURES else text


def _found(
    session: Session, actor: Actor, reference: Reference, each: FormField, text: str, owner_id: UUID
) -> UUID:
    key = reference.find(session, actor, text, owner_id)
    if key is None:
        raise InputError(each.name, f"没有找到“{text}”；请从提示中选")
    return key
