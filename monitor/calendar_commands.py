"""``monitor calendar``: when a term ends, for one question or a stream of them."""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import BinaryIO, Final

import click
from sqlalchemy.exc import SQLAlchemyError

from kernel.access.actor import LOCAL_OPERATOR
from kernel.calendar_models import load_calendar
from kernel.database import Database
from kernel.day_count import Count, due_on
from kernel.errors import InputError, UnavailableError
from kernel.settings import load_settings
from kernel.working_days import WorkingCalendar

LONGEST_LINE: Final = 4096
"""Bytes of one question; what is longer is refused without being held in memory."""

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE_NUMBER: Final = re.compile(r"-?[0-9]{1,9}")
_COUNTS: Final = "、".join(Count)

Answer = dict[str, str | int | bool]


@click.group("calendar", help="工作日历与期限推算")
def calendar_commands() -> None:
    """Commands about the working-day calendar; mounted by the service's command line."""


@calendar_commands.command("due")
@click.argument("stream", required=False, metavar="[-]")
@click.option("--from", "start", metavar="日期", help="起算之日（当日不计入），例如 2023-04-07")
@click.option("--days", metavar="天数", help="期限天数，0 或以上")
@click.option(
    "--count",
    metavar="|".join(Count),
    help="calendar 自然日；rolled 自然日，末日遇休息日顺延；working 工作日",
)
@click.option("--json", "as_json", is_flag=True, help="输出一行 JSON")
@click.option("--overrides", is_flag=True, help="采用数据库中录入的工作日调整")
@click.pass_context
def due(
    context: click.Context,
    *,
    stream: str | None,
    start: str | None,
    days: str | None,
    count: str | None,
    as_json: bool,
    overrides: bool,
) -> None:
    """推算期限的最后一天（民法典第二百零一条、第二百零三条）。

    以 - 代替选项时，从标准输入逐行读取 JSON 问题，逐行按序回答；
    有看不懂的行则最后以 2 退出。
    """
    options = {"from": start, "days": _number(days), "count": count}
    given = {name: value for name, value in options.items() if value is not None}
    if stream not in (None, "-"):
        raise click.UsageError(f"不认识的参数“{stream}”，逐行读取请用 -")
    if stream == "-" and given:
        raise click.UsageError("用 - 逐行读取时，不能再给 --from、--days、--count")
    calendar = stored_calendar() if overrides else WorkingCalendar()
    if stream == "-":
        context.exit(_answer_lines(sys.stdin.buffer, calendar))
    try:
        answer = answer_question(given, calendar)
    except InputError as error:
        raise click.UsageError(error.message) from None
    click.echo(_line(answer) if as_json else _sentence(answer))


def answer_question(question: Mapping[str, object], calendar: WorkingCalendar) -> Answer:
    """The answer to ``{"from", "days", "count"}``, with ``due_on`` and ``announced`` added.

    Raises `InputError` naming the field that is missing, malformed or out of range.
    """
    start = _read_date(question.get("from"))
    days = question.get("days")
    if isinstance(days, bool) or not isinstance(days, int):
        raise InputError("days", f"{_shown(days)}，应为整数，例如 30")
    count = _read_count(question.get("count"))
    result = due_on(start, days, count, calendar)
    return {
        "from": start.isoformat(),
        "days": days,
        "count": count.value,
        "due_on": result.due_on.isoformat(),
        "announced": result.announced,
    }


def stored_calendar() -> WorkingCalendar:
    """The calendar with what was entered in the settings' database; raises `UnavailableError`."""
    database = Database(load_settings().database)
    file = database.url.database
    try:
        if database.is_sqlite and not (file and Path(file).is_file()):
            raise UnavailableError(
                "还没有数据库，无法读取工作日调整；去掉 --overrides 可按内置日历推算"
            )
        with database.reading(LOCAL_OPERATOR) as session:
            return load_calendar(session)
    except SQLAlchemyError:
        raise UnavailableError("数据库无法读取，或结构不是当前版本") from None
    finally:
        database.dispose()


def _answer_lines(stream: BinaryIO, calendar: WorkingCalendar) -> int:
    """Answer each line at once, so that a program can ask and wait; returns the exit code."""
    code = 0
    for number, line in enumerate(_lines(stream), start=1):
        try:
            answer: Answer = answer_question(_read_question(line), calendar)
        except InputError as error:
            answer, code = {"error": error.message, "line": number}, 2
        click.echo(_line(answer))
    return code


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines without their surplus: of one that is too long, only enough to refuse it."""
    while line := stream.readline(LONGEST_LINE + 1):
        part = line
        while len(line) > LONGEST_LINE and part and not part.endswith(b"\n"):
            part = stream.readline(LONGEST_LINE)
        yield line


def _read_question(line: bytes) -> Mapping[str, object]:
    if len(line) > LONGEST_LINE:
        raise InputError("line", f"一行最多 {LONGEST_LINE} 字节")
    try:
        question = json.loads(line)
    except (ValueError, RecursionError):
        raise InputError("line", "不是 JSON") from None
    if not isinstance(question, dict):
        raise InputError("line", "应为 JSON 对象，含 from、days、count")
    return question


def _read_date(value: object) -> date:
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise InputError("from", f"{_shown(value)}，没有这一天") from None
    raise InputError("from", f"{_shown(value)}，应为日期，例如 2023-04-07")


def _read_count(value: object) -> Count:
    try:
        return Count(value)  # type: ignore[arg-type]
    except ValueError:
        raise InputError("count", f"{_shown(value)}，应为 {_COUNTS} 之一") from None


def _number(text: str | None) -> int | str | None:
    return int(text) if text is not None and _WHOLE_NUMBER.fullmatch(text) else text


def _shown(value: object) -> str:
    return "没有给出" if value is None else f"给出的是 {str(value)[:40]!r}"


def _line(answer: Answer) -> str:
    return json.dumps(answer, ensure_ascii=False)


def _sentence(answer: Answer) -> str:
    standing = "已公布" if answer["announced"] else "暂定，所涉年份的放假安排未公布"
    return f"{answer['due_on']}（{standing}）"
