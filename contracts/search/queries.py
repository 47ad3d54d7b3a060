"""Searches one kind of record at a time, page by page, the newest entry first."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from contracts.access import of_visible, visible
from contracts.enterprises.models import Enterprise
from contracts.hazards.models import Hazard
from contracts.models import Contract, Vendor
from contracts.schemas import ContractRef
from contracts.search.index import NEEDED, Sought, found
from contracts.search.models import SearchKind
from contracts.search.schemas import HitOut, SearchWanted
from contracts.search.text import words_of
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.paging import Page, number_cursor, read_number_cursor

_LIST = "search"


def search(session: Session, actor: Actor, as_of: date, wanted: SearchWanted) -> Page[HitOut]:
    """Records of one kind that were there on ``as_of`` and hold all words; two statements.

    A query of spaces alone finds nothing. Raises ``InputError`` naming ``cursor`` for a cursor
    that this list did not give.
    """
    words = words_of(wanted.q)
    name = f"{_LIST}/{wanted.kind}"
    beyond = read_number_cursor(name, wanted.cursor) if wanted.cursor else None
    if not words:
        return Page(items=[], next=None)
    sought = Sought(wanted.kind, words, as_of, wanted.limit + 1, beyond)
    hits = found(session, actor, sought)
    shown = hits[: wanted.limit]
    following = number_cursor(name, shown[-1][0]) if len(hits) > wanted.limit else None
    records = _READERS[wanted.kind](session, actor, [key for _, key in shown]) if shown else {}
    return Page(items=[records[key] for _, key in shown if key in records], next=following)


def kinds_open_to(actor: Actor) -> list[SearchKind]:
    """The kinds of record that the actor may find at all."""
    return [kind for kind in SearchKind if actor.may(NEEDED[kind])]


def _contracts(session: Session, actor: Actor, keys: Sequence[UUID]) -> Mapping[UUID, HitOut]:
    statement = (
        select(Contract)
        .options(joinedload(Contract.purchaser), joinedload(Contract.vendor))
        .where(Contract.id.in_(keys), visible(actor))
    )
    return {
        each.id: HitOut(
            kind=SearchKind.CONTRACT,
            id=each.id,
            title=each.name,
            code=each.number,
            details=_given(each.purchaser.name, each.vendor.name, each.sectors, each.content),
            contract=None,
            day=each.signed_on,
        )
        for each in session.scalars(statement)
    }


def _vendors(session: Session, _actor: Actor, keys: Sequence[UUID]) -> Mapping[UUID, HitOut]:
    read = session.scalars(select(Vendor).where(Vendor.id.in_(keys)))
    return {
        each.id: _reference(SearchKind.VENDOR, each.id, each.name, each.credit_code, "")
        for each in read
    }


def _enterprises(session: Session, _actor: Actor, keys: Sequence[UUID]) -> Mapping[UUID, HitOut]:
    read = session.scalars(select(Enterprise).where(Enterprise.id.in_(keys)))
    return {
        each.id: _reference(
            SearchKind.ENTERPRISE, each.id, each.name, each.credit_code, each.located_at
        )
        for each in read
    }


def _reference(kind: SearchKind, key: UUID, name: str, code: str | None, place: str) -> HitOut:
    return HitOut(
        kind=kind, id=key, title=name, code=code or "", details=_given(place), contract=None,
        day=None,
    )  # fmt: skip


def _hazards(session: Session, actor: Actor, keys: Sequence[UUID]) -> Mapping[UUID, HitOut]:
    statement = (
        select(Hazard, Contract)
        .join(Contract, Contract.id == Hazard.contract_id)
        .where(Hazard.id.in_(keys), of_visible(Hazard.contract_id, actor, Permission.SERVICE_READ))
    )
    return {
        each.id: HitOut(
            kind=SearchKind.HAZARD,
            id=each.id,
            title=each.description,
            code=each.number,
            details=_given(each.spot),
            contract=ContractRef.of(contract),
            day=each.found_on,
        )
        for each, contract in session.execute(statement)
    }


def _given(*texts: str) -> list[str]:
    return [text for text in texts if text]


_READERS: Mapping[SearchKind, Callable[[Session, Actor, Sequence[UUID]], Mapping[UUID, HitOut]]] = {
    SearchKind.CONTRACT: _contracts,
    SearchKind.VENDOR: _vendors,
    SearchKind.ENTERPRISE: _enterprises,
    SearchKind.HAZARD: _hazards,
}
