"""A world written into the ledger, with a mark in every text: Q, a number, and the kind of fact.

What a page shows so tells whose it is and of what kind. Kinds beside those of the oracle: n a
programme, o an organisation, b the frozen body of a message (shown to nobody), r a receiver's answer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from alerts.delivery_models import Delivery, DeliveryAttempt, Message, MessageState
from alerts.models import Alert, AlertEpisode, AlertEvent, AlertState, Change, ScanRun
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
from contracts.service_models import ImplementationPlan, RoundKind, ServiceRound, SupervisionRecord
from kernel.keys import new_key
from payments.models import Milestone, MilestoneKind, Payment, Trigger
from payments.settling import settle_contracts
from people.models import Membership, User
from tests.access.plans import Plan, Span
from tests.alert_ledger import channel
from tests.ledger import RECORDED, WHO

MARK = re.compile(r"Q(\d{6})([a-z])")
EVALUATED = "HAMI-2023-DSF"
"""The programme's code that the evaluation hami-2023 asks for; the newest world has it."""
BEGINS, DUE, PAID = date(2023, 1, 2), date(2023, 6, 30), date(2023, 5, 20)
_numbers = count(1)


@dataclass(frozen=True)
class Thing:
    """Something written: its number in marks, its key, and the keys of its records by API name."""

    number: int
    id: UUID
    records: dict[str, UUID]

    def mark(self, kind: str) -> str:
        """Its mark in texts of a kind."""
        return f"Q{self.number:06d}{kind}"


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


