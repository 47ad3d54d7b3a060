"""What goes out as a workbook comes in unchanged; templates hold nothing yet."""

from pathlib import Path

import samples
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from monitor.imports.exports import EXPORTS, TEMPLATES, export_to, template_to
from tests.workbooks import LATER, Book, added, bring_in, changed

HAZARDS: dict[str, list[list[object]]] = {"隐患排查治理台账": [
    ["合同编号", "序号", "排查时间", "轮次", "企业", "隐患描述", "等级", "整改期限", "复查时间", "复查结果", "备注"],
    ["HAMI-2023-01", 1, "2023年5月6日", 1, "甲矿", "+1-1", "重大", "2023.6.1", "", "", "-2"],
    ["HAMI-2023-01", "", "2023.5.7", "", "乙矿", "@sum", "一般", "", "2023/6/9", "合格", ""],
]}  # fmt: skip


def test_exports_come_in_unchanged_and_templates_empty(database: Database, tmp_path: Path) -> None:
    bring_in(database, samples.path("hami-2023"))
    hazards = bring_in(database, Book(HAZARDS).save(tmp_path / "hazards.xlsx"))
    assert added(hazards) == {"enterprises": 2, "hazards": 2}, hazards.errors
    for kind in EXPORTS:
        path = tmp_path / f"{kind}.xlsx"
        with database.reading(LOCAL_OPERATOR) as session:
            export_to(session, LOCAL_OPERATOR, kind, path)
        result = bring_in(database, path, LATER)
        assert result.errors == (), kind
        assert (added(result), changed(result)) == ({}, {}), result.changes
        assert sum(result.unchanged.values()) > 0, kind
    for kind in TEMPLATES:
        path = tmp_path / f"template-{kind}.xlsx"
        template_to(kind, path)
        result = bring_in(database, path, LATER)
        assert (list(result.errors), added(result), len(result.ignored)) == ([], {}, 1), kind
