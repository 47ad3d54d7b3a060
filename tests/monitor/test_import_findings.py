"""Facts that contradict each other are recorded all the same, each with a finding in its cell."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

import samples
from contracts.finding_models import Finding
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from payments.models import Payment
from tests.workbooks import LATER, Book, bring_in, dump

Edit = Callable[[Book], object]
ROUNDS, PAYMENTS, CONTRACTS = "服务轮次", "支付台账", "合同台账"


def over_the_total(book: Book) -> None:
    book.add(
        PAYMENTS,
        合同编号="HAMI-2023-06",
        支付时间="2023.12.1",
        本次付款额="12万元",
        支付凭证号="X1",
    )


FACTS: dict[str, tuple[Edit, str, str, str]] = {
    "payment before signing": (
        lambda book: book.put(PAYMENTS, 4, "支付时间", "2023.1.31"),
        "payment_before_signing", "支付台账!F4", "2023-01-31 支付，早于合同签订 2023-02-01",
    ),
    "payments above the total": (
        over_the_total,
        "payments_above_total", "合同台账!M9", "累计支付 20.74 万元，超过合同总额 19.70 万元",
    ),
    "payment above its milestone": (
        lambda book: book.put(PAYMENTS, 4, "本次付款额(万元)", 21),
        "payment_above_milestone", "支付节点!B16", "累计支付 21.00 万元，超过应付 20.80 万元",
    ),
    "payment before its round was confirmed": (
        lambda book: book.put(PAYMENTS, 7, "支付时间", "2023年3月10日"),
        "payment_ahead", "支付台账!F7", "付款条件 2023-03-13 才成就，属提前支付",
    ),
    "payment of a round that is not confirmed": (
        lambda book: book.put(ROUNDS, 20, "确认日期", ""),
        "payment_ahead", "支付台账!F7", "条件轮次未确认，属提前支付",
    ),
    "a large payment without a resolution": (
        lambda book: book.put(PAYMENTS, 6, "会议纪要", ""),
        "no_resolution", "支付台账!I6", "支付 50.00 万元未附会议纪要",
    ),
    "a service that ends before it starts": (
        lambda book: book.put(CONTRACTS, 10, "服务期限止", "2023.2.28"),
        "service_reversed", "合同台账!L10", "服务期限止 2023-02-28 早于服务期限起 2023-03-01",
    ),
    "a round that ends before it starts": (
        lambda book: book.put(ROUNDS, 4, "结束日期", "2023.4.1"),
        "round_reversed", "服务轮次!F4", "结束日期 2023-04-01 早于开始日期",
    ),
    "a round before the service": (
        lambda book: book.put(ROUNDS, 4, "开始日期", "2023.3.1"),
        "round_outside_service", "服务轮次!E4", "早于服务期限起 2023-03-13",
    ),
    "a round after the service": (
        lambda book: book.put(ROUNDS, 4, "结束日期", "2024.3.13"),
        "round_outside_service", "服务轮次!F4", "晚于服务期限止 2024-03-12",
    ),
    "a confirmation before the round took place": (
        lambda book: book.put(ROUNDS, 4, "确认日期", "2023.4.9"),
        "round_confirmed_early", "服务轮次!V4", "确认日期 2023-04-09 早于该轮结束",
    ),
    "more rectified than found": (
        lambda book: book.put(ROUNDS, 4, "整改总数(项)", 359),
        "rectified_above_found", "服务轮次!P4", "整改总数 359 多于隐患总数 358",
    ),
    "parts that are not the whole": (
        lambda book: book.put(ROUNDS, 4, "重大隐患(项)", 4),
        "hazards_do_not_add_up", "服务轮次!M4", "隐患总数 358，一般、重大隐患之和为 359",
    ),
    "a plan approved before it was handed in": (
        lambda book: book.add("实施方案", 合同编号="HAMI-2023-01", 版本=1, 报送日期="2023.3.9",
                              审定日期="2023.3.8"),
        "plan_dates", "实施方案!E4", "审定日期 2023-03-08 早于报送日期 2023-03-09",
    ),
    "a paid column that disagrees": (
        lambda book: book.put(CONTRACTS, 4, "已付(万元)", 51),
        "paid_differs", "合同台账!N4", "“已付”写 51.00 万元，按支付台账为 50.00 万元",
    ),
    "an unpaid column that disagrees": (
        lambda book: book.put(CONTRACTS, 4, "未付(万元)", "75.5"),
        "unpaid_differs", "合同台账!O4", "“未付”写 75.50 万元，按支付台账为 75.00 万元",
    ),
    "a totals row that disagrees": (
        lambda book: book.sheets[PAYMENTS].append(["合 计", "", "", "", "", "", 201.0]),
        "sum_row", "支付台账!G11", "合计行写 201.00 万元，各行相加为 200.00 万元",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FACTS)
def test_a_contradiction_is_recorded_with_its_cell(
    database: Database, tmp_path: Path, name: str
) -> None:
    edit, code, place, message = FACTS[name]
    book = Book.sample()
    edit(book)
    result = bring_in(database, book.save(tmp_path / "odd.xlsx"))
    assert result.errors == ()
    with database.reading(LOCAL_OPERATOR) as session:
        found = session.scalars(select(Finding).where(Finding.code == code)).one()
    assert found.place == place
    assert message in found.message
    sheet, cell = place.split("!")
    assert any(
        each.sheet == sheet
        and f"{(each.column or '').partition(' ')[0]}{each.row}" == cell
        and message in each.message
        for each in result.findings
    )


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        (
            "hami-2023",
            {
                "odd_share": 1,
                "same_round_dates": 1,
                "hazard_count_differs_from_rounds": 1,
                "contradiction": 17,
            },
        ),
        ("zibo-2023", {"resource_contradicts": 1, "contradiction": 5}),
    ],
)
def test_the_samples_give_the_findings_that_their_facts_support(
    database: Database, name: str, codes: dict[str, int]
) -> None:
    result = bring_in(database, samples.path(name))
    with database.reading(LOCAL_OPERATOR) as session:
        found = dict(
            session.execute(select(Finding.code, func.count()).group_by(Finding.code)).all()
        )
    assert found == codes
    assert len(result.findings) == sum(codes.values())


def test_only_the_odd_amount_is_told_and_not_the_rest_that_fills_up(database: Database) -> None:
    bring_in(database, samples.path("hami-2023"))
    with database.reading(LOCAL_OPERATOR) as session:
        found = session.scalars(select(Finding).where(Finding.code == "odd_share")).one()
    assert found.message.startswith("8.74 万元占合同总额 19.70 万元的 44.37 %，不是整数比例")
    assert "假定" in found.message


def test_a_payment_on_the_day_of_its_condition_is_not_ahead(
    database: Database, tmp_path: Path
) -> None:
    book = Book.sample().put(PAYMENTS, 7, "支付时间", "2023.3.13")
    result = bring_in(database, book.save(tmp_path / "a.xlsx"))
    assert not [each for each in result.findings if each.sheet == PAYMENTS]


def test_a_subtotal_counts_the_rows_since_the_last_one(database: Database, tmp_path: Path) -> None:
    book = Book.sample()
    lines = book.sheets[PAYMENTS]
    lines.insert(5, ["小计", "", "", "", "", "", 44.32])
    lines.append(["小计", "", "", "", "", "", 155.68])
    lines.append(["合计", "", "", "", "", "", 200.0])
    result = bring_in(database, book.save(tmp_path / "a.xlsx"))
    assert not result.errors
    assert not [each for each in result.findings if "合计行" in each.message]


def test_a_corrected_payment_ends_its_finding_and_the_facts_stay(
    database: Database, tmp_path: Path
) -> None:
    wrong = Book.sample().put(PAYMENTS, 4, "支付时间", "2023.1.31")
    bring_in(database, wrong.save(tmp_path / "hami-2023.xlsx"))
    bring_in(database, samples.path("hami-2023"), LATER)
    with database.reading(LOCAL_OPERATOR) as session:
        found = session.scalars(
            select(Finding).where(Finding.code == "payment_before_signing")
        ).one()
        assert found.ended_at == LATER.instant
        assert session.scalar(select(func.count()).select_from(Payment)) == 9


def test_findings_that_still_follow_are_kept_when_the_file_comes_again(
    database: Database, tmp_path: Path
) -> None:
    book = Book.sample()
    for edit, *_ in FACTS.values():
        edit(book)
    path = book.save(tmp_path / "odd.xlsx")
    assert bring_in(database, path).errors == ()
    before = dump(database)
    bring_in(database, path, LATER)
    assert dump(database) == before


def test_a_finding_of_a_payment_that_the_file_lacks_names_its_contract(
    database: Database, tmp_path: Path
) -> None:
    book = Book.sample().put(PAYMENTS, 6, "会议纪要", "")
    bring_in(database, book.save(tmp_path / "hami-2023.xlsx"))
    result = bring_in(database, book.drop(PAYMENTS, 6).save(tmp_path / "hami-2023.xlsx"), LATER)
    assert [each.key for each in result.missing] == ["HAMI-2023-01 2023-HM-0003"]
    kept = [each for each in result.findings if "会议纪要" in each.message]
    assert [(each.sheet, each.row) for each in kept] == [("", None)]
    assert kept[0].message.startswith("HAMI-2023-01：")
