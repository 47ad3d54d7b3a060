"""Vendors and programmes by what a person types into a form, and the few that it offers."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contracts.models import Programme, Vendor
from contracts.queries import programmes
from contracts.schemas import ProgrammesWanted
from kernel.access.actor import Actor
from kernel.errors import InputError
from kernel.sql import contains

OFFERED = 20


def named_vendor(session: Session, field: str, typed: str) -> UUID | None:
    """The vendor meant by its whole name or credit code; None for nothing typed.

    Raises ``InputError`` naming ``field`` for nobody.
    """
    words = typed.strip()
    if not words:
        return None
    found = session.scalar(
        select(Vendor.id).where(or_(Vendor.name == words, Vendor.credit_code == words))
    )
    if found is None:
        raise InputError(field, f"没有“{words[:40]}”这个承接主体；请写全称，未登记的先登记承接主体")
    return found


def named_programme(session: Session, field: str, typed: str) -> UUID | None:
    """The programme meant by its code, or by a name that only one has; None for nothing typed.

    Raises ``InputError`` naming ``field`` for none, and for a name that several share.
    """
    words = typed.strip()
    if not words:
        return None
    by_code = session.scalar(select(Programme.id).where(Programme.code == words))
    if by_code is not None:
        return by_code
    found = session.scalars(select(Programme.id).where(Programme.name == words).limit(2)).all()
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(field, f"有几个预算项目叫“{words[:40]}”；请写项目编码")
    raise InputError(field, f"没有“{words[:40]}”这个预算项目；请写项目编码，未登记的先登记")


def offered_vendors(session: Session, words: str) -> Sequence[str]:
    """Names of a few vendors while one is typed."""
    statement = select(Vendor.name).where(contains(Vendor.name, words))
    return session.scalars(statement.order_by(Vendor.name).limit(OFFERED)).all()


def offered_programmes(session: Session, actor: Actor, words: str) -> Sequence[tuple[str, str]]:
    """Codes and names of a few programmes that the actor sees, while one is typed."""
    wanted = ProgrammesWanted(limit=OFFERED, q=words or None)
    return [(each.code, each.name) for each in programmes(session, actor, wanted).items]
