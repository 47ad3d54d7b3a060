"""What every template knows: words, amounts, dates, the menu, and the day that is looked at."""

from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Flask, request, url_for

from alerts import texts
from alerts.models import Alert, AlertEvent, AlertState, Change
from contracts.models import Organisation
from contracts.record_kinds import RECORD_KINDS
from contracts.records.kinds import Owner
from contracts.schemas import OrganisationRef
from kernel.access.permissions import Permission
from kernel.money import format_wan, format_yuan
from kernel.web.permissions import SIGNED_IN, Need, allows
from kernel.web.session import current_actor, current_caller, current_clock
from monitor import words

MENU: Final[tuple[tuple[str, str, Need], ...]] = (
    ("工作台", "overview_pages.show", SIGNED_IN),
    ("预警督办", "alert_pages.index", Permission.ALERTS_READ),
    ("待办事项", "act_pages.index", Permission.CONTRACTS_READ),
    ("合同台账", "contract_pages.index", Permission.CONTRACTS_READ),
    ("隐患", "hazard_pages.index", Permission.SERVICE_READ),
    ("承接主体", "vendor_pages.index", Permission.CONTRACTS_READ),
    ("台账导入", "import_pages.index", Permission.IMPORTS_WRITE),
    ("消息投递", "delivery_pages.index", Permission.MESSAGES_READ),
    ("绩效评价", "score_pages.index", Permission.SCORES_READ),
    ("资料库", "filing_pages.library", Permission.CONTRACTS_READ),
    ("机构", "organisation_pages.index", Permission.ORGANISATIONS_READ),
    ("系统管理", "user_pages.index", Permission.USERS_READ),
    ("消息渠道", "channel_pages.index", Permission.CHANNELS_READ),
    ("审计记录", "trail_pages.index", Permission.TRAIL_READ),
    ("审批步骤", "step_pages.settings", Permission.STEPS_WRITE),
    ("安全策略", "security_policy.form", Permission.POLICIES_WRITE),
    ("接口文档", "api_docs.docs", SIGNED_IN),
)
"""The main menu: name, endpoint, and what its page needs, as the route itself declares."""
_OWNERS_ROOMS: Final = {
    Owner.CONTRACT: "contract_pages",
    Owner.PROGRAMME: "contract_pages",
    Owner.ORGANISATION: "filing_pages",
    Owner.VENDOR: "vendor_pages",
}
_ROOMS: Final = {
    **{f"{kind.name}_pages": _OWNERS_ROOMS[kind.owner] for kind in RECORD_KINDS},
    **dict.fromkeys(
        (
            "programme_pages", "contract_life_pages", "contract_part_pages", "amendment_pages",
            "plan_pages", "round_pages", "round_list_pages", "file_pages", "survey_pages",
        ),
        "contract_pages",
    ),
    "enterprise_pages": "hazard_pages",
    "act_forms": "act_pages",
    "role_pages": "user_pages",
}  # fmt: skip
"""In which room of the menu the pages stand that the menu does not name."""
_SEVERITY_CLASSES: Final = {1: "info", 2: "minor", 3: "major", 4: "critical"}


def install_screens(app: Flask, zone: ZoneInfo) -> None:
    """Give the application's templates their filters and words; instants are shown in ``zone``."""

    def local_time(instant: datetime | None) -> str:
        return "—" if instant is None else f"{instant.astimezone(zone):%Y-%m-%d %H:%M:%S}"

    def clock_time(instant: datetime) -> str:
        return f"{instant.astimezone(zone):%H:%M}"

    app.jinja_env.filters.update(
        wan=format_wan,
        yuan=format_yuan,
        day=lambda value: words.NOT_GIVEN if value is None else value.isoformat(),
        local_time=local_time,
        clock_time=clock_time,
    )
    app.jinja_env.globals.update(
        menu=menu,
        is_here=is_here,
        may=may,
        Permission=Permission,
        whose=whose,
        NOT_GIVEN=words.NOT_GIVEN,
        service_name=words.service_name,
        PLAN_STATES=words.PLAN_STATES,
        MILESTONE_STATES=words.MILESTONE_STATES,
        MILESTONE_KINDS=words.MILESTONE_KINDS,
        MESSAGE_STATES=words.MESSAGE_STATES,
        ROUND_STATES=words.ROUND_STATES,
        ROUND_KINDS=words.ROUND_KINDS,
        ROUND_COUNTS=words.ROUND_COUNTS,
        SEVERITY_NAMES=texts.SEVERITY_NAMES,
        SEVERITY_CLASSES=_SEVERITY_CLASSES,
        ALERT_STATES=texts.STATE_NAMES,
        CHANGE_NAMES=texts.CHANGE_NAMES,
        END_REASONS=texts.END_REASON_NAMES,
        rule_name=texts.rule_name,
        condition=words.condition,
        fact_rows=words.fact_rows,
        field_names=words.field_names,
        decisive=words.decisive,
        alert_sentence=alert_sentence,
        event_sentence=event_sentence,
        link=link,
    )
    app.context_processor(_day_in_view)


def menu() -> list[tuple[str, str]]:
    """Name and endpoint of what the reader may open."""
    caller = current_caller()
    return [(name, endpoint) for name, endpoint, need in MENU if allows(caller, need)]


def is_here(endpoint: str) -> bool:
    """Whether the page shown stands in the room that the menu's ``endpoint`` opens."""
    here = request.blueprint or ""
    return _ROOMS.get(here, here) == endpoint.partition(".")[0]


def may(permission: Permission) -> bool:
    """Whether the reader has the permission for any organisation: else a page leaves a part out."""
    return current_actor().may(permission)


def whose(organisation: Organisation | OrganisationRef) -> str:
    """An organisation's short name; its full name to who works for or oversees more than one."""
    actor = current_actor()
    several = len({grant.organisation_id for grant in actor.grants}) > 1
    return organisation.name if several else organisation.label


def alert_sentence(alert: Alert, on: date, *, is_open: bool | None = None) -> str:
    """Why this alert exists, or how it ended, as one sentence with days counted on ``on``."""
    still_open = alert.state is AlertState.OPEN if is_open is None else is_open
    if still_open:
        return texts.sentence(
            alert.rule, Change.OPENED, alert.facts, alert.since, on, _names(alert)
        )
    return texts.sentence(
        alert.rule,
        Change.RESOLVED,
        alert.facts,
        alert.since,
        alert.resolved_on or on,
        _names(alert),
        end_reason=alert.end_reason,
    )


def event_sentence(alert: Alert, event: AlertEvent) -> str:
    """What one change of an alert said on its day."""
    return texts.sentence(
        alert.rule,
        event.change,
        event.facts,
        alert.since,
        event.as_of,
        _names(alert),
        severity=event.severity,
        end_reason=alert.end_reason,
    )


def link(endpoint: str, **values: Any) -> str:
    """An address that keeps the day being looked at."""
    asked = request.args.get("as_of")
    if asked:
        values["as_of"] = asked
    return url_for(endpoint, **values)


def _names(alert: Alert) -> texts.Names:
    contract = alert.contract
    label = texts.contract_label(contract.name, contract.sectors)
    return texts.Names(label, alert.organisation.label)


def _day_in_view() -> dict[str, Any]:
    """Pages that answer for other days say so by a ``view_day`` of their own."""
    today = current_clock().business_date()
    return {"business_date": today, "view_day": today}
