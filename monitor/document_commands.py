"""``monitor documents``: are the kept contents those that documents name?"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime

import click

from contracts.documents.checking import ContentReport, check_contents, sweep
from monitor.service import open_service
from monitor.wiring import contents_of

FOUND_SOMETHING = 1
_MOST_TOLD = 20


@click.group("documents")
def document_commands() -> None:
    """附件的内容：核对与清理。"""


@document_commands.command("check")
@click.option("--quick", is_flag=True, help="只核对有无和大小，不读取内容")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_context
def check(context: click.Context, *, quick: bool, as_json: bool) -> None:
    """核对每个附件的内容：缺失的、与 SHA-256 不符的，以及没有附件使用的。不改动任何内容。"""
    with open_service() as service:
        contents = contents_of(service.settings)
        now = datetime.now(UTC)
        report = check_contents(service.database, service.actor, contents, now, quick=quick)
    if as_json:
        click.echo(json.dumps(asdict(report), ensure_ascii=False))
    else:
        _tell(report)
    context.exit(0 if report.is_clean else FOUND_SOMETHING)


@document_commands.command("sweep")
def sweep_command() -> None:
    """清除没有附件使用、存放已超过一天的内容（上传中断所遗留）。"""
    with open_service() as service:
        contents = contents_of(service.settings)
        now = datetime.now(UTC)
        report = check_contents(service.database, service.actor, contents, now, quick=True)
        removed = sweep(service.database, service.actor, contents, now, report.orphans)
    click.echo(f"已清除 {removed} 份没有附件使用的内容")


def _tell(report: ContentReport) -> None:
    click.echo(f"已核对 {report.checked} 份内容")
    _list("缺失", report.missing)
    _list("已损坏", report.damaged)
    if report.orphans:
        click.echo(
            f"没有附件使用的 {len(report.orphans)} 份（上传中断所遗留），"
            "可用 monitor documents sweep 清除"
        )
    if report.missing or report.damaged:
        click.echo("请从备份恢复，或重新上传同一文件")


def _list(word: str, found: Mapping[str, list[str]]) -> None:
    if not found:
        return
    click.echo(f"{word} {len(found)} 份：")
    for name, titles in list(found.items())[:_MOST_TOLD]:
        click.echo(f"  {name[:16]}… {'、'.join(titles)}")
