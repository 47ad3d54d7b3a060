"""What the trail tells is in the words that people read: no table, column or value is left out."""

from datetime import UTC, timedelta, timezone

from sqlalchemy import Enum

from migrations.tables import METADATA
from migrations.trail_plan import UNWATCHED
from monitor.trail_columns import column_word
from monitor.trail_values import values_of
from monitor.trail_words import KINDS, lines

_NEVER_TOLD = {"id", "source_key"}
_WATCHED = [t for t in METADATA.tables.values() if t.name not in UNWATCHED]


def test_every_watched_table_has_a_name() -> None:
    assert [t.name for t in _WATCHED if t.name not in KINDS] == []


def test_every_column_has_a_name() -> None:
    nameless = [
        f"{t.name}.{c.name}"
        for t in _WATCHED
        for c in t.columns
        if c.name not in _NEVER_TOLD and column_word(t.name, c.name) is None
    ]
    assert nameless == []


def test_every_word_of_a_column_has_a_meaning() -> None:
    unknown = [
        f"{t.name}.{column.name}: {value}"
        for t in _WATCHED
        for column in t.columns
        if isinstance(column.type, Enum)
        for value in column.type.enums
        if value not in values_of(t.name, column.name)
    ]
    assert unknown == []


def test_an_act_is_told_without_keys_and_english() -> None:
    before = {"state": "to_approve", "approved_by_id": None, "approved_by": "", "version": 1}
    after = {"state": "done", "approved_by_id": "0199", "approved_by": "张伟", "version": 2}
    told = [(line.name, line.before, line.after) for line in lines("act", before, after, {}, UTC)]
    assert told == [("状态", "待批准", "已完成"), ("批准人", "未提供", "张伟")]


def test_facts_are_told_by_name_without_what_is_empty() -> None:
    facts = {
        "plan_id": "0199-7",
        "decision": "returned",
        "reasons": "缺进度安排",
        "round_id": "0199-9",
        "note": "",
    }
    told = lines("act", None, {"facts": facts, "request_key": "k"}, {"0199-7": "第 2 版"}, UTC)
    assert [line.after for line in told] == [
        "实施方案：第 2 版，决定：退回承接方，意见：缺进度安排"
    ]


def test_instants_are_told_in_the_zone_of_the_page() -> None:
    for told in ("2023-12-31 02:18:00.120000", "2023-12-31T02:18:00.12+00:00"):
        shown = lines("act", None, {"entered_at": told}, {}, timezone(timedelta(hours=8)))
        assert [line.after for line in shown] == ["2023-12-31 10:18:00"]


def test_severity_roles_and_scopes_are_words() -> None:
    channel = lines("channel", None, {"min_severity": 3, "enabled": True}, {}, UTC)
    assert [line.after for line in channel] == ["较重", "是"]
    policy = lines("security_policy", None, {"second_factor_roles": ["audit_admin"]}, {}, UTC)
    assert [line.after for line in policy] == ["审计管理员"]
    token = lines("api_token", None, {"scopes": ["trail.read"]}, {}, UTC)
    assert [line.after for line in token] == ["查看审计记录"]
