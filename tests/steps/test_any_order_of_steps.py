"""Whoever presses whatever in whatever order: the same as a small model of the rules says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from contracts.steps import acts
from contracts.steps.facts import PaymentEntry
from contracts.steps.models import Act
from kernel.access.actor import LOCAL_OPERATOR, Actor
from kernel.database import Database
from kernel.errors import MonitorError
from payments.models import Payment
from tests.counts import DATABASE_EXAMPLES
from tests.step_ledger import StepLedger, another_contract, fill, payment
from tests.web import NOW, TODAY

ROLES = {
    "clerk": {"clerk"},
    "colleague": {"clerk", "checker", "head"},
    "checker": {"checker"},
    "head": {"head"},
    "above": {"head"},
    "sibling": set[str](),
}
AGREED = 400_000
Move = tuple[str, str, int, int]
MOVES = st.lists(
    st.tuples(
        st.sampled_from(sorted(ROLES)),
        st.sampled_from(["enter", "check", "approve", "return", "withdraw"]),
        st.integers(0, 3),
        st.sampled_from([1, 49_999, 50_000, 180_000, 400_000]),
    ),
    min_size=3,
    max_size=14,
)


@dataclass
class ModelAct:
    """An act as the rules tell it."""

    amount: int
    clerk: str
    state: str
    checker: str = ""
    ended_by: str = ""


@dataclass
class Model:
    """What should stand after some moves."""

    acts: list[ModelAct] = field(default_factory=list)

    def taken(self) -> int:
        return sum(act.amount for act in self.acts if act.state not in {"returned", "withdrawn"})

    def enter(self, who: str, amount: int) -> bool:
        if "clerk" not in ROLES[who] or amount > AGREED - self.taken():
            return False
        state = "to_check" if amount >= 50_000 else "to_approve"
        self.acts.append(ModelAct(amount, who, state))
        return True

    def move(self, who: str, verb: str, act: ModelAct) -> bool:
        """Whether it is allowed; a step taken twice by the same person is, and changes nothing."""
        if verb == "withdraw":
            return self._end(act, who, "withdrawn", may=who == act.clerk)
        if verb == "check" and act.checker == who and act.state not in {"returned", "withdrawn"}:
            return True
        due = {"to_check": "checker", "to_approve": "head"}.get(act.state, "")
        may = due in ROLES[who] and who not in {act.clerk, act.checker}
        if verb == "return":
            return self._end(act, who, "returned", may=may)
        if verb == "approve":
            may = may and act.state == "to_approve"
            return self._end(act, who, "done", may=may)
        if may and act.state == "to_check":
            act.checker, act.state = who, "to_approve"
            return True
        return False

    @staticmethod
    def _end(act: ModelAct, who: str, state: str, *, may: bool) -> bool:
        if act.state == state and act.ended_by == who:
            return True
        if not may or act.state not in {"to_check", "to_approve"}:
            return False
        act.state, act.ended_by = state, who
        return True


_numbers = count(1)


@pytest.mark.proof
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=DATABASE_EXAMPLES
)
@given(moves=MOVES)
def test_acts_follow_the_rules(database: Database, moves: list[Move]) -> None:
    ledger = _ledger(database)
    contract_id = another_contract(database, ledger, f"HT-M{next(_numbers)}")
    actors = {name: ledger.actor(database, name) for name in ROLES}
    model, keys = Model(), list[UUID]()
    for number, (who, verb, which, amount) in enumerate(moves):
        if verb == "enter" or not keys:
            body = payment(database, contract_id, f"{amount}.00", voucher=f"V-{number}")
            made = tried(database, actors[who], partial(_enter, body))
            assert (made is not None) == model.enter(who, amount), (who, amount)
            keys += [made.id] if made else []
        else:
            at = which % len(keys)
            step = _step(database, verb, keys[at])
            allowed = tried(database, actors[who], step) is not None
            assert allowed == model.move(who, verb, model.acts[at]), (who, verb, model.acts[at])
    with database.reading(LOCAL_OPERATOR) as session:
        found = session.scalars(select(Act).where(Act.contract_id == contract_id).order_by(Act.id))
        assert [act.state.value for act in found] == [act.state for act in model.acts]
        paid = session.scalar(
            select(func.sum(Payment.amount)).where(Payment.contract_id == contract_id)
        )
    done = sum(act.amount for act in model.acts if act.state == "done")
    assert (paid or Decimal(0)) == done <= AGREED


def _ledger(database: Database) -> StepLedger:
    known: StepLedger | None = getattr(database, "step_ledger", None)
    if known is None:
        known = fill(database)
        database.step_ledger = known  # type: ignore[attr-defined]  # once for all examples
    return known


def tried(database: Database, actor: Actor, press: Callable[[Any, Actor], Act]) -> Act | None:
    try:
        with database.writing(actor) as session:
            return press(session, actor)
    except MonitorError:
        return None


def _enter(body: dict[str, Any], session: Any, actor: Actor) -> Act:
    entry = PaymentEntry.model_validate(body)
    return acts.enter(session, actor, entry, f"{entry.contract_id}{entry.voucher}", TODAY, NOW)


def _step(database: Database, verb: str, key: UUID) -> Callable[[Any, Actor], Act]:
    with database.reading(LOCAL_OPERATOR) as session:
        version = session.get_one(Act, key).version

    def press(session: Any, actor: Actor) -> Act:
        if verb in {"check", "approve"}:
            step = acts.check if verb == "check" else acts.approve
            return step(session, actor, key, version, TODAY, NOW)
        end = acts.give_back if verb == "return" else acts.withdraw
        return end(session, actor, key, version, "理由", NOW)

    return press
