"""Sizes, stages, grades and kinds of resources in the words that people read on screen."""

from collections.abc import Mapping
from typing import Final

from contracts.models import PublicUnit, VendorSize
from contracts.vendors.models import EvaluationStage, Grade, ResourceKind
from contracts.vendors.qualifying import Standing

SIZE_NAMES: Final[Mapping[VendorSize, str]] = {
    VendorSize.LARGE: "大型",
    VendorSize.MEDIUM: "中型",
    VendorSize.SMALL: "小型",
    VendorSize.MICRO: "微型",
}
UNIT_NAMES: Final[Mapping[PublicUnit, str]] = {
    PublicUnit.CLASS_ONE: "公益一类事业单位",
    PublicUnit.CLASS_TWO: "公益二类事业单位",
}
STAGE_NAMES: Final[Mapping[EvaluationStage, str]] = {
    EvaluationStage.QUARTER: "季度",
    EvaluationStage.MIDYEAR: "年中",
    EvaluationStage.YEAR: "年度",
    EvaluationStage.FINAL: "期满",
}
GRADE_NAMES: Final[Mapping[Grade, str]] = {
    Grade.EXCELLENT: "优",
    Grade.GOOD: "良",
    Grade.FAIR: "中",
    Grade.POOR: "差",
}
GRADE_LOOKS: Final[Mapping[Grade, str]] = {
    Grade.EXCELLENT: "done",
    Grade.GOOD: "done",
    Grade.FAIR: "waiting",
    Grade.POOR: "late",
}
RESOURCE_NAMES: Final[Mapping[ResourceKind, str]] = {
    ResourceKind.PEOPLE: "人员",
    ResourceKind.EQUIPMENT: "设备",
    ResourceKind.AREA: "场地面积",
    ResourceKind.SITE: "场所",
}
STANDING_NAMES: Final[Mapping[Standing, str]] = {
    Standing.VALID: "有效",
    Standing.EXPIRING: "即将到期",
    Standing.EXPIRED: "已过期",
    Standing.NOT_YET: "尚未生效",
    Standing.REVOKED: "已撤销",
    Standing.UNKNOWN: "有效期未提供",
}
STANDING_LOOKS: Final[Mapping[Standing, str]] = {
    Standing.VALID: "done",
    Standing.EXPIRING: "major",
    Standing.EXPIRED: "late",
    Standing.NOT_YET: "waiting",
    Standing.REVOKED: "late",
    Standing.UNKNOWN: "quiet",
}
