"""What a person's own import may reach: no programme's findings, no other's contracts."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import samples
from contracts.finding_models import Finding
from contracts.imports.models import RunState
from contracts.models import Contract
from kernel.access.actor import LOCAL_OPERATOR, Actor
from kernel.access.roles import Role
from kernel.database import Database
from kernel.errors import ForbiddenError
from people.actors import actor_of
from people.models import Membership
from tests.imports.import_runs import facts, run_import, undo
from tests.people import hold, person
from tests.workbooks import FIRST, LATER, Book, Line, bring_in

NUMBER = "HAMI-2023-08"


def _clerk_of(database: Database) -> Actor:
    """The clerk of the purchaser of one of the eight contracts, after the ledger came in."""
    bring_in(database, samples.path("hami-2023"))
    with database.writing(LOCAL_OPERATOR) as session:
        buyer = select(Contract.purchaser_id).where(Contract.number == NUMBER)
        user = person(session, "clerk", (Role.CLERK, session.scalars(buyer).one()))
        return _actor(session, user.id)


def _actor(session: Session, user_id: UUID) -> Actor:
    found = actor_of(session, user_id, LATER.business_date())
    assert found is not None
    return found


def _own_book() -> Book:
    """The contract's row above a 合计 that disagrees, and a contradiction of the whole programme."""
    book = Book.sample()
    contracts, told = book.sheets["合同台账"], book.sheets["核对记录"]
    rows = [line for line in contracts[3:] if line[1] == NUMBER]
    total: Line = ["合计", *[""] * (len(rows[0]) - 1)]
    total[book.column("合同台账", "合同总额(万元)")] = 5
    book.sheets = {
        "合同台账": [*contracts[:3], *rows, total],
        "核对记录": [*told[:3], *(line for line in told[3:] if line[1] == "")],
    }
    return book


def test_a_purchasers_import_writes_no_finding_of_the_programme_and_names_no_other_contract(
    database: Database, tmp_path: Path
) -> None:
    clerk = _clerk_of(database)
    programmes = select(Finding.id).where(
        Finding.programme_id.is_not(None), Finding.ended_at.is_(None)
    )
    with database.reading(LOCAL_OPERATOR) as session:
        before = set(session.scalars(programmes))
    run = run_import(database, _own_book().save(tmp_path / "mine.xlsx"), LATER, actor=clerk)
    assert run.report is not None
    assert (run.state, run.report["missing"]) == (RunState.DONE, [])
    sums = select(Contract.number).join(Finding, Finding.contract_id == Contract.id)
    with database.reading(LOCAL_OPERATOR) as session:
        assert set(session.scalars(programmes)) == before
        assert session.scalars(sums.where(Finding.code == "sum_row")).all() == [NUMBER]


def test_who_changed_posts_takes_back_no_import_of_the_former_post(
    database: Database, tmp_path: Path
) -> None:
    clerk = _clerk_of(database)
    book = _own_book().put("合同台账", 4, "服务内容", "改过的内容")
    run = run_import(database, book.save(tmp_path / "mine.xlsx"), LATER, actor=clerk)
    assert run.changed == 1
    with database.writing(LOCAL_OPERATOR) as session:
        held = session.scalars(select(Membership).where(Membership.user_id == clerk.user_id)).one()
        other = select(Contract.purchaser_id).where(Contract.purchaser_id != held.organisation_id)
        held.valid_to = FIRST.business_date()
        hold(session, held.user_id, Role.CLERK, session.scalars(other).first())
        moved = _actor(session, held.user_id)
    before = facts(database)
    with pytest.raises(ForbiddenError):
        undo(database, run.id, moved)
    assert facts(database) == before
    undo(database, run.id, clerk)
    assert facts(database) != before
