"""Which kinds of records take documents: one line each; records of the file take them all."""

from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, false, true

from contracts.documents.attachable import Attachable, Attachables, Sight
from contracts.hazards.models import Hazard
from contracts.life.amendment_models import ContractAmendment
from contracts.models import Contract, Vendor
from contracts.record_kinds import RECORD_KINDS
from contracts.records.kinds import Owner, RecordKind
from contracts.records.sight import in_sight
from contracts.service_models import ImplementationPlan, ServiceRound
from contracts.surveys.models import Survey
from contracts.surveys.queries import in_sight as surveys_in_sight
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from payments.models import Payment

_CONTRACTS = Permission.CONTRACTS_READ, Permission.CONTRACTS_WRITE
_SUPERVISION = Permission.SERVICE_READ, Permission.SUPERVISION_WRITE
_SURVEY_PAGE = "survey_pages.show", "survey_id"
_SERVICE = Permission.SERVICE_READ, Permission.SERVICE_WRITE


def _shared(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Vendors are reference data: who may at all may on each."""
    return true() if actor.may(permission) else false()


def _surveys_of(column: Any) -> Sight:
    """Surveys of contracts, or of whole programmes: each lies in its owner's file."""

    def sight(actor: Actor, permission: Permission) -> ColumnElement[bool]:
        return and_(column.is_not(None), surveys_in_sight(actor, permission))

    return sight


def _of_kind(kind: RecordKind) -> Attachable:
    is_plain = kind.owner is Owner.CONTRACT and kind.seen is None
    return Attachable(
        kind.name,
        kind.title,
        kind.model,
        kind.read,
        kind.write,
        owner=kind.owner.value,
        column=kind.owner.value,
        sight=None if is_plain else partial(in_sight, kind),
        page=(f"{kind.name}_pages.show", "key"),
    )


ATTACHABLES: Final = Attachables(
    (
        Attachable(
            "contract", "合同", Contract, *_CONTRACTS, column="id",
            page=("contract_pages.show", "contract_id"),
        ),
        Attachable("amendment", "补充合同", ContractAmendment, *_CONTRACTS),
        Attachable(
            "plan", "实施方案", ImplementationPlan, *_SERVICE, page=("plan_pages.show", "plan_id")
        ),
        Attachable(
            "round", "服务轮次", ServiceRound, *_SERVICE, page=("round_pages.show", "round_id")
        ),
        Attachable("hazard", "隐患", Hazard, *_SERVICE),
        Attachable("payment", "支付记录", Payment, Permission.MONEY_READ, Permission.ACTS_ENTER),
        Attachable(
            "vendor", "承接主体", Vendor, Permission.CONTRACTS_READ, Permission.VENDORS_WRITE,
            owner="vendor_id", column="id", sight=_shared,
        ),
        Attachable(
            "survey", "满意度调查", Survey, *_SUPERVISION,
            sight=_surveys_of(Survey.contract_id), page=_SURVEY_PAGE,
        ),
        Attachable(
            "programme_survey", "满意度调查", Survey, *_SUPERVISION,
            owner="programme_id", column="programme_id",
            sight=_surveys_of(Survey.programme_id), page=_SURVEY_PAGE,
        ),
        *map(_of_kind, RECORD_KINDS),
    )
)  # fmt: skip
"""All of them, by name."""
