"""One enterprise under two spellings: suggested by name, merged by a person, taken back at will.

A merge changes no record but the enterprise's own: its hazards and visits keep the id that they were
entered with, and count as the other's.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, aliased

from contracts.enterprises.changes import locked_enterprise, touch
from contracts.enterprises.models import Enterprise
from contracts.enterprises.schemas import Alike, EnterpriseOut
from kernel.access.actor import Actor
from kernel.clock import Clock
from kernel.edits import refuse_stale
from kernel.errors import ConflictError, InputError
from kernel.paging import Page, PagedQuery, fetch_page
from kernel.sql import among

_SUFFIXES: Final = ("集团公司", "股份公司", "有限公司", "分公司", "公司")


def suggestions(session: Session, wanted: PagedQuery) -> Page[Alike]:
    """One page of groups of enterprises whose names differ in spelling or legal suffix alone.

    Two statements whatever the data; those merged already are no longer suggested.
    """
    loose = _loose(Enterprise.name_key).label("loose")
    grouped = (
        select(loose)
        .where(Enterprise.merged_into_id.is_(None))
        .group_by(loose)
        .having(func.count() > 1)
        .subquery()
    )
    statement = select(grouped.c.loose)
    keys = fetch_page(session, statement, [grouped.c.loose], wanted, lambda row: str(row[0]))
    members = select(Enterprise, loose).where(
        among(session, loose, keys.items), Enterprise.merged_into_id.is_(None)
    )
    groups: dict[str, list[EnterpriseOut]] = {key: [] for key in keys.items}
    for each, key in session.execute(members.order_by(Enterprise.name, Enterprise.id)):
        groups[key].append(EnterpriseOut.of(each))
    items = [Alike(key=key, enterprises=found) for key, found in groups.items()]
    return Page(items=items, next=keys.next)


def merge(
    session: Session, actor: Actor, clock: Clock, key: UUID, into_id: UUID, seen: int
) -> Enterprise:
    """Count an enterprise, and all that count as it, as another; ``seen`` is the version one saw.

    Raises ``NotFoundError``, ``ChangedMeanwhile``, ``ConflictError`` for one that is merged already,
    and ``InputError`` for itself or for two with different credit codes, which are two legal persons.
    """
    away, into = locked_enterprise(session, key), merge_target(session, into_id)
    refuse_stale(seen, away.version, away.recorded_by, {})
    judge_merge(away, into)
    members = counting_as(away.id)
    away.merged_into_id = into.id
    touch(away, actor, clock)
    session.flush()
    _count_as(session, members, into.root_id)
    return away


def take_back(session: Session, actor: Actor, clock: Clock, key: UUID, seen: int) -> Enterprise:
    """Take a merge back: the enterprise, and those merged into it, count as themselves again.

    Raises ``NotFoundError``, ``ChangedMeanwhile``, and ``ConflictError`` for one that is not merged.
    """
    found = locked_enterprise(session, key)
    refuse_stale(seen, found.version, found.recorded_by, {})
    if found.merged_into_id is None:
        raise ConflictError("这家企业没有并入别家")
    found.merged_into_id = None
    touch(found, actor, clock)
    session.flush()
    _count_as(session, _below(found.id), found.id)
    return found


def merge_target(session: Session, into_id: UUID) -> Enterprise:
    """The enterprise to merge into; raises ``InputError``."""
    found = session.get(Enterprise, into_id)
    if found is None:
        raise InputError("into_id", "企业名录中没有这家企业")
    return found


def judge_merge(away: Enterprise, into: Enterprise) -> None:
    """Raises ``ConflictError`` or ``InputError`` where one cannot count as the other."""
    if away.merged_into_id is not None:
        raise ConflictError("这家企业已并入别家；请先撤销原来的归并")
    if into.root_id == away.id:
        raise InputError("into_id", "不能并入自己，或并入已算作它的企业")
    if away.credit_code and into.credit_code and away.credit_code != into.credit_code:
        raise InputError("into_id", "两家的统一社会信用代码不同，是两个法人，不能归并")


def counting_as(key: UUID) -> Any:
    """The ids of all that count as this enterprise, itself among them."""
    return select(Enterprise.id).where(Enterprise.root_id == key)


def _below(key: UUID) -> Any:
    """The enterprise and all that were merged into it, at however many removes."""
    tree = select(Enterprise.id).where(Enterprise.id == key).cte("tree", recursive=True)
    part = aliased(Enterprise)
    tree = tree.union(select(part.id).where(part.merged_into_id == tree.c.id))
    return select(tree.c.id)


def _count_as(session: Session, members: Any, root_id: UUID) -> None:
    keys: Sequence[UUID] = session.scalars(members).all()
    statement = update(Enterprise).where(among(session, Enterprise.id, keys))
    session.execute(
        statement.values(root_id=root_id).execution_options(synchronize_session="fetch")
    )


def _loose(key: Any) -> Any:
    """A name's key without its legal suffix."""
    loose = key
    for suffix in _SUFFIXES:
        loose = func.replace(loose, suffix, "", type_=Enterprise.name_key.type)
    return loose
