"""Money in a file that comes again: payments are never overwritten, totals are dated versions."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import func, select

import samples
from contracts.models import Contract, ContractTotal
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from payments.models import Milestone, Payment, Settlement
from tests.api_ledger import items
from tests.workbooks import FIRST, LATER, Book, added, bring_in, changed, dump, said

HAMI = samples.path("hami-2023")


def test_payments_without_vouchers_are_known_by_their_content(
    database: Database, tmp_path: Path
) -> None:
    book = Book.sample()
    for row in range(4, 11):
        book.put("支付台账", row, "支付凭证号", "")
    bring_in(database, book.save(tmp_path / "a.xlsx"))
    before = dump(database)
    result = bring_in(database, book.save(tmp_path / "b.xlsx"), LATER)
    assert result.as_json()["unchanged"]["payments"] == 7
    assert dump(database) == before


def test_a_changed_payment_is_a_reversal_and_a_new_payment(hami: Database, tmp_path: Path) -> None:
    book = Book.sample().put("支付台账", 6, "本次付款额(万元)", 49.5)
    bring_in(hami, book.save(tmp_path / "hami-2023.xlsx"), LATER)
    with hami.reading(LOCAL_OPERATOR) as session:
        original, reversal, new = session.scalars(
            select(Payment).where(Payment.voucher == "2023-HM-0003").order_by(Payment.id)
        ).all()
        assert (original.amount, original.reversed) == (Decimal("500000.00"), True)
        assert original.recorded_at == FIRST.instant
        assert reversal.amount == Decimal("-500000.00")
        assert reversal.paid_on == original.paid_on
        assert reversal.reverses_id == original.id
        assert (new.amount, new.reversed) == (Decimal("495000.00"), False)
        paid = session.scalar(
            select(Settlement.paid).where(
                Settlement.milestone_id == new.milestone_id, Settlement.valid_to.is_(None)
            )
        )
        assert paid == Decimal("495000.00")
    before = dump(hami)
    again = bring_in(hami, book.save(tmp_path / "hami-2023.xlsx"), LATER)
    assert (added(again), changed(again)) == ({}, {})
    assert dump(hami) == before


def test_a_voucher_filled_in_later_is_the_same_payment(hami: Database, tmp_path: Path) -> None:
    book = Book.sample().put("支付台账", 6, "支付凭证号", "")
    bring_in(hami, book.save(tmp_path / "hami-2023.xlsx"), LATER)
    result = bring_in(hami, HAMI, LATER)
    assert said(result) == [
        ("payments", "HAMI-2023-01 2023-03-28 500000.00 元", "支付凭证号", "", "2023-HM-0003")
    ]
    with hami.reading(LOCAL_OPERATOR) as session:
        assert session.scalar(select(func.count()).select_from(Payment)) == 7


def test_a_changed_total_is_a_new_version_and_moves_what_is_due(
    hami: Database, tmp_path: Path
) -> None:
    book = Book.sample().put("合同台账", 4, "合同总额(万元)", "126.00万元")
    bring_in(hami, book.save(tmp_path / "hami-2023.xlsx"), LATER)
    with hami.reading(LOCAL_OPERATOR) as session:
        contract = session.scalars(select(Contract).where(Contract.number == "HAMI-2023-01")).one()
        old, new = session.scalars(
            select(ContractTotal)
            .where(ContractTotal.contract_id == contract.id)
            .order_by(ContractTotal.id)
        ).all()
        assert contract.version == 3  # its shares came after the row itself
        assert (old.amount, old.superseded_at) == (Decimal("1250000.00"), LATER.instant)
        assert (new.amount, new.superseded_at) == (Decimal("1260000.00"), None)
        assert new.valid_from == contract.signed_on
        unpaid = session.scalar(
            select(Settlement.unpaid)
            .join(Milestone, Milestone.id == Settlement.milestone_id)
            .where(
                Milestone.contract_id == contract.id,
                Milestone.number == 1,
                Settlement.valid_to.is_(None),
            )
        )
        assert unpaid == Decimal("4000.00")


def test_a_total_without_any_date_holds_on_every_day_until_the_date_is_known(
    database: Database, client: FlaskClient, tmp_path: Path
) -> None:
    def totals(day: str) -> list[str | None]:
        return [each["total"] for each in items(client, "contracts", as_of=day)]

    book = Book.sample("zibo-2023")
    signed = book.sheets["合同台账"][3][book.column("合同台账", "签订时间")]
    for heading in ("签订时间", "服务期限起"):
        book.put("合同台账", 4, heading, "")
    path = book.save(tmp_path / "a.xlsx")
    bring_in(database, path)
    assert (totals("1999-01-01"), totals("2023-12-31")) == (["1600000.00"], ["1600000.00"])
    before = dump(database)
    bring_in(database, path, LATER)
    assert dump(database) == before
    book.put("合同台账", 4, "签订时间", signed)
    bring_in(database, book.save(tmp_path / "a.xlsx"), LATER)
    with database.reading(LOCAL_OPERATOR) as session:
        now = select(ContractTotal).where(ContractTotal.superseded_at.is_(None))
        assert session.scalars(now).one().valid_from == date(2023, 4, 4)
