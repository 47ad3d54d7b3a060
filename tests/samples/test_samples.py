from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import chinese_calendar
import pytest
from python_calamine import CalamineWorkbook

import samples
from samples.generate import LEDGERS, SHEETS, main
from samples.ledger import Ledger, LedgerRow, assumed_headings, headings

Table = list[dict[str, Any]]
YEAR = (date(2023, 1, 1), date(2023, 12, 31))
NAMES = sorted(LEDGERS)
ROWS = {
    "hami-2023": {
        "组织机构": 7,
        "预算项目": 1,
        "合同台账": 8,
        "支付节点": 17,
        "支付台账": 7,
        "服务轮次": 24,
        "实施方案": 0,
        "督促检查": 0,
        "核对记录": 17,
    },
    "zibo-2023": {
        "组织机构": 4,
        "预算项目": 1,
        "合同台账": 1,
        "支付节点": 17,
        "支付台账": 17,
        "服务轮次": 3,
        "实施方案": 1,
        "督促检查": 0,
        "核对记录": 5,
    },
}


def read(name: str, sheet: str) -> tuple[Table, dict[str, Any] | None]:
    """Read a sheet as a user's tool would: its data rows, and its totals row where it has one."""
    book = CalamineWorkbook.from_path(samples.path(name))
    lines = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    names = [str(name) for name in lines[2]]
    rows: Table = [dict(zip(names, line, strict=True)) for line in lines[3:]]
    if rows and lines[-1][0] == "合计":
        return rows[:-1], rows[-1]
    return rows, None


