"""The command ``monitor import``: what it says to a person and to a program, and how it ends."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import samples
from monitor.commands import cli
from tests.workbooks import Book

HAMI = samples.path("hami-2023")


@pytest.fixture(autouse=True)
def settings(database_address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_DATABASE_URL", database_address)


def run(path: Path, *options: str) -> Result:
    return CliRunner().invoke(cli, ["import", str(path), *options])


def test_it_reports_as_json_and_in_sentences() -> None:
    tried = run(HAMI, "--dry-run", "--json")
    assert tried.exit_code == 0
    assert json.loads(tried.stdout)["added"]["contracts"] == 8
    done = run(HAMI)
    assert done.exit_code == 0
    assert "合同：新增 8，变更 0，未变 0" in done.stdout
    assert "发现：支付节点 第19行 F 金额(万元)" in done.stdout


def test_what_changed_is_told_with_its_unit(tmp_path: Path) -> None:
    run(HAMI)
    book = Book.sample().put("支付台账", 6, "本次付款额(万元)", 49.5)
    book.put("支付节点", 6, "比例(%)", 10).put("合同台账", 4, "合同总额(万元)", "")
    path = book.put("支付台账", 6, "会议纪要", "").save(tmp_path / "hami-2023.xlsx")
    told = run(path, "--dry-run").stdout.splitlines()
    assert [line for line in told if line.startswith("变更")] == [
        "变更 合同 HAMI-2023-01：合同总额 1,250,000.00 元 → （空）",
        "变更 支付节点 HAMI-2023-01 节点3：比例 20 % → 10 %",
        "变更 支付 HAMI-2023-01 2023-HM-0003：本次付款额 500,000.00 元 → 495,000.00 元",
        "变更 支付 HAMI-2023-01 2023-HM-0003：会议纪要 哈密市应急管理局党组会议纪要〔2023〕5号 → （空）",
    ]
    changes = json.loads(run(path, "--dry-run", "--json").stdout)["changes"]
    assert [(each["before"], each["after"], each["unit"]) for each in changes][2] == (
        "500000.00", "495000.00", "元",
    )  # fmt: skip


def test_a_correction_of_money_or_acceptance_asks_why(tmp_path: Path) -> None:
    run(HAMI)
    book = Book.sample().put("支付台账", 6, "本次付款额(万元)", 49.5)
    path = book.save(tmp_path / "hami-2023.xlsx")
    assert run(path, "--dry-run").exit_code == 0
    refused = run(path)
    assert refused.exit_code == 2
    assert "--reason" in refused.stderr
    assert "500000.00 → 495000.00" in refused.stderr
    assert "支付：新增 0，变更 1" in run(path, "--dry-run").stdout
    done = run(path, "--reason", "按银行回单更正")
    assert done.exit_code == 0, done.output
    noted = CliRunner().invoke(cli, ["audit", "export"]).stdout
    reversal = [line for line in noted.splitlines() if "按银行回单更正" in line]
    assert any('"object_kind":"payment"' in line for line in reversal)
    assert "导入 hami-2023.xlsx" in noted


def test_what_the_file_adds_asks_no_reason(tmp_path: Path) -> None:
    run(HAMI)
    book = Book.sample().put("合同台账", 4, "备注", "已核对")
    assert run(book.save(tmp_path / "hami-2023.xlsx")).exit_code == 0


def test_a_refused_file_ends_with_2_and_its_cells(tmp_path: Path) -> None:
    wrong = Book.sample().put("支付台账", 4, "本次付款额(万元)", -1).save(tmp_path / "wrong.xlsx")
    refused = run(wrong, "--json")
    assert refused.exit_code == 2
    assert json.loads(refused.stdout)["errors"] == [
        {
            "sheet": "支付台账",
            "row": 4,
            "column": "G 本次付款额(万元)",
            "value": "-1",
            "message": "金额不能为负",
        }
    ]
    assert "支付台账 第4行 G 本次付款额(万元)：“-1”：金额不能为负" in refused.stderr


def test_a_file_that_is_not_there_is_named_once(tmp_path: Path) -> None:
    missing = run(tmp_path / "no.xlsx")
    assert missing.exit_code == 2
    assert missing.stderr.splitlines()[0] == "“no.xlsx”：没有这个文件"
