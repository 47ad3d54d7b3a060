"""What the values in the trail's columns mean, in the words that people read."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from alerts.texts import CHANGE_NAMES, END_REASON_NAMES, RULE_NAMES, SEVERITY_NAMES
from alerts.texts import STATE_NAMES as ALERT_STATES
from contracts.documents.words import DOCUMENT_KIND_NAMES
from contracts.hazards.words import LEVEL_NAMES, STEP_NAMES
from contracts.imports.words import LEFT_OUT_NAMES
from contracts.imports.words import STATE_NAMES as IMPORT_STATES
from contracts.life.words import (
    MONEY_LEVEL_NAMES,
)
from contracts.life.words import STATE_NAMES as CONTRACT_STATES
from contracts.organisations.words import KIND_NAMES
from contracts.procurement_words import METHOD_NAMES, RATE_PERIOD_NAMES
from contracts.steps.facts import Decision
from contracts.steps.words import KIND_NAMES as ACT_KINDS
from contracts.steps.words import STATE_NAMES as ACT_STATES
from contracts.steps.words import STEPS_NAMES
from contracts.vendors.words import GRADE_NAMES, RESOURCE_NAMES, SIZE_NAMES, STAGE_NAMES, UNIT_NAMES
from kernel.access.permissions import Permission
from kernel.access.roles import ROLES
from monitor import trail_records
from monitor.trail_columns import COLUMNS
from monitor.words import (
    MESSAGE_STATES,
    MILESTONE_KINDS,
    PLAN_STATES,
    ROUND_KINDS,
)
from payments.models import Trigger
from people.sign_in.models import LinkPurpose, SessionState
from people.single_sign_on.refusals import Fault, SignOnRefused


def _by_value(words: Mapping[Any, str]) -> dict[str, str]:
    return {
        key.value if isinstance(key, StrEnum) else str(int(key)) if isinstance(key, int) else key: w
        for key, w in words.items()
    }


_ORGANISATION_KINDS = _by_value(KIND_NAMES)
_SEVERITIES = _by_value(SEVERITY_NAMES)
_ROLES = {role.value: rule.name for role, rule in ROLES.items()}
_VALUES: Final[Mapping[tuple[str, str], Mapping[str, str]]] = {
    ("act", "kind"): _by_value(ACT_KINDS),
    ("act", "state"): _by_value(ACT_STATES),
    ("act", "steps"): _by_value(STEPS_NAMES),
    ("act", "decision"): _by_value({Decision.APPROVED: "审定", Decision.RETURNED: "退回承接方"}),
    ("alert", "change"): _by_value(CHANGE_NAMES),
    ("alert", "end_reason"): _by_value(END_REASON_NAMES),
    ("alert", "rule"): RULE_NAMES,
    ("alert", "severity"): _SEVERITIES,
    ("alert", "state"): _by_value(ALERT_STATES),
    ("alert_episode", "end_reason"): _by_value(END_REASON_NAMES),
    ("alert_episode", "worst_severity"): _SEVERITIES,
    ("alert_event", "change"): _by_value(CHANGE_NAMES),
    ("alert_event", "severity"): _SEVERITIES,
    ("app_user", "role"): _ROLES,
    ("channel", "kind"): {"webhook": "网络回调"},
    ("channel", "min_severity"): _SEVERITIES,
    ("contract", "procurement_method"): _by_value(METHOD_NAMES),
    ("contract", "late_interest_per"): _by_value(RATE_PERIOD_NAMES),
    ("contract_share", "money_level"): _by_value(MONEY_LEVEL_NAMES),
    ("contract_step", "state"): _by_value(CONTRACT_STATES),
    ("contract_party", "role"): {
        "purchaser": "购买主体", "payer": "付款单位", "lead": "牵头单位", "vendor": "承接主体",
    },
    ("document", "kind"): _by_value(DOCUMENT_KIND_NAMES),
    ("hazard", "level"): _by_value(LEVEL_NAMES),
    ("hazard_count", "level"): _by_value(LEVEL_NAMES),
    ("hazard_event", "kind"): _by_value(STEP_NAMES),
    ("membership", "role"): _ROLES,
    ("import_run", "state"): _by_value(IMPORT_STATES),
    ("import_worklist", "state"): _by_value(LEFT_OUT_NAMES),
    ("message", "state"): _by_value(MESSAGE_STATES),
    ("milestone", "kind"): _by_value(MILESTONE_KINDS),
    ("milestone", "trigger_kind"): _by_value({
        Trigger.SIGNING: "合同签订", Trigger.PLAN_APPROVED: "实施方案审定",
        Trigger.ROUND_CONFIRMED: "轮次确认", Trigger.ACCEPTANCE: "验收合格",
        Trigger.INVOICE: "收到发票", Trigger.DATE: "约定日期",
    }),
    ("one_time_link", "purpose"): _by_value(
        {LinkPurpose.SET_UP: "首次设置", LinkPurpose.PASSWORD: "设置密码"}
    ),
    ("organisation", "kind"): _ORGANISATION_KINDS,
    ("organisation_version", "kind"): _ORGANISATION_KINDS,
    ("plan_standing", "state"): _by_value(PLAN_STATES),
    ("planned_round", "kind"): _by_value(ROUND_KINDS),
    ("service_round", "kind"): _by_value(ROUND_KINDS),
    ("sign_in_session", "state"): _by_value(
        {SessionState.SECOND_FACTOR: "待动态口令", SessionState.COMPLETE: "已登录"}
    ),
    ("single_sign_on", "fault"): {fault.value: SignOnRefused(fault, "").message for fault in Fault},
    ("step_setting", "kind"): _by_value(ACT_KINDS),
    ("step_setting", "steps"): _by_value(STEPS_NAMES),
    ("contract_resource", "kind"): _by_value(RESOURCE_NAMES),
    ("evaluation_condition", "least_grade"): _by_value(GRADE_NAMES),
    ("evaluation_condition", "stage"): _by_value(STAGE_NAMES),
    ("vendor", "public_unit"): _by_value(UNIT_NAMES),
    ("vendor", "size"): _by_value(SIZE_NAMES),
    ("vendor_evaluation", "grade"): _by_value(GRADE_NAMES),
    ("vendor_evaluation", "stage"): _by_value(STAGE_NAMES),
}  # fmt: skip
LISTS: Final[Mapping[str, Mapping[str, str]]] = {
    "assumed": COLUMNS,
    "scopes": {permission.value: permission.label for permission in Permission},
    "second_factor_roles": _ROLES,
}
"""Columns that hold several words, and what those mean."""


def values_of(object_kind: str, column: str) -> Mapping[str, str]:
    """What the values of the column mean, by value; empty where they are plain text."""
    place = (object_kind, column)
    return _VALUES.get(place) or trail_records.VALUES.get(place, {})
