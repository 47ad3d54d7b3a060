"""One enterprise under two spellings: suggested by name, merged by a person, taken back at will.

A merge changes no record but the enterprise's own: its hazards and visits keep the id that they were
entered with, and count as the other's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session, aliased

from contracts.access import of_visible
from contracts.enterprises.changes import locked_enterprise, touch
from contracts.enterprises.models import ContractEnterprise, Enterprise, RoundEnterprise
from contracts.enterprises.schemas import Alike, EnterpriseOut
from contracts.hazards.models import Hazard
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.clock import Clock
from kernel.edits import refuse_stale
from kernel.errors import ConflictError, InputError, NotFoundError
from kernel.paging import Page, PagedQuery, fetch_page
from kernel.sql import among

_SUFFIXES: Final = ("集团公司", "股份公司", "有限公司", "分公司", "公司")


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What would count as the other's from now on, of what the reader may see."""

    away: EnterpriseOut
    into: EnterpriseOut
    hazards: int
    listed: int
    visits: int
    former: int


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


def preview(session: Session, actor: Actor, key: UUID, into_id: UUID) -> MergePreview:
    """What a merge would change; raises as ``merge`` does."""
    away, into = session.get(Enterprise, key), _target(session, into_id)
    if away is None:
        raise NotFoundError("企业名录中没有这家企业")
    _judge(away, into)
    seen = [
        select(func.count())
        .where(model.enterprise_id.in_(_counting_as(away.id)), _seen(model, actor))
        .scalar_subquery()
        for model in (Hazard, ContractEnterprise, RoundEnterprise)
    ]
    former = select(func.count()).where(Enterprise.root_id == away.id, Enterprise.id != away.id)
    counted = session.execute(select(*seen, former.scalar_subquery())).one()
    return MergePreview(EnterpriseOut.of(away), EnterpriseOut.of(into), *map(int, counted))


def merge(
    session: Session, actor: Actor, clock: Clock, key: UUID, into_id: UUID, seen: int
) -> Enterprise:
    """Count an enterprise, and all that count as it, as another; ``seen`` is the version one saw.

    Raises ``NotFoundError``, ``ChangedMeanwhile``, ``ConflictError`` for one that is merged already,
    and ``InputError`` for itself or for two with different credit codes, which are two legal persons.
    """
    away, into = locked_enterprise(session, key), _target(session, into_id)
    refuse_stale(seen, away.version, away.recorded_by, {})
    _judge(away, into)
    members = _counting_as(away.id)
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


def _target(session: Session, into_id: UUID) -> Enterprise:
    found = session.get(Enterprise, into_id)
    if found is None:
        raise InputError("into_id", "企业名录中没有这家企业")
    return found


def _judge(away: Enterprise, into: Enterprise) -> None:
    if away.merged_into_id is not None:
        raise ConflictError("这家企业已并入别家；请先撤销原来的归并")
    if into.root_id == away.id:
        raise InputError("into_id", "不能并入自己，或并入已算作它的企业")
    if away.credit_code and into.credit_code and away.credit_code != into.credit_code:
        raise InputError("into_id", "两家的统一社会信用代码不同，是两个法人，不能归并")


def _counting_as(key: UUID) -> Any:
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


def _seen(model: type[Any], actor: Actor) -> ColumnElement[bool]:
    return of_visible(model.contract_id, actor, Permission.SERVICE_READ)


def _loose(key: Any) -> Any:
    """A name's key without its legal suffix."""
    loose = key
    for suffix in _SUFFIXES:
        loose = func.replace(loose, suffix, "", type_=Enterprise.name_key.type)
    return loose