def as_date(value: object) -> date:
    """Understand the three spellings that the samples mix."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).replace("年", ".").replace("月", ".").replace("日", "")
    year, month, day = map(int, text.split("."))
    return date(year, month, day)


def total(rows: Table, heading: str) -> Decimal:
    return sum((Decimal(str(row[heading])) for row in rows if row[heading] != ""), Decimal(0))


def assumable(ledger: Ledger) -> Iterator[LedgerRow]:
    for _, attribute in SHEETS:
        yield from (row for row in getattr(ledger, attribute) if isinstance(row, LedgerRow))


@pytest.mark.parametrize("name", NAMES)
def test_each_sheet_has_title_unit_headings_and_its_rows(name: str) -> None:
    book = CalamineWorkbook.from_path(samples.path(name))
    tables = LEDGERS[name].tables
    assert book.sheet_names == [plan.name for plan, _ in SHEETS] + [each.name for each in tables]
    for each in tables:
        lines = book.get_sheet_by_name(each.name).to_python(skip_empty_area=False)
        assert lines[2] == [*(heading for heading, _kind in each.headings), "假定", "备注"]
        assert len(lines) == 3 + len(each.rows)
    for plan, _ in SHEETS:
        lines = book.get_sheet_by_name(plan.name).to_python(skip_empty_area=False)
        assert lines[0][0] == f"{LEDGERS[name].title} {plan.name}"
        assert lines[1][0] == plan.unit
        assert lines[2] == headings(plan.row_type)
        assert len(read(name, plan.name)[0]) == ROWS[name][plan.name]


@pytest.mark.parametrize(
    ("name", "sheet", "heading", "expected"),
    [
        ("hami-2023", "合同台账", "合同总额(万元)", "473.7"),
        ("hami-2023", "合同台账", "已付(万元)", "200"),
        ("hami-2023", "合同台账", "未付(万元)", "273.7"),
        ("hami-2023", "支付台账", "本次付款额(万元)", "200"),
        ("zibo-2023", "合同台账", "合同总额(万元)", "160"),
        ("zibo-2023", "支付节点", "金额(万元)", "160"),
        ("zibo-2023", "支付台账", "本次付款额(万元)", "160"),
    ],
)
def test_amounts_add_up_to_the_report_and_to_the_totals_row(
    name: str, sheet: str, heading: str, expected: str
) -> None:
    rows, totals = read(name, sheet)
    assert total(rows, heading) == Decimal(expected)
    assert totals is not None
    assert Decimal(str(totals[heading])) == Decimal(expected)


def test_two_hami_contracts_have_no_amounts_rather_than_zero() -> None:
    rows, _ = read("hami-2023", "合同台账")
    blank = [row["合同编号"] for row in rows if row["合同总额(万元)"] == ""]
    assert blank == ["HAMI-2023-07", "HAMI-2023-08"]
    assert all(row["已付(万元)"] == row["未付(万元)"] == "" for row in rows[6:])


@pytest.mark.parametrize("name", NAMES)
def test_payments_add_up_to_each_contracts_paid_amount(name: str) -> None:
    payments, _ = read(name, "支付台账")
    for contract in read(name, "合同台账")[0]:
        own = [row for row in payments if row["合同编号"] == contract["合同编号"]]
        assert total(own, "本次付款额(万元)") == total([contract], "已付(万元)")


@pytest.mark.parametrize("name", NAMES)
def test_milestones_make_up_the_contract_and_cover_their_payments(name: str) -> None:
    milestones, _ = read(name, "支付节点")
    payments, _ = read(name, "支付台账")
    for contract in read(name, "合同台账")[0]:
        own = [row for row in milestones if row["合同编号"] == contract["合同编号"]]
        assert all((row["比例(%)"] == "") != (row["金额(万元)"] == "") for row in own)
        value = total([contract], "合同总额(万元)")
        due = {
            row["节点序号"]: total([row], "金额(万元)") + value * total([row], "比例(%)") / 100
            for row in own
        }
        assert sum(due.values(), Decimal(0)) == value
        for payment in payments:
            if payment["合同编号"] == contract["合同编号"]:
                assert total([payment], "本次付款额(万元)") == due[payment["节点序号"]]


@pytest.mark.parametrize("name", NAMES)
def test_due_dates_and_payments_are_working_days_of_2023(name: str) -> None:
    due = [as_date(row["应付日期"]) for row in read(name, "支付节点")[0] if row["应付日期"]]
    paid = [as_date(row["支付时间"]) for row in read(name, "支付台账")[0]]
    assert len(due) == len(paid)
    for day in due + paid:
        assert YEAR[0] <= day <= YEAR[1]
        assert chinese_calendar.is_workday(day)


def test_hami_pays_after_the_condition_and_by_the_due_date() -> None:
    signed = {row["合同编号"]: row["签订时间"] for row in read("hami-2023", "合同台账")[0]}
    confirmed = {
        (row["合同编号"], row["轮次"]): row["确认日期"]
        for row in read("hami-2023", "服务轮次")[0]
        if row["确认日期"]
    }
    milestones = {
        (row["合同编号"], row["节点序号"]): row for row in read("hami-2023", "支付节点")[0]
    }
    for payment in read("hami-2023", "支付台账")[0]:
        row = milestones.pop((payment["合同编号"], payment["节点序号"]))
        caused = (
            signed[row["合同编号"]]
            if row["付款条件"] == "合同签订"
            else confirmed[row["合同编号"], row["条件轮次"]]
        )
        days = (as_date(row["应付日期"]) - as_date(caused)).days
        assert days == row["付款期限(天)"]
        assert as_date(caused) <= as_date(payment["支付时间"]) <= as_date(row["应付日期"])
    for row in milestones.values():
        assert row["应付日期"] == ""
        assert (row["合同编号"], row["条件轮次"]) not in confirmed


def test_zibo_pays_one_in_five_of_labour_and_rent_late_and_all_within_the_year() -> None:
    due = {row["节点序号"]: row for row in read("zibo-2023", "支付节点")[0]}
    late: dict[str, list[int]] = {"场地租赁费": [], "人员劳务费": [], "器材耗材费": []}
    for payment in read("zibo-2023", "支付台账")[0]:
        row = due[payment["节点序号"]]
        paid_on = as_date(payment["支付时间"])
        assert paid_on <= date(2023, 12, 29)
        late[row["节点名称"][:5]].append(max((paid_on - as_date(row["应付日期"])).days, 0))
    assert sorted(late["人员劳务费"]) == [0] * 8 + [8, 20]
    assert sorted(late["场地租赁费"]) == [0] * 4 + [35]
    assert late["器材耗材费"] == [0, 0]


@pytest.mark.parametrize("name", NAMES)
def test_service_starts_in_2023_after_signing_and_rounds_lie_within_the_term(name: str) -> None:
    contracts = {row["合同编号"]: row for row in read(name, "合同台账")[0]}
    for row in contracts.values():
        assert as_date(row["签订时间"]) <= as_date(row["服务期限起"]) <= YEAR[1]
        assert as_date(row["签订时间"]) >= YEAR[0]
    for service in read(name, "服务轮次")[0]:
        term = contracts[service["合同编号"]]
        assert as_date(term["服务期限起"]) <= as_date(service["开始日期"])
        assert as_date(service["开始日期"]) <= as_date(service["结束日期"])
        assert as_date(service["结束日期"]) <= as_date(term["服务期限止"])


def test_hami_services_start_on_eight_different_days() -> None:
    rows, _ = read("hami-2023", "合同台账")
    assert len({as_date(row["服务期限起"]) for row in rows}) == 8


def test_rounds_carry_the_reports_counts() -> None:
    hami, _ = read("hami-2023", "服务轮次")
    found: dict[str, Decimal] = {}
    for row in hami:
        found[row["合同编号"]] = found.get(row["合同编号"], Decimal(0)) + total(
            [row], "隐患总数(项)"
        )
    assert found["HAMI-2023-01"] == 358 + 149 + 81
    assert found["HAMI-2023-05"] == 2439
    assert found["HAMI-2023-06"] == 84
    assert found["HAMI-2023-07"] == 2011
    assert total(hami, "整改总数(项)") == 2397 + 84
    assert total(hami, "重大隐患(项)") == 3
    zibo, _ = read("zibo-2023", "服务轮次")
    assert [row["合并轮数"] for row in zibo] == [15, 9, 24]
    assert total(zibo, "隐患总数(项)") == 46
    assert total(zibo, "整改总数(项)") == 37


@pytest.mark.parametrize("name", NAMES)
def test_dates_are_mixed_as_in_real_files(name: str) -> None:
    written = [row["支付时间"] for row in read(name, "支付台账")[0]]
    assert any(isinstance(value, date) for value in written)
    assert any(isinstance(value, str) and "." in value for value in written)
    assert any(isinstance(value, str) and "年" in value for value in written)


@pytest.mark.parametrize("name", NAMES)
def test_assumed_headings_exist_and_their_cells_hold_a_value(name: str) -> None:
    for plan, _ in SHEETS:
        for row in read(name, plan.name)[0]:
            for heading in filter(None, str(row.get("假定", "")).split("、")):
                assert row[heading] != "", (plan.name, heading)


@pytest.mark.parametrize("name", NAMES)
def test_every_assumed_field_is_a_column(name: str) -> None:
    for row in assumable(LEDGERS[name]):
        assert len(assumed_headings(row)) == len(set(row.assumed)) == len(row.assumed)


def test_the_committed_workbooks_are_what_the_script_writes(tmp_path: Path) -> None:
    main(tmp_path)
    for name in NAMES:
        assert (tmp_path / f"{name}.xlsx").read_bytes() == samples.path(name).read_bytes()


def test_an_unknown_sample_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(KeyError, match="hami-2023, zibo-2023"):
        samples.path("urumqi-2023")