def _thing() -> Thing:
    return Thing(next(_numbers), new_key(), {})


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
        vendor = Vendor(name=f"承接单位{next(_numbers)}", **WHO)
        scan = ScanRun(as_of=DUE, started_at=RECORDED, duration_ms=1, actor="test", counts={})
        self.session.add_all([vendor, scan])
        self.session.flush()
        for index in range(len(self.plan.deals)):
            self._contract(index, vendor.id)
            self._service(index)
            self._money(index)
            self._alert(index, scan.id)
        keys = [deal.id for deal in self.deals]
        write_plan_standings(self.session, keys)
        settle_contracts(self.session, keys)
        messages = [self._message(told) for told in self.plan.messages]
        return World(self.organisations, self.programmes, self.deals, messages, self._person())

    def _organisation(self, parent: int | None) -> None:
        made = _thing()
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
        made = _thing()
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
        made, deal = _thing(), self.plan.deals[index]
        purchaser = self.organisations[deal.purchaser].id
        self.session.add(
            Contract(
                id=made.id,
                number=made.mark("c"),
                name=f"合同{made.mark('c')}",
                purchaser_id=purchaser,
                vendor_id=vendor_id,
                programme_id=self.programmes[deal.programme].id,
                signed_on=BEGINS,
                service_start=BEGINS,
                service_end=date(2023, 12, 30),
                **WHO,
            )
        )
        self.session.flush()
        parties = {
            PartyRole.PURCHASER: purchaser,
            PartyRole.LEAD: self.organisations[self.plan.leads[deal.programme]].id,
        }
        if deal.payer is not None:
            parties[PartyRole.PAYER] = self.organisations[deal.payer].id
        self.session.add_all(
            ContractParty(contract_id=made.id, role=role, organisation_id=who, **WHO)
            for role, who in parties.items()
        )
        self.session.add_all(
            [
                ContractTotal(
                    contract_id=made.id, valid_from=BEGINS, amount=Decimal(10_000 << index), **WHO
                ),
                Finding(
                    code="test",
                    subject=str(made.id),
                    contract_id=made.id,
                    message=f"两处不一{made.mark('f')}",
                    **WHO,
                ),
            ]
        )
        self.deals.append(made)

    def _service(self, index: int) -> None:
        made = self.deals[index]
        plan, served = new_key(), new_key()
        of_it: dict[str, Any] = {"contract_id": made.id, "note": made.mark("s"), **WHO}
        by = self.organisations[self.plan.deals[index].purchaser].id
        self.session.add_all(
            [
                ImplementationPlan(id=plan, number=1, submitted_on=BEGINS, **of_it),
                ServiceRound(
                    id=served,
                    number=1,
                    kind=RoundKind.DRILL,
                    started_on=DUE,
                    ended_on=DUE,
                    **of_it,
                ),
                SupervisionRecord(
                    organisation_id=by, checked_on=DUE, looked_at=made.mark("s"), **of_it
                ),
            ]
        )
        self.session.flush()
        made.records.update(plans=plan, rounds=served)

    def _money(self, index: int) -> None:
        made = self.deals[index]
        milestone, payment = new_key(), new_key()
        self.session.add(
            Milestone(
                id=milestone,
                contract_id=made.id,
                number=1,
                name=made.mark("m"),
                kind=MilestoneKind.FIRST,
                amount_given=Decimal(1_000 << index),
                trigger_kind=Trigger.DATE,
                due_on_given=DUE,
                **WHO,
            )
        )
        self.session.flush()
        self.session.add(
            Payment(
                id=payment,
                contract_id=made.id,
                milestone_id=milestone,
                paid_on=PAID,
                amount=Decimal(100 << index),
                voucher=made.mark("m"),
                **WHO,
            )
        )
        self.session.flush()
        made.records.update(milestones=milestone, payments=payment)

    def _alert(self, index: int, scan_id: UUID) -> None:
        made, alert, event = self.deals[index], new_key(), new_key()
        facts = {
            "milestone": made.mark("a"),
            "milestone_number": 1,
            "due_on": DUE.isoformat(),
            "amount_fen": 100,
            "paid_fen": 0,
            "unpaid_fen": 100,
            "assumed": [],
        }
        self.session.add(
            Alert(
                id=alert,
                rule="late_payment",
                subject_id=new_key(),
                contract_id=made.id,
                organisation_id=self.organisations[self.plan.deals[index].purchaser].id,
                severity=2,
                state=AlertState.OPEN,
                since=DUE,
                facts=facts,
                opened_on=DUE,
                seen_scan_id=scan_id,
                change=Change.OPENED,
                change_scan_id=scan_id,
                recorded_at=RECORDED,
            )
        )
        self.session.flush()
        self.session.add_all(
            [
                AlertEpisode(alert_id=alert, number=1, since=DUE, opened_on=DUE, worst_severity=2),
                AlertEvent(
                    id=event,
                    alert_id=alert,
                    scan_id=scan_id,
                    change=Change.OPENED,
                    as_of=DUE,
                    severity=2,
                    facts=facts,
                    recorded_at=RECORDED,
                ),
            ]
        )
        self.session.flush()
        made.records["alerts"] = alert
        self.events.append(event)

    def _message(self, told: frozenset[int]) -> Thing:
        made = _thing()
        # A channel of its own: an event reaches a channel once.
        target = channel(self.session, "http://127.0.0.1:9/hook", f"渠道{made.mark('d')}")
        self.session.add(
            Message(
                id=made.id,
                channel_id=target,
                body="".join(self.deals[index].mark("b") for index in sorted(told)),
                alert_count=len(told),
                state=MessageState.PARKED,
                next_attempt_at=RECORDED,
                created_at=RECORDED,
                park_reason="对方拒绝",
            )
        )
        self.session.flush()
        self.session.add_all(
            Delivery(
                event_id=self.events[index],
                channel_id=target,
                message_id=made.id,
                recorded_at=RECORDED,
            )
            for index in told
        )
        self.session.add(
            DeliveryAttempt(
                message_id=made.id,
                number=1,
                started_at=RECORDED,
                latency_ms=1,
                status=500,
                answer=made.mark("r"),
            )
        )
        self.session.flush()
        return made

    def _person(self) -> UUID:
        user = User(login=f"u{next(_numbers)}", name="查看者", **WHO)
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
