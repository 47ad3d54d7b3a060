"""How many steps: the nearest organisation that says anything of the amount, else the default."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from contracts.models import Organisation, OrganisationKind
from contracts.steps.models import ActKind, Steps, StepSetting
from contracts.steps.step_settings import steps_of
from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from kernel.keys import new_key
from kernel.trail.models import AuditEntry
from tests.counts import DATABASE_EXAMPLES
from tests.ledger import WHO
from tests.people import person
from tests.step_ledger import Person, StepLedger, fill, payment, people_of
from tests.web import TODAY, client_as

DEEP = 4
AMOUNTS = [Decimal(n) for n in ("0.00", "0.01", "49999.99", "50000.00", "50000.01", "900000.00")]


@dataclass(frozen=True)
class Rule:
    """A setting at a depth of the chain (None: the whole service), begun so many days ago."""

    depth: int | None
    from_amount: Decimal
    steps: Steps
    begun: int
    ended: bool


RULES = st.lists(
    st.builds(
        Rule,
        st.none() | st.integers(0, DEEP - 1),
        st.sampled_from(AMOUNTS),
        st.sampled_from(Steps),
        st.integers(-2, 2),
        st.booleans(),
    ),
    max_size=8,
    unique_by=lambda rule: (rule.depth, rule.from_amount, rule.begun),
)


def expected(rules: list[Rule], at: int, amount: Decimal) -> Steps:
    """Walk up from the organisation, then ask the whole service, then the assumed default."""
    for place in [*range(at, -1, -1), None]:
        told: dict[Decimal, Rule] = {}
        for rule in sorted(rules, key=lambda rule: -rule.begun):
            if rule.depth == place and not rule.ended and rule.begun >= 0:
                told[rule.from_amount] = rule
        reached = [least for least in told if least <= amount]
        if reached:
            return told[max(reached)].steps
    return Steps.CLERK_CHECKER_HEAD if amount >= 50_000 else Steps.CLERK_HEAD


@pytest.mark.proof
@settings(
    max_examples=DATABASE_EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(RULES, st.integers(0, DEEP - 1), st.sampled_from(AMOUNTS))
def test_steps_by_amount_and_tree(
    database: Database, rules: list[Rule], at: int, amount: Decimal
) -> None:
    with database.rehearsing(LOCAL_OPERATOR) as session:
        session.execute(delete(StepSetting)) if database.is_sqlite else None
        chain = _chain(session)
        session.add_all(
            StepSetting(
                organisation_id=None if rule.depth is None else chain[rule.depth],
                kind=ActKind.PAYMENT,
                from_amount=rule.from_amount,
                steps=rule.steps,
                valid_from=TODAY - timedelta(days=rule.begun),
                ended_at=WHO["recorded_at"] if rule.ended else None,
                ended_by="x" if rule.ended else "",
                **WHO,
            )
            for rule in rules
        )
        session.flush()
        found = steps_of(session, chain[at], ActKind.PAYMENT, amount, TODAY)
    assert found is expected(rules, at, amount)


def _chain(session: Any) -> list[UUID]:
    keys = [new_key() for _ in range(DEEP)]
    for depth, key in enumerate(keys):
        session.add(
            Organisation(
                id=key,
                code=f"C-{key}",
                name=f"第{depth}级{key}",
                kind=OrganisationKind.DEPARTMENT,
                parent_id=keys[depth - 1] if depth else None,
                **WHO,
            )
        )
        session.flush()
    return keys


@pytest.fixture
def ledger(database: Database) -> StepLedger:
    return fill(database)


def security_admin(database: Database, data_dir: Path) -> Person:
    with database.writing(LOCAL_OPERATOR) as session:
        admin = person(session, "anquan", (Role.SECURITY_ADMIN, None)).id
    return Person(client_as(database, data_dir, admin))


def setting(ledger: StepLedger, **more: Any) -> dict[str, Any]:
    return {
        "organisation_id": str(ledger.organisations["zone"]),
        "kind": "payment",
        "from_amount": "0",
        "steps": "clerk",
        "valid_from": TODAY.isoformat(),
        "reason": "本单位仅一人",
        **more,
    }


def test_a_unit_of_one_person_switches_its_steps_off(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    clerk, head = people_of(database, tmp_path, ledger, "clerk", "head")
    unexplained = head.post("step-settings", setting(ledger, reason=""))
    assert unexplained.get_json()["errors"][0]["field"] == "reason"
    assert head.post("step-settings", setting(ledger)).status_code == 201
    act = clerk.post("acts", payment(database, ledger.paid_by_zone, "60000.00")).get_json()
    assert (act["state"], act["steps"], act["approved_by"]) == ("done", "clerk", "")
    (shown,) = head.get("step-settings").get_json()["items"]
    assert (shown["steps"], shown["reason"], shown["recorded_by"]) == (
        "clerk",
        "本单位仅一人",
        "head",
    )
    with database.reading(LOCAL_OPERATOR) as session:
        (told,) = session.scalars(
            select(AuditEntry).where(AuditEntry.object_kind == "step_setting")
        ).all()
    assert (told.actor, told.reason) == ("head", "本单位仅一人")


def test_what_was_entered_before_keeps_its_steps(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    clerk, head = people_of(database, tmp_path, ledger, "clerk", "head")
    before = clerk.post("acts", payment(database, ledger.paid_by_zone)).get_json()
    assert head.post("step-settings", setting(ledger)).status_code == 201
    assert clerk.get(f"acts/{before['id']}").get_json()["state"] == "to_approve"


def test_a_setting_for_a_later_day_waits(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    clerk, head = people_of(database, tmp_path, ledger, "clerk", "head")
    later = setting(ledger, valid_from=str(TODAY + timedelta(days=1)))
    assert head.post("step-settings", later).status_code == 201
    act = clerk.post("acts", payment(database, ledger.paid_by_zone)).get_json()
    assert act["steps"] == "clerk_head"
    past = head.post("step-settings", setting(ledger, valid_from=str(date(2023, 1, 1))))
    assert past.get_json()["errors"][0]["field"] == "valid_from"


def test_whose_steps_one_may_set(database: Database, tmp_path: Path, ledger: StepLedger) -> None:
    clerk, head, above = people_of(database, tmp_path, ledger, "clerk", "head", "above")
    admin = security_admin(database, tmp_path)
    assert clerk.post("step-settings", setting(ledger)).status_code == 403
    assert clerk.get("step-settings").status_code == 403
    for out_of_reach in (None, str(ledger.organisations["sibling"]), str(new_key())):
        answer = head.post("step-settings", setting(ledger, organisation_id=out_of_reach))
        assert answer.get_json()["errors"][0]["field"] == "organisation_id"
    assert above.post("step-settings", setting(ledger)).status_code == 201
    assert admin.post("step-settings", setting(ledger, organisation_id=None)).status_code == 201
    assert admin.get("acts").status_code == 403
    assert len(admin.get("step-settings").get_json()["items"]) == 2


def test_the_second_of_two_who_set_is_told(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    head, admin = *people_of(database, tmp_path, ledger, "head"), security_admin(database, tmp_path)
    first = head.post("step-settings", setting(ledger)).get_json()
    assert admin.post("step-settings", setting(ledger)).status_code == 409
    replaced = admin.post(
        "step-settings", setting(ledger, steps="clerk_head", replaces=first["id"])
    )
    assert replaced.status_code == 201
    end = {"version": first["version"], "reason": "不再需要"}
    assert head.post(f"step-settings/{first['id']}/end", end).status_code == 404
    second = replaced.get_json()
    assert head.post(f"step-settings/{second['id']}/end", {**end, "version": 9}).status_code == 409
    assert head.post(f"step-settings/{second['id']}/end", end).status_code == 200
    assert head.get("step-settings").get_json()["items"] == []


def test_amounts_are_for_money_only(database: Database, tmp_path: Path, ledger: StepLedger) -> None:
    (head,) = people_of(database, tmp_path, ledger, "head")
    body = setting(ledger, kind="plan_decision", from_amount="1.00")
    assert head.post("step-settings", body).get_json()["errors"][0]["field"] == "from_amount"
