"""``monitor scan`` asks or scans one day; ``monitor replay`` walks past days."""

import json
import sys
from datetime import date, datetime

import click

from alerts.models import Severity
from alerts.scan import ScanReport, run_scan, scan
from alerts.scan_queries import Episode, OpenAlert, history, last_scanned, open_alerts
from alerts.texts import RULE_NAMES, SEVERITY_NAMES
from kernel.access.actor import SCAN_JOB
from monitor.replay import scratch_copy, walk
from monitor.service import Service, open_service
from monitor.wiring import rules

FOUND_SOMETHING = 1
DAY = click.DateTime(["%Y-%m-%d"])


@click.command("scan")
@click.option("--as-of", type=DAY, help="业务日期，缺省为今天（或 MONITOR_BUSINESS_DATE）")
@click.option("--dry-run", is_flag=True, help="试算：可问任何一天，不改动任何数据")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option(
    "--fail-on",
    type=click.Choice([severity.name.lower() for severity in Severity]),
    help="有此级别及以上的未办结预警时退出码为 1",
)
@click.pass_context
def scan_command(
    context: click.Context,
    as_of: datetime | None,
    dry_run: bool,
    as_json: bool,
    fail_on: str | None,
) -> None:
    """核查一天：逾期付款、即将到期、缺实施方案。"""
    with open_service() as service:
        day = as_of.date() if as_of else service.clock.business_date()
        report, alerts = (_ask if dry_run else _scan)(service, day)
    if as_json:
        click.echo(_json(report, alerts))
    else:
        _show(report, alerts, dry_run)
    if fail_on and any(
        Severity[alert.severity.upper()] >= Severity[fail_on.upper()] for alert in alerts
    ):
        context.exit(FOUND_SOMETHING)


def _scan(service: Service, day: date) -> tuple[ScanReport, list[OpenAlert]]:
    report = run_scan(service.database, service.clock, day, service.actor, rules(service.settings))
    with service.database.reading(service.actor) as session:
        return report, open_alerts(session, service.actor)


def _ask(service: Service, day: date) -> tuple[ScanReport, list[OpenAlert]]:
    with service.database.rehearsing(service.actor) as session:
        report = scan(
            session, service.clock, day, service.actor, rules(service.settings), deliver=False
        )
        return report, open_alerts(session, service.actor)


def _json(report: ScanReport, alerts: list[OpenAlert]) -> str:
    answer = {
        "as_of": report.as_of.isoformat(),
        "rules": report.counts,
        "alerts": [alert.as_json() for alert in alerts],
    }
    return json.dumps(answer, ensure_ascii=False, indent=2)


def _show(report: ScanReport, alerts: list[OpenAlert], dry_run: bool) -> None:
    click.echo(f"核查业务日期 {report.as_of}{'（试算，未写入）' if dry_run else ''}")
    for code, count in report.counts.items():
        click.echo(
            f"  {RULE_NAMES[code]}：新增 {count['opened']}，延续 {count['refreshed']}，"
            f"办结 {count['resolved']}，未办结 {count['open']}"
        )
    for alert in alerts:
        severity = SEVERITY_NAMES[Severity[alert.severity.upper()]]
        click.echo(f"  [{severity}] {RULE_NAMES[alert.rule]} {alert.subject} 自 {alert.since}")


@click.command("replay")
@click.option("--from", "first", type=DAY, required=True, help="第一天")
@click.option("--to", "last", type=DAY, required=True, help="最后一天")
@click.option("--keep", is_flag=True, help="写入本台账（缺省只在临时副本上推演）")
@click.option("--deliver", is_flag=True, help="与 --keep 同用：为每次变化写待发消息")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def replay_command(
    first: datetime, last: datetime, keep: bool, deliver: bool, as_json: bool
) -> None:
    """逐日核查一段过去的日子，看每条预警何时发生、何时办结。"""
    if deliver and not keep:
        raise click.UsageError("--deliver 须与 --keep 同用：临时副本上没有渠道")
    begin, end = first.date(), last.date()
    with open_service() as service:
        if keep:
            episodes = _walk(service, begin, end, deliver=deliver)
        else:
            with scratch_copy(service.database) as scratch:
                copied = Service(service.settings, scratch, service.clock)
                episodes = _walk(copied, begin, end, deliver=False)
    if as_json:
        answer = {
            "from": begin.isoformat(),
            "to": end.isoformat(),
            "kept": keep,
            "history": [episode.as_json() for episode in episodes],
        }
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    for episode in episodes:
        ended = f"{episode.resolved_on} 办结" if episode.resolved_on else "未办结"
        click.echo(f"{episode.opened_on} {RULE_NAMES[episode.rule]} {episode.subject} {ended}")
    click.echo(
        f"{begin} 至 {end}：共 {len(episodes)} 次预警{'' if keep else '（副本推演，未写入）'}"
    )


def _walk(service: Service, first: date, last: date, *, deliver: bool) -> list[Episode]:
    """Walk the days that are not scanned yet, with progress on a terminal."""
    with service.database.reading(service.actor) as session:
        scanned = last_scanned(session)
    begin = max(first, scanned) if scanned and first <= scanned <= last else first
    with click.progressbar(
        length=(last - begin).days + 1, label="逐日核查", file=sys.stderr
    ) as bar:
        walk(
            service.database,
            service.clock,
            begin,
            last,
            SCAN_JOB,
            rules(service.settings),
            deliver=deliver,
            progress=lambda _day: bar.update(1),
        )
    with service.database.reading(service.actor) as session:
        return history(session, service.actor)
