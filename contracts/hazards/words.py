"""隐患 in the words that people read: levels, states, steps and who holds one now."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from contracts.hazards.models import HazardLevel, HazardStep


class HazardState(StrEnum):
    """隐患 待整改 / 逾期 / 待复查 / 已销号 on a day."""

    TO_RECTIFY = "to_rectify"
    OVERDUE = "overdue"
    TO_VERIFY = "to_verify"
    VERIFIED = "verified"


class Holder(StrEnum):
    """Who has to do something next: 购买主体 hands over and closes, 企业 rectifies, 承接主体 rechecks."""

    PURCHASER = "purchaser"
    ENTERPRISE = "enterprise"
    VENDOR = "vendor"
    NOBODY = "nobody"


LEVEL_NAMES: Final[Mapping[HazardLevel, str]] = {
    HazardLevel.GENERAL: "一般",
    HazardLevel.MAJOR: "重大",
}
STATE_NAMES: Final[Mapping[HazardState, str]] = {
    HazardState.TO_RECTIFY: "待整改",
    HazardState.OVERDUE: "逾期",
    HazardState.TO_VERIFY: "待复查",
    HazardState.VERIFIED: "已销号",
}
STATE_LOOKS: Final[Mapping[HazardState, str]] = {
    HazardState.TO_RECTIFY: "waiting",
    HazardState.OVERDUE: "late",
    HazardState.TO_VERIFY: "minor",
    HazardState.VERIFIED: "done",
}
HOLDER_NAMES: Final[Mapping[Holder, str]] = {
    Holder.PURCHASER: "购买主体",
    Holder.ENTERPRISE: "企业",
    Holder.VENDOR: "承接主体",
    Holder.NOBODY: "—",
}
STEP_NAMES: Final[Mapping[HazardStep, str]] = {
    HazardStep.FOUND: "排查发现",
    HazardStep.ASSIGNED: "交办",
    HazardStep.EXTENDED: "批准延期",
    HazardStep.RECTIFIED: "整改完成",
    HazardStep.RECHECKED: "复查合格",
    HazardStep.VERIFIED: "销号",
    HazardStep.REOPENED: "退回整改",
}
ASSURANCES: Final[Mapping[str, str]] = {
    "assured_duty": "责任落实",
    "assured_funds": "资金落实",
    "assured_time": "时限落实",
    "assured_measures": "措施落实",
    "assured_plan": "预案落实",
}
"""五落实 of a major hazard, by column."""
FIELD_NAMES: Final[Mapping[str, str]] = {
    **ASSURANCES,
    "round_id": "服务轮次",
    "enterprise_id": "企业",
    "level": "隐患等级",
    "spot": "隐患部位",
    "description": "隐患描述",
    "category": "隐患类别",
    "found_on": "排查日期",
    "found_by": "排查人",
    "responsible": "整改责任人",
    "measures": "治理措施",
    "note": "备注",
    "rectified": "已整改",
    "on_the_spot": "现场解决",
}
"""Fields that a person enters, by column."""
BOARD_NAMES: Final[Mapping[str, str]] = {
    "contract": "合同",
    "purchaser": "购买主体",
    "vendor": "承接主体",
    "sector": "行业领域",
    "enterprise": "企业",
    "level": "等级",
}
"""What a board of rates has a row for."""
