"""导入 in the words that people read."""

from collections.abc import Mapping
from typing import Final

from contracts.imports.models import LeftOutState, RunState

STATE_NAMES: Final[Mapping[RunState, str]] = {
    RunState.CHECKING: "检查中",
    RunState.PREVIEWED: "待确认",
    RunState.IMPORTING: "导入中",
    RunState.DONE: "已导入",
    RunState.FAILED: "有误",
    RunState.INTERRUPTED: "中断",
    RunState.UNDONE: "已撤销",
}
STATE_LOOKS: Final[Mapping[RunState, str]] = {
    RunState.CHECKING: "running",
    RunState.PREVIEWED: "waiting",
    RunState.IMPORTING: "running",
    RunState.DONE: "done",
    RunState.FAILED: "late",
    RunState.INTERRUPTED: "late",
    RunState.UNDONE: "quiet",
}
LEFT_OUT_NAMES: Final[Mapping[LeftOutState, str]] = {
    LeftOutState.OPEN: "待处理",
    LeftOutState.SETTLED: "已处理",
}
