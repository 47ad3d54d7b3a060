"""A world written into the ledger, with a mark in every text: Q, a number, and the kind of fact.

What a page shows so tells whose it is and of what kind. Kinds beside those of the oracle: n a
programme, o an organisation, b the frozen body of a message (shown to nobody), r a receiver's answer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from alerts.models import ScanRun
from contracts.finding_models import Finding
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
from contracts.plan_standings import write_plan_standings
from payments.settling import settle_contracts
from people.models import Membership, User
from tests.access.facts import (
    BEGINS,
    DUE,
    Thing,
    numbers,
    thing,
    write_alert,
    write_message,
    write_money,
    write_service,
)
from tests.access.file_facts import write_file
from tests.access.plans import Plan, Span
from tests.ledger import RECORDED, WHO

MARK = re.compile(r"Q(\d{6})([a-z])")
EVALUATED = "HAMI-2023-DSF"
"""The programme's code that the evaluation hami-2023 asks for; the newest world has it."""


@dataclass(frozen=True)
class World:
    """What was written of a plan, in the order of the plan."""

    organisations: list[Thing]
    programmes: list[Thing]
    deals: list[Thing]
    messages: list[Thing]
    user_id: UUID


def write(session: Session, plan: Plan) -> World:
    """Write the plan's world beside those that are there."""
    return _Writer(session, plan).world()


class _Writer:
    def __init__(self, session: Session, plan: Plan) -> None:
        self.session = session
        self.plan = plan
        self.organisations: list[Thing] = []
        self.programmes: list[Thing] = []
        self.deals: list[Thing] = []
        self.events: list[UUID] = []

    def world(self) -> World:
        for parent in self.plan.parents:
            self._organisation(parent)
        for index, lead in enumerate(self.plan.leads):
            self._programme(index, lead)
        vendor = Vendor(name=f"承接单位{next(numbers)}", **WHO)
        scan = ScanRun(as_of=DUE, started_at=RECORDED, duration_ms=1, actor="test", counts={})
        self.session.add_all([vendor, scan])
        self.session.flush()
        for index in range(len(self.plan.deals)):
            self._contract(index, vendor.id)
            made, by = self.deals[index], self._purchaser(index)
            write_service(self.session, made)
            write_file(self.session, made, by)
            write_money(self.session, made, index)
            self.events.append(write_alert(self.session, made, by, scan.id))
        keys = [deal.id for deal in self.deals]
        write_plan_standings(self.session, keys)
        settle_contracts(self.session, keys)
        messages = [self._message(told) for told in self.plan.messages]
        return World(self.organisations, self.programmes, self.deals, messages, self._person())

    def _organisation(self, parent: int | None) -> None:
        made = thing()
        self.session.add(
            Organisation(
                id=made.id,
                code=f"{made.number}",
                name=f"机构{made.mark('o')}",
                kind=OrganisationKind.DEPARTMENT,
                parent_id=None if parent is None else self.organisations[parent].id,
                **WHO,
            )
        )
        self.session.flush()
        self.organisations.append(made)

    def _programme(self, index: int, lead: int) -> None:
        made = thing()
        if index == 0:
            earlier = update(Programme).where(Programme.code == EVALUATED)
            self.session.execute(earlier.values(code=f"earlier-{made.number}"))
        self.session.add(
            Programme(
                id=made.id,
                code=EVALUATED if index == 0 else f"P-{made.number}",
                name=f"项目{made.mark('n')}",
                fiscal_year=2023,
                lead_id=self.organisations[lead].id,
                budget=Decimal("1234500.00"),
                **WHO,
            )
        )
        self.session.flush()
        about, text = str(made.id), f"合计不符{made.mark('f')}"
        self.session.add(
            Finding(code="test", subject=about, programme_id=made.id, message=text, **WHO)
        )
        self.session.flush()
        self.programmes.append(made)

    def _contract(self, index: int, vendor_id: UUID) -> None:
        made, deal = thing(), self.plan.deals[index]
        self.deals.append(made)
        self.session.add(
            Contract(
                id=made.id,
                number=made.mark("c"),
                name=f"合同{made.mark('c')}",
                purchaser_id=self._purchaser(index),
                vendor_id=vendor_id,
                programme_id=self.programmes[deal.programme].id,
                signed_on=BEGINS,
                service_start=BEGINS,
                service_end=date(2023, 12, 30),
                **WHO,
            )
        )
        self.session.flush()
        self._parties(index)
        about, text = str(made.id), f"两处不一{made.mark('f')}"
        amount = Decimal(10_000 << index)
        self.session.add_all(
            [
                ContractTotal(contract_id=made.id, valid_from=BEGINS, amount=amount, **WHO),
                Finding(code="test", subject=about, contract_id=made.id, message=text, **WHO),
            ]
        )

    def _parties(self, index: int) -> None:
        deal = self.plan.deals[index]
        parties = {
            PartyRole.PURCHASER: self._purchaser(index),
            PartyRole.LEAD: self.organisations[self.plan.leads[deal.programme]].id,
        }
        if deal.payer is not None:
            parties[PartyRole.PAYER] = self.organisations[deal.payer].id
        key = self.deals[index].id
        self.session.add_all(
            ContractParty(contract_id=key, role=role, organisation_id=who, **WHO)
            for role, who in parties.items()
        )

    def _purchaser(self, index: int) -> UUID:
        return self.organisations[self.plan.deals[index].purchaser].id

    def _message(self, told: frozenset[int]) -> Thing:
        body = "".join(self.deals[index].mark("b") for index in sorted(told))
        return write_message(self.session, body, [self.events[index] for index in sorted(told)])

    def _person(self) -> UUID:
        user = User(login=f"u{next(numbers)}", name="查看者", **WHO)
        self.session.add(user)
        self.session.flush()
        for held in self.plan.roles:
            first, last = held.span.days
            self.session.add(
                Membership(
                    user_id=user.id,
                    organisation_id=None
                    if held.organisation is None
                    else self.organisations[held.organisation].id,
                    role=held.role,
                    valid_from=first,
                    valid_to=last,
                    ended_at=RECORDED if held.span is Span.ENDED else None,
                    **WHO,
                )
            )
        self.session.flush()
        return user.id


def marks(text: str) -> Iterator[tuple[int, str]]:
    """The marks in a text: number and kind."""
    for number, kind in MARK.findall(text):
        yield int(number), kind
