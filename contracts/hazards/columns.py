"""What a hazard's row can show, on screen and in the export."""

from contracts.hazards.schemas import HazardOut
from contracts.hazards.words import HOLDER_NAMES, LEVEL_NAMES, STATE_NAMES
from contracts.lists.columns import CellKind, ListColumn

_ON_THE_SPOT = {True: "是", False: "否", None: None}


def _enterprise(item: HazardOut) -> str | None:
    return item.enterprise.name if item.enterprise else None


COLUMNS = (
    ListColumn("state", "状态", lambda item: STATE_NAMES[item.state]),
    ListColumn("number", "隐患编号", lambda item: item.number, usual=False),
    ListColumn("description", "隐患", lambda item: item.description),
    ListColumn("spot", "隐患部位", lambda item: item.spot, usual=False),
    ListColumn("category", "隐患类别", lambda item: item.category, usual=False),
    ListColumn("level", "等级", lambda item: LEVEL_NAMES[item.level]),
    ListColumn("enterprise", "企业", _enterprise),
    ListColumn("contract", "合同", lambda item: item.contract.name, usual=False),
    ListColumn("contract_number", "合同编号", lambda item: item.contract.number, usual=False),
    ListColumn("found_on", "排查日期", lambda item: item.found_on, CellKind.DAY),
    ListColumn("found_by", "排查人", lambda item: item.found_by, usual=False),
    ListColumn("on_the_spot", "现场解决", lambda item: _ON_THE_SPOT[item.on_the_spot], usual=False),
    ListColumn("assigned_on", "交办日期", lambda item: item.assigned_on, CellKind.DAY, usual=False),
    ListColumn("measures", "治理措施", lambda item: item.measures, usual=False),
    ListColumn("deadline", "整改期限", lambda item: item.deadline, CellKind.DAY),
    ListColumn("responsible", "整改责任人", lambda item: item.responsible, usual=False),
    ListColumn(
        "rectified_on", "整改完成", lambda item: item.rectified_on, CellKind.DAY, usual=False
    ),
    ListColumn(
        "rechecked_on", "复查日期", lambda item: item.rechecked_on, CellKind.DAY, usual=False
    ),
    ListColumn("verified_on", "销号日期", lambda item: item.verified_on, CellKind.DAY, usual=False),
    ListColumn("verify_result", "复查结果", lambda item: item.verify_result, usual=False),
    ListColumn("holder", "现由谁办理", lambda item: HOLDER_NAMES[item.holder]),
)
