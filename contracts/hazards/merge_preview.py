"""What merging two enterprises would change, of what the reader may see."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from contracts.access import of_visible
from contracts.enterprises.merging import counting_as, judge_merge, merge_target
from contracts.enterprises.models import ContractEnterprise, Enterprise, RoundEnterprise
from contracts.enterprises.schemas import EnterpriseOut
from contracts.hazards.models import Hazard
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What would count as the other's from now on, of what the reader may see."""

    away: EnterpriseOut
    into: EnterpriseOut
    hazards: int
    listed: int
    visits: int
    former: int


def preview(session: Session, actor: Actor, key: UUID, into_id: UUID) -> MergePreview:
    """What a merge would change; raises as ``contracts.enterprises.merging.merge`` does."""
    away, into = session.get(Enterprise, key), merge_target(session, into_id)
    if away is None:
        raise NotFoundError("企业名录中没有这家企业")
    judge_merge(away, into)
    seen = [
        select(func.count())
        .where(model.enterprise_id.in_(counting_as(away.id)), _seen(model, actor))
        .scalar_subquery()
        for model in (Hazard, ContractEnterprise, RoundEnterprise)
    ]
    former = select(func.count()).where(Enterprise.root_id == away.id, Enterprise.id != away.id)
    counted = session.execute(select(*seen, former.scalar_subquery())).one()
    return MergePreview(EnterpriseOut.of(away), EnterpriseOut.of(into), *map(int, counted))


def _seen(model: type[Any], actor: Actor) -> ColumnElement[bool]:
    return of_visible(model.contract_id, actor, Permission.SERVICE_READ)
