"""What an act on a round may not state: an imported fact that says so gets a finding instead."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from kernel.errors import FieldProblem

FROZEN = ("kind", "rounds_covered", "started_on", "ended_on")
"""What cannot be changed once the purchaser confirmed the round: payments may rest on it."""
CONFIRMED = (
    "enterprises",
    "expert_visits",
    "vehicle_trips",
    "equipment_sets",
    "notices",
    "suggestions",
    "people_trained",
    "enterprises_trained",
    "officials_trained",
)
"""Amounts of work: where one was stated when the round was confirmed it stays; one that was unknown
may still be told. Hazards are not among them: they go on being found rectified."""
NAMES: Mapping[str, str] = {
    "kind": "种类",
    "title": "名称",
    "content": "服务内容",
    "rounds_covered": "合并轮数",
    "planned_number": "对应计划轮次",
    "started_on": "开始日期",
    "ended_on": "结束日期",
    "reported_on": "报告日期",
    "report_number": "报告文号",
    "enterprises": "检查企业（家次）",
    "expert_visits": "专家（人次）",
    "vehicle_trips": "车辆（台次）",
    "equipment_sets": "设备（台套）",
    "notices": "整改通知书（份）",
    "suggestions": "建议（条）",
    "hazards_found": "隐患总数",
    "hazards_general": "一般隐患",
    "hazards_major": "重大隐患",
    "rectified": "已整改",
    "rectified_general": "一般已整改",
    "rectified_major": "重大已整改",
    "people_trained": "培训（人次）",
    "enterprises_trained": "培训企业（家次）",
    "officials_trained": "培训机关干部（人次）",
    "note": "备注",
}
_RECTIFIED = (
    ("rectified", "hazards_found"),
    ("rectified_general", "hazards_general"),
    ("rectified_major", "hazards_major"),
)


def round_faults(row: Mapping[str, Any], today: date) -> Iterator[FieldProblem]:
    """What is wrong with a round as it would stand after an act, by field."""
    started, ended, reported = row["started_on"], row["ended_on"], row["reported_on"]
    for field in ("started_on", "ended_on", "reported_on"):
        day = row[field]
        if day is not None and day > today:
            yield FieldProblem(field, f"不能晚于业务日期 {today}")
    if ended is not None and started is None:
        yield FieldProblem("started_on", "填写了结束日期，须先填写开始日期")
    if ended is not None and started is not None and ended < started:
        yield FieldProblem("ended_on", f"结束日期 {ended} 早于开始日期 {started}")
    if reported is not None and started is not None and reported < started:
        yield FieldProblem("reported_on", f"报告日期 {reported} 早于开始日期 {started}")
    for done, whole in _RECTIFIED:
        if row[done] is not None and row[whole] is not None and row[done] > row[whole]:
            message = f"{NAMES[done]} {row[done]} 多于{NAMES[whole]} {row[whole]}"
            yield FieldProblem(done, message)
    found = row["hazards_found"]
    if row["zero_hazards_on"] is not None and found:
        message = f"{row['zero_hazards_on']} 已作零隐患确认，不能再填发现 {found} 项"
        yield FieldProblem("hazards_found", message)


def return_fault(ended_on: date | None, confirmed_on: date | None, day: date, today: date) -> str:
    """Why a round cannot be returned on ``day``; empty when it can."""
    if confirmed_on is not None:
        return f"已于 {confirmed_on} 确认，不能再退回"
    if ended_on is None:
        return "还没有结束日期，服务未做完，没有可退回的成果"
    if day < ended_on:
        return f"{ended_on} 才结束，不能在服务完成之前退回"
    return f"不能晚于业务日期 {today}" if day > today else ""


def zero_fault(ended_on: date | None, found: int | None, itemised: int, *, confirmed: bool) -> str:
    """Why nobody can confirm that nothing was found; empty when one can."""
    if confirmed:
        return "这一轮已作零隐患确认"
    if ended_on is None:
        return "这一轮还没有结束日期，服务做完才能作零隐患确认"
    if itemised:
        return f"这一轮已登记 {itemised} 条隐患，不是零隐患"
    return f"这一轮已填发现隐患 {found} 项，不是零隐患" if found else ""
