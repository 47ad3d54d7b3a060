"""Write triggers, due dates and settlements when their cause happens, never while scanning."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from contracts.acceptance.models import Acceptance
from contracts.acceptance.passed import first_accepted
from contracts.events import ContractsChanged
from contracts.life.amendment_models import ContractAmendment
from contracts.models import Contract, ContractTotal
from contracts.service_models import ImplementationPlan, ServiceRound
from kernel.calendar_models import load_calendar
from kernel.day_count import Count, due_on
from kernel.errors import InputError
from kernel.sql import in_chunks
from kernel.working_days import WorkingCalendar
from payments.amendments.models import MilestoneAmount
from payments.models import Milestone, Payment, Settlement, Trigger
from payments.settlement import Terms, milestone_amounts, settle


class DueDateError(InputError):
    """The due date of a milestone cannot be told: it lies beyond the calendar."""

    def __init__(self, milestone: Milestone, refusal: InputError) -> None:
        found = refusal.problems[0]
        super().__init__("付款期限", f"应付日期推算不出：{found.message}")
        self.contract_id = milestone.contract_id
        self.milestone_id = milestone.id
        self.number = milestone.number
        self.days_allowed = milestone.days_allowed


@dataclass(frozen=True, slots=True)
class Causes:
    """What happened on a contract that can make a milestone payable.

    ``total`` is the one agreed at first: what amendments made of it is told milestone by milestone.
    """

    begins: date | None
    signed_on: date | None
    total: Decimal | None
    plan_approved_on: date | None
    rounds_confirmed: dict[int, date]
    accepted_on: date | None = None


def settle_changed_contracts(session: Session, event: ContractsChanged) -> None:
    """Handler: a contract's total, signing, plan or rounds changed."""
    settle_contracts(session, event.contract_ids)


def settle_contracts(session: Session, contract_ids: Collection[UUID]) -> None:
    """Rewrite triggers, due dates and settlements of the milestones of these contracts.

    Raises `DueDateError` for a due date beyond the calendar.
    """
    calendar = load_calendar(session)
    for chunk in in_chunks(sorted(contract_ids)):
        _settle_chunk(session, chunk, calendar)


def triggered_on(milestone: Milestone, causes: Causes) -> date | None:
    """The day the milestone became payable, None while its cause has not happened.

    A milestone that only waits for its date is payable from the contract's first day, one that
    waits for acceptance from the day it passed (保障中小企业款项支付条例 10). Invoices are recorded
    by a later ledger; until then the due date the ledger states stands.
    """
    match milestone.trigger_kind:
        case Trigger.SIGNING:
            return causes.signed_on
        case Trigger.PLAN_APPROVED:
            return causes.plan_approved_on
        case Trigger.ROUND_CONFIRMED:
            return causes.rounds_confirmed.get(milestone.trigger_round or 0)
        case Trigger.DATE:
            return causes.begins
        case Trigger.ACCEPTANCE:
            return causes.accepted_on
        case Trigger.INVOICE:
            return None


def _due_on(milestone: Milestone, trigger: date | None, calendar: WorkingCalendar) -> date | None:
    """The stated due date, else the trigger plus the days allowed, rolled (民法典 201, 203).

    Raises `DueDateError` when that lies beyond the calendar.
    """
    if milestone.due_on_given or trigger is None or milestone.days_allowed is None:
        return milestone.due_on_given
    try:
        return due_on(trigger, milestone.days_allowed, Count.ROLLED, calendar).due_on
    except InputError as refusal:
        raise DueDateError(milestone, refusal) from None


def _settle_chunk(
    session: Session, contract_ids: Sequence[UUID], calendar: WorkingCalendar
) -> None:
    causes = _causes(session, contract_ids)
    payments = _payments(session, contract_ids)
    amended = _amended(session, contract_ids)
    milestones = session.scalars(
        select(Milestone)
        .where(Milestone.contract_id.in_(contract_ids))
        .order_by(Milestone.contract_id, Milestone.number)
    ).all()
    stamps: list[dict[str, object]] = []
    rows: list[dict[str, object]] = []
    for contract_id, group in groupby(milestones, key=lambda milestone: milestone.contract_id):
        of_contract = list(group)
        cause = causes[contract_id]
        amounts = milestone_amounts(
            cause.total, [(item.share, item.amount_given) for item in of_contract]
        )
        for milestone, amount in zip(of_contract, amounts, strict=True):
            trigger = triggered_on(milestone, cause)
            due = _due_on(milestone, trigger, calendar)
            if (trigger, due) != (milestone.triggered_on, milestone.due_on):
                stamps.append({"key": milestone.id, "trigger": trigger, "due": due})
            known = payments.get(milestone.id, [])
            changes = amended.get(milestone.id, [])
            terms = Terms(amount, due, trigger, changes)
            rows += _settlement_rows(milestone, terms, cause, known)
    session.execute(delete(Settlement).where(Settlement.contract_id.in_(contract_ids)))
    if rows:
        # Without it each change of which fields are unknown begins another statement.
        session.execute(insert(Settlement).execution_options(render_nulls=True), rows)
    if stamps:
        session.connection().execute(
            update(Milestone.__table__)  # type: ignore[arg-type]  # a mapped class has a Table
            .where(Milestone.__table__.c.id == bindparam("key"))
            .values(triggered_on=bindparam("trigger"), due_on=bindparam("due")),
            stamps,
        )
        session.expire_all()


