"""What the last step of a payment or a reversal writes: rows, never a change of an amount."""

from typing import Any

from sqlalchemy.orm import Session

from contracts.steps.events import ActToWrite
from contracts.steps.facts import PaymentEntry, PaymentReversal
from kernel.keys import new_key
from payments.acts.payment_rules import payment_to_reverse
from payments.models import BY_ACT, Payment
from payments.settling import settle_contracts

_SAME = ("contract_id", "milestone_id", "paid_on", "payee", "voucher", "resolution", "assumed")
"""What a reversal has in common with the payment that it takes back."""


def write_payment_act(session: Session, event: ActToWrite) -> None:
    """Handler: writes the payment or its reversal and settles the contract's milestones."""
    if isinstance(event.entry, PaymentEntry):
        row = Payment(**_payment(event.entry), **_stamp(event))
    elif isinstance(event.entry, PaymentReversal):
        wrong = payment_to_reverse(session, event.entry)
        wrong.reversed, wrong.version = True, wrong.version + 1
        session.flush()
        row = Payment(
            **{name: getattr(wrong, name) for name in _SAME},
            amount=-wrong.amount,
            reason=event.entry.reason,
            reverses_id=wrong.id,
            **_stamp(event),
        )
    else:
        return
    session.add(row)
    session.flush()
    settle_contracts(session, [row.contract_id])
    event.result_id = row.id


def _payment(entry: PaymentEntry) -> dict[str, Any]:
    names = ("contract_id", "milestone_id", "amount", "paid_on", "voucher", "payee", "resolution",
             "reason")  # fmt: skip
    return {name: getattr(entry, name) for name in names}


def _stamp(event: ActToWrite) -> dict[str, Any]:
    return {
        "id": new_key(),
        "source": f"{BY_ACT} {event.act_id}",
        "recorded_at": event.now,
        "recorded_by": event.by,
    }
