"""What records of vendors refer to: organisations, promised resources, evaluations."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.access import of_visible
from contracts.models import Contract, Organisation
from contracts.organisations.queries import named_organisation, offered
from contracts.records.kinds import Reference
from contracts.vendors.models import ContractResource, VendorEvaluation
from contracts.vendors.words import STAGE_NAMES
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.errors import InputError
from kernel.paging import AnySelect

MOST_OFFERED = 20


def _named_organisation(session: Session, _actor: Actor, words: str, _owner: UUID) -> UUID | None:
    try:
        return named_organisation(session, "organisation_id", words)
    except InputError:
        return None


def _organisation_names(session: Session, keys: Sequence[UUID]) -> Mapping[UUID, str]:
    wanted = select(Organisation.id, Organisation.name).where(Organisation.id.in_(keys))
    return dict(session.execute(wanted).all())


def _offered_organisations(
    session: Session, _actor: Actor, words: str, _owner: UUID
) -> Sequence[str]:
    return [each.name for each in offered(session, words)]


def _knows_organisation(session: Session, _actor: Actor, key: UUID, _owner: UUID) -> bool:
    return session.get(Organisation, key) is not None


ORGANISATION = Reference(
    _named_organisation, _organisation_names, _offered_organisations, _knows_organisation
)
"""An organisation of the tree, which everybody knows."""


def resource_words(resource: ContractResource) -> str:
    """A promised resource by what and in which paper: 应急救援队员（服务合同）."""
    return f"{resource.item}（{resource.basis}）" if resource.basis else resource.item


def _resources(actor: Actor, contract_id: UUID) -> AnySelect:
    seen = of_visible(ContractResource.contract_id, actor, Permission.SERVICE_READ)
    return (
        select(ContractResource)
        .where(ContractResource.contract_id == contract_id, seen)
        .order_by(ContractResource.id)
    )


def _named_resource(session: Session, actor: Actor, words: str, owner: UUID) -> UUID | None:
    found = session.scalars(_resources(actor, owner)).all()
    named = [each.id for each in found if words in (resource_words(each), each.item)]
    return named[0] if len(named) == 1 else None


def _resource_names(session: Session, keys: Sequence[UUID]) -> Mapping[UUID, str]:
    found = session.scalars(select(ContractResource).where(ContractResource.id.in_(keys)))
    return {each.id: resource_words(each) for each in found}


def _offered_resources(session: Session, actor: Actor, words: str, owner: UUID) -> Sequence[str]:
    found = session.scalars(_resources(actor, owner).limit(MOST_OFFERED))
    return [told for each in found if words in (told := resource_words(each))]


def _knows_resource(session: Session, actor: Actor, key: UUID, owner: UUID) -> bool:
    wanted = _resources(actor, owner).where(ContractResource.id == key)
    return session.scalar(wanted) is not None


RESOURCE = Reference(_named_resource, _resource_names, _offered_resources, _knows_resource)
"""What the contract of the record promises."""


def evaluation_words(evaluation: VendorEvaluation, number: str) -> str:
    """An evaluation by contract, stage and day: HT-1 年度评价 2023-12-20."""
    return f"{number} {stage_words(evaluation)}"


def stage_words(evaluation: VendorEvaluation) -> str:
    """An evaluation by stage and day: 年度评价 2023-12-20."""
    return f"{STAGE_NAMES[evaluation.stage]}评价 {evaluation.evaluated_on}"


def _evaluations(actor: Actor, vendor_id: UUID) -> AnySelect:
    seen = of_visible(VendorEvaluation.contract_id, actor, Permission.SERVICE_READ)
    return (
        select(VendorEvaluation, Contract.number)
        .join(Contract, Contract.id == VendorEvaluation.contract_id)
        .where(Contract.vendor_id == vendor_id, seen)
        .order_by(VendorEvaluation.evaluated_on.desc(), VendorEvaluation.id)
    )


def _named_evaluation(session: Session, actor: Actor, words: str, owner: UUID) -> UUID | None:
    found = session.execute(_evaluations(actor, owner))
    named = [row[0].id for row in found if words in (evaluation_words(*row), stage_words(row[0]))]
    return named[0] if len(named) == 1 else None


def _evaluation_names(session: Session, keys: Sequence[UUID]) -> Mapping[UUID, str]:
    # Admissions are read by all: on which contract the evaluation was is told to who sees that.
    wanted = select(VendorEvaluation).where(VendorEvaluation.id.in_(keys))
    return {each.id: stage_words(each) for each in session.scalars(wanted)}


def _offered_evaluations(session: Session, actor: Actor, words: str, owner: UUID) -> Sequence[str]:
    found = session.execute(_evaluations(actor, owner).limit(MOST_OFFERED))
    return [told for row in found if words in (told := evaluation_words(*row))]


def _knows_evaluation(session: Session, actor: Actor, key: UUID, owner: UUID) -> bool:
    wanted = _evaluations(actor, owner).where(VendorEvaluation.id == key)
    return session.execute(wanted).first() is not None


EVALUATION = Reference(
    _named_evaluation, _evaluation_names, _offered_evaluations, _knows_evaluation
)
"""An evaluation of the vendor on a contract that the actor sees."""
