"""Set-based reads of the register: who signs in and reads contracts reads it whole."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from contracts.access import visible
from contracts.enterprises.models import ContractEnterprise, Enterprise
from contracts.enterprises.names import name_key
from contracts.enterprises.schemas import (
    EnterpriseOut,
    EnterprisesWanted,
)
from contracts.models import Contract
from contracts.queries import only_row
from contracts.schemas import ContractRef
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.errors import InputError
from kernel.paging import Page, fetch_page
from kernel.sql import among, contains

OFFERED = 20
"""Enterprises offered while somebody types a name."""
TOLD = 10
"""Names that are told to be missing, at most."""


def enterprises(session: Session, wanted: EnterprisesWanted) -> Page[EnterpriseOut]:
    """One page of the register, by name."""
    statement = select(Enterprise)
    if wanted.q:
        searched = (Enterprise.name, func.coalesce(Enterprise.credit_code, ""))
        statement = statement.where(or_(*(contains(column, wanted.q) for column in searched)))
    if wanted.sector:
        statement = statement.where(Enterprise.sector == wanted.sector)
    if wanted.contract:
        listed = select(ContractEnterprise.enterprise_id).where(
            ContractEnterprise.contract_id == wanted.contract,
            ContractEnterprise.listed_to.is_(None),
        )
        statement = statement.where(Enterprise.id.in_(listed))
    if wanted.merged is not None:
        is_merged = Enterprise.merged_into_id.is_not(None)
        statement = statement.where(is_merged if wanted.merged else ~is_merged)
    keys = [Enterprise.name, Enterprise.id]
    return fetch_page(session, statement, keys, wanted, lambda row: EnterpriseOut.of(row[0]))


def enterprise(session: Session, key: UUID) -> EnterpriseOut:
    """One enterprise; raises ``NotFoundError``."""
    statement = select(Enterprise).where(Enterprise.id == key)
    return EnterpriseOut.of(only_row(session, statement, "家企业")[0])


def merged_into(session: Session, key: UUID) -> Sequence[Enterprise]:
    """The enterprises that a person merged into this one."""
    statement = select(Enterprise).where(Enterprise.merged_into_id == key)
    return session.scalars(statement.order_by(Enterprise.name)).all()


def contracts_listing(
    session: Session, actor: Actor, key: UUID, as_of: date
) -> Sequence[ContractRef]:
    """The contracts that the actor sees and that were to reach the enterprise on ``as_of``."""
    counted = select(Enterprise.root_id).where(Enterprise.id == key).scalar_subquery()
    statement = (
        select(Contract)
        .join(ContractEnterprise, ContractEnterprise.contract_id == Contract.id)
        .join(Enterprise, Enterprise.id == ContractEnterprise.enterprise_id)
        .where(
            Enterprise.root_id == counted,
            visible(actor, Permission.SERVICE_READ),
            or_(ContractEnterprise.listed_from.is_(None), ContractEnterprise.listed_from <= as_of),
            or_(ContractEnterprise.listed_to.is_(None), ContractEnterprise.listed_to > as_of),
        )
        .distinct()
        .order_by(Contract.number)
    )
    return [ContractRef.of(each) for each in session.scalars(statement)]


def offered(session: Session, words: str) -> Sequence[Enterprise]:
    """Enterprises whose name has the words, for a list to choose from."""
    statement = select(Enterprise).where(Enterprise.merged_into_id.is_(None))
    if words:
        statement = statement.where(contains(Enterprise.name, words))
    return session.scalars(statement.order_by(Enterprise.name).limit(OFFERED)).all()


def named_enterprise(session: Session, field: str, name: str) -> UUID | None:
    """The key of the enterprise that a person named; None for an empty name.

    Spelled otherwise it is found too, as long as only one fits. Raises ``InputError`` at ``field``.
    """
    if not name.strip():
        return None
    exact = select(Enterprise.id).where(Enterprise.name == name.strip()).limit(2)
    found = session.scalars(exact).all()
    if len(found) != 1:
        alike = select(Enterprise.id).where(Enterprise.name_key == name_key(name)).limit(2)
        found = session.scalars(alike).all()
    if len(found) == 1:
        return found[0]
    told = "有几家写法相同的企业，请填全称" if found else "企业名录中没有这家企业，请先登记"
    raise InputError(field, told)


def named_enterprises(session: Session, field: str, names: Sequence[str]) -> Sequence[UUID]:
    """The keys of the enterprises that were named, in that order, each once; one statement.

    Raises ``InputError`` at ``field`` naming those that are not in the register, or not alone.
    """
    wanted = {name: name_key(name) for name in names}
    statement = select(Enterprise.id, Enterprise.name, Enterprise.name_key).where(
        among(session, Enterprise.name_key, set(wanted.values()))
    )
    exact: dict[str, list[UUID]] = {}
    alike: dict[str, list[UUID]] = {}
    for own, name, key in session.execute(statement):
        exact.setdefault(name, []).append(own)
        alike.setdefault(key, []).append(own)
    found = {
        name: (exact.get(name) or []) if len(exact.get(name) or []) == 1 else alike.get(key, [])
        for name, key in wanted.items()
    }
    missing = [name for name, keys in found.items() if len(keys) != 1]
    if missing:
        told = "、".join(missing[:TOLD])
        raise InputError(field, f"企业名录中没有，或有几家写法相同：{told}；请先登记或写全称")
    return list(dict.fromkeys(keys[0] for keys in found.values()))
