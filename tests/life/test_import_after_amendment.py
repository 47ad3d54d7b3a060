"""A ledger imported again after an amendment: 合同总额 is the one agreed at first, and stays so."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from contracts.life.agreed_terms import service_ends
from contracts.life.models import ContractState, ContractStep
from contracts.life.queries import states_on
from contracts.life.state_filter import in_state
from contracts.models import Contract, ContractTotal
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from payments.amendments.amending import Amendment, amend
from tests.clocks import StoppedClock
from tests.web import NOW, TODAY
from tests.workbooks import LATER, Book, bring_in, changed


def totals(database: Database, key: object) -> list[tuple[Decimal | None, date | None]]:
    with database.reading(LOCAL_OPERATOR) as session:
        found = session.execute(
            select(ContractTotal.amount, ContractTotal.valid_to)
            .where(ContractTotal.contract_id == key, ContractTotal.superseded_at.is_(None))
            .order_by(ContractTotal.valid_from)
        )
        return [(amount, ends) for amount, ends in found]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_ledger_imported_again_leaves_what_was_amended(
    database: Database, tmp_path: Path
) -> None:
    bring_in(database, Book.sample().save(tmp_path / "a.xlsx"))
    clock = StoppedClock(NOW, TODAY)
    with database.writing(LOCAL_OPERATOR) as session:
        found = session.scalars(select(Contract).where(Contract.number == "HAMI-2023-01")).one()
        if found.signed_on is None:
            found.signed_on = date(2023, 3, 1)
        day = found.signed_on + timedelta(days=30)
        wanted = Amendment.model_validate(
            {"signed_on": day, "amount_change": "50000", "milestones": "unchanged"}
        )
        amend(session, LOCAL_OPERATOR, clock, found.id, wanted)
        key = found.id
    agreed = [(Decimal("1250000.00"), day), (Decimal("1300000.00"), None)]
    assert totals(database, key) == agreed
    assert not bring_in(database, Book.sample().save(tmp_path / "b.xlsx"), LATER).errors
    assert totals(database, key) == agreed
    corrected = Book.sample().put("合同台账", 4, "合同总额(万元)", "126.00万元")
    assert not bring_in(database, corrected.save(tmp_path / "c.xlsx"), LATER).errors
    assert totals(database, key) == [(Decimal("1260000.00"), day), agreed[1]]


def test_a_ledger_imported_again_leaves_an_amended_term(database: Database, tmp_path: Path) -> None:
    bring_in(database, Book.sample().save(tmp_path / "a.xlsx"))
    clock, later = StoppedClock(NOW, TODAY), date(2024, 9, 30)
    with database.writing(LOCAL_OPERATOR) as session:
        found = session.scalars(select(Contract).where(Contract.number == "HAMI-2023-01")).one()
        key, first, signed = found.id, found.service_end, found.signed_on
        assert signed is not None
        day = signed + timedelta(days=30)
        wanted = Amendment.model_validate({"signed_on": day, "service_end": later})
        amend(session, LOCAL_OPERATOR, clock, key, wanted)

    def ends() -> list[date | None]:
        with database.reading(LOCAL_OPERATOR) as session:
            contract = session.get_one(Contract, key)
            days = (day - timedelta(days=1), day)
            return [service_ends(session, [contract], on)[key] for on in days]

    again = bring_in(database, Book.sample().save(tmp_path / "b.xlsx"), LATER)
    assert (again.errors, changed(again), ends()) == ((), {}, [first, later])
    sent_out = Book.sample().put("合同台账", 4, "服务期限止", later).save(tmp_path / "sent.xlsx")
    assert (changed(bring_in(database, sent_out, LATER)), ends()) == ({}, [first, later])
    book = Book.sample().put("合同台账", 4, "服务期限止", date(2024, 3, 31))
    told = bring_in(
        database, book.put("合同台账", 4, "服务内容", "改").save(tmp_path / "c.xlsx"), LATER
    )
    assert changed(told) == {"contracts": 1}
    assert ends() == [date(2024, 3, 31), later]


def test_a_draft_that_a_ledger_tells_to_be_signed_is_signed(
    database: Database, tmp_path: Path
) -> None:
    bring_in(database, Book.sample().save(tmp_path / "a.xlsx"))
    day = date(2023, 3, 7)
    with database.writing(LOCAL_OPERATOR) as session:
        found = session.scalars(select(Contract).where(Contract.number == "HAMI-2023-01")).one()
        session.add(
            ContractStep(
                contract_id=found.id,
                state=ContractState.DRAFT,
                since=day - timedelta(days=9),
                recorded_at=NOW,
                recorded_by="clerk",
            )
        )
        key = found.id
    told = {
        day - timedelta(days=1): ContractState.DRAFT,
        day: ContractState.SIGNED,
        date(2023, 12, 31): ContractState.IN_SERVICE,
    }
    with database.reading(LOCAL_OPERATOR) as session:
        for as_of, state in told.items():
            contract = session.get_one(Contract, key)
            assert states_on(session, [contract], as_of)[key] is state
            for each in ContractState:
                asked = select(Contract.id).where(Contract.id == key, in_state(each, as_of))
                assert (session.scalar(asked) == key) is (each is state), (each, as_of)