def _settlement_rows(
    milestone: Milestone,
    terms: Terms,
    cause: Causes,
    paid: list[tuple[date, Decimal]],
) -> list[dict[str, object]]:
    known = [day for day in (cause.begins, terms.due_on, *(day for day, _ in paid)) if day]
    if not known:
        return []
    begins = cause.begins or min(known)
    if milestone.due_on_given:
        terms = replace(terms, due_known_from=begins)
    return [
        {
            "milestone_id": milestone.id,
            "contract_id": milestone.contract_id,
            "valid_from": standing.valid_from,
            "valid_to": standing.valid_to,
            "due_on": standing.due_on,
            "amount": standing.amount,
            "paid": standing.paid,
            "unpaid": standing.unpaid,
        }
        for standing in settle(terms, paid, begins)
    ]


def _causes(session: Session, contract_ids: Sequence[UUID]) -> dict[UUID, Causes]:
    rounds: dict[UUID, dict[int, date]] = {}
    for contract_id, number, confirmed_on in session.execute(
        select(ServiceRound.contract_id, ServiceRound.number, ServiceRound.confirmed_on).where(
            ServiceRound.contract_id.in_(contract_ids), ServiceRound.confirmed_on.is_not(None)
        )
    ):
        if confirmed_on:
            rounds.setdefault(contract_id, {})[number] = confirmed_on
    approved = (
        select(func.min(ImplementationPlan.approved_on))
        .where(ImplementationPlan.contract_id == Contract.id)
        .scalar_subquery()
    )
    total = (
        select(ContractTotal.amount)
        .where(ContractTotal.contract_id == Contract.id, ContractTotal.superseded_at.is_(None))
        .order_by(ContractTotal.valid_from)
        .limit(1)
        .scalar_subquery()
    )
    accepted = select(first_accepted()).where(Acceptance.contract_id == Contract.id)
    found = session.execute(
        select(
            Contract.id,
            Contract.signed_on,
            Contract.service_start,
            total,
            approved,
            accepted.scalar_subquery(),
        ).where(Contract.id.in_(contract_ids))
    )
    return {
        key: Causes(signed or start, signed, amount, plan, rounds.get(key, {}), accepted_on)
        for key, signed, start, amount, plan, accepted_on in found
    }


def _amended(
    session: Session, contract_ids: Sequence[UUID]
) -> dict[UUID, list[tuple[date, Decimal]]]:
    """The amounts that amendments gave to milestones, in the order in which they hold."""
    amounts: dict[UUID, list[tuple[date, Decimal]]] = {}
    for milestone_id, day, amount in session.execute(
        select(MilestoneAmount.milestone_id, MilestoneAmount.valid_from, MilestoneAmount.amount)
        .join(ContractAmendment, ContractAmendment.id == MilestoneAmount.amendment_id)
        .where(MilestoneAmount.contract_id.in_(contract_ids))
        .order_by(MilestoneAmount.valid_from, ContractAmendment.number)
    ):
        amounts.setdefault(milestone_id, []).append((day, amount))
    return amounts


def _payments(
    session: Session, contract_ids: Sequence[UUID]
) -> dict[UUID, list[tuple[date, Decimal]]]:
    payments: dict[UUID, list[tuple[date, Decimal]]] = {}
    for milestone_id, paid_on, amount in session.execute(
        select(Payment.milestone_id, Payment.paid_on, Payment.amount).where(
            Payment.contract_id.in_(contract_ids), Payment.milestone_id.is_not(None)
        )
    ):
        if milestone_id:
            payments.setdefault(milestone_id, []).append((paid_on, amount))
    return payments
