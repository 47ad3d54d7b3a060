"""A small ledger for tests: one city, one bureau, contracts with milestones, plans, payments."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from contracts.models import (
    Contract,
    ContractParty,
    ContractTotal,
    Organisation,
    OrganisationKind,
    PartyRole,
    Programme,
    Vendor,
)
from contracts.plan_standings import PlanDates, write_plan_standings
from contracts.service_models import ImplementationPlan
from kernel.keys import new_key
from payments.models import Milestone, MilestoneKind, Payment, Trigger
from payments.settling import settle_contracts

RECORDED = datetime(2023, 1, 1, tzinfo=UTC)
WHO = {"recorded_at": RECORDED, "recorded_by": "test"}


@dataclass
class MilestoneSpec:
    """A dated milestone and what was paid of it."""

    amount: Decimal
    due_on: date | None
    payments: list[tuple[date, Decimal]] = field(default_factory=list)


@dataclass
class ContractSpec:
    """A contract of the bureau; ``begins`` is its signing and its service start."""

    begins: date
    milestones: Sequence[MilestoneSpec] = ()
    plans: Sequence[PlanDates] = ()
    total: Decimal | None = Decimal("1000000.00")


@dataclass
class City:
    """The ledger's frame: who buys, who sells, which programme pays."""

    bureau: Organisation
    vendor: Vendor
    programme: Programme


def city(session: Session, name: str = "甲市") -> City:
    """Write a government, its bureau, a vendor and a programme."""
    root = Organisation(
        code=f"{name}-0", name=f"{name}人民政府", kind=OrganisationKind.GOVERNMENT, **WHO
    )
    session.add(root)
    session.flush()
    bureau = Organisation(
        code=f"{name}-1",
        name=f"{name}应急管理局",
        short_name="应急局",
        kind=OrganisationKind.DEPARTMENT,
        parent_id=root.id,
        **WHO,
    )
    vendor = Vendor(name=f"{name}安全技术有限公司", **WHO)
    session.add_all([bureau, vendor])
    session.flush()
    programme = Programme(
        code=f"{name}-2023", name=f"{name}第三方监管", fiscal_year=2023, lead_id=bureau.id, **WHO
    )
    session.add(programme)
    session.flush()
    return City(bureau, vendor, programme)


def contract(session: Session, place: City, number: str, spec: ContractSpec) -> UUID:
    """Write a contract with its parties, total, milestones, payments and plans, settled."""
    key = new_key()
    session.add(
        Contract(
            id=key,
            number=number,
            name=f"{number}安全服务",
            purchaser_id=place.bureau.id,
            vendor_id=place.vendor.id,
            programme_id=place.programme.id,
            sectors="民爆",
            signed_on=spec.begins,
            service_start=spec.begins,
            service_end=date(spec.begins.year + 1, spec.begins.month, min(spec.begins.day, 28)),
            **WHO,
        )
    )
    session.flush()
    for role in (PartyRole.PURCHASER, PartyRole.PAYER, PartyRole.LEAD):
        session.add(
            ContractParty(contract_id=key, role=role, organisation_id=place.bureau.id, **WHO)
        )
    session.add_all(
        [
            ContractParty(contract_id=key, role=PartyRole.VENDOR, vendor_id=place.vendor.id, **WHO),
            ContractTotal(contract_id=key, valid_from=spec.begins, amount=spec.total, **WHO),
            *(
                ImplementationPlan(
                    contract_id=key,
                    number=plan.number,
                    submitted_on=plan.submitted_on,
                    returned_on=plan.returned_on,
                    approved_on=plan.approved_on,
                    **WHO,
                )
                for plan in spec.plans
            ),
        ]
    )
    for index, milestone in enumerate(spec.milestones, start=1):
        _milestone(session, key, index, milestone)
    session.flush()
    write_plan_standings(session, [key])
    settle_contracts(session, [key])
    return key


def _milestone(session: Session, contract_id: UUID, number: int, spec: MilestoneSpec) -> None:
    key = new_key()
    session.add(
        Milestone(
            id=key,
            contract_id=contract_id,
            number=number,
            name=f"第{number}期",
            kind=MilestoneKind.INSTALMENT,
            amount_given=spec.amount,
            trigger_kind=Trigger.DATE,
            due_on_given=spec.due_on,
            **WHO,
        )
    )
    session.flush()
    session.add_all(
        Payment(contract_id=contract_id, milestone_id=key, paid_on=day, amount=amount, **WHO)
        for day, amount in spec.payments
    )
