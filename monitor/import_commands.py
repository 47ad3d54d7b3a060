"""``monitor import``: a ledger workbook into the ledger."""

import json
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import click

from contracts.ledger_changes import LedgerKind
from kernel.money import format_yuan
from kernel.workbook_guard import WorkbookLimits
from kernel.workbook_problems import Problem
from monitor.import_records import NAMES as RECORD_NAMES
from monitor.import_results import ImportResult
from monitor.importing import import_workbook
from monitor.service import open_service

USED_WRONGLY = 2
NAMES: Mapping[str, str] = {
    LedgerKind.ORGANISATIONS: "机构",
    LedgerKind.PROGRAMMES: "预算项目",
    LedgerKind.VENDORS: "承接单位",
    LedgerKind.CONTRACTS: "合同",
    LedgerKind.MILESTONES: "支付节点",
    LedgerKind.PAYMENTS: "支付",
    LedgerKind.ROUNDS: "服务轮次",
    LedgerKind.PLANS: "实施方案",
    LedgerKind.SUPERVISION: "督促检查",
    LedgerKind.ENTERPRISES: "企业",
    LedgerKind.HAZARDS: "隐患",
    **RECORD_NAMES,
}


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path), metavar="文件")
@click.option("--dry-run", is_flag=True, help="只列出会新增、变更什么和错误，不写入")
@click.option(
    "--reason", default="", metavar="原因", help="更正金额、支付或验收的原因；记入审计记录"
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_context
def import_command(
    context: click.Context, *, file: Path, dry_run: bool, reason: str, as_json: bool
) -> None:
    """导入合同台账工作簿（.xlsx）；有错误时什么也不写入。

    同一文件再导入一次不会有任何变化；文件里没有了的行只列出，不删除。
    """
    with open_service() as service:
        result = import_workbook(
            service.database,
            file,
            service.actor,
            service.clock,
            WorkbookLimits.of(service.settings),
            dry_run=dry_run,
            progress=_progress,
            reason=reason.strip(),
        )
    if as_json:
        click.echo(json.dumps(result.as_json(), ensure_ascii=False))
    else:
        _tell(result)
    if result.errors:
        _tell_errors(result)
        context.exit(USED_WRONGLY)


def _progress(line: str) -> None:
    """One line a step, for a person who waits at a terminal."""
    if sys.stderr.isatty():
        click.echo(line, err=True)


def _tell(result: ImportResult) -> None:
    if result.errors:
        return
    for kind, name in NAMES.items():
        added, changed, same = result.added[kind], result.changed[kind], result.unchanged[kind]
        if added or changed or same:
            click.echo(f"{name}：新增 {added}，变更 {changed}，未变 {same}")
    for change in result.changes:
        before, after = _shown(change.before, change.unit), _shown(change.after, change.unit)
        click.echo(f"变更 {NAMES[change.kind]} {change.key}：{change.field} {before} → {after}")
    for missing in result.missing:
        click.echo(f"文件中没有、台账仍保留：{NAMES[missing.kind]} {missing.key}")
    for line in result.ignored:
        click.echo(f"未读取：{line}")
    _tell_problems("发现", result.findings)
    click.echo("试运行，没有写入。" if result.dry_run else "已写入。")


def _shown(value: str, unit: str) -> str:
    """What stood in a field or stands there now, amounts as vouchers write them."""
    if not value:
        return "（空）"
    if unit == "元":
        value = format_yuan(Decimal(value))
    return f"{value} {unit}".rstrip()


def _tell_errors(result: ImportResult) -> None:
    for problem in result.errors:
        click.echo(problem.sentence(), err=True)
    more = result.error_count - len(result.errors)
    rest = f"（另有 {more} 处未列出）" if more else ""
    click.echo(f"共 {result.error_count} 处错误{rest}，没有写入任何数据。", err=True)


def _tell_problems(what: str, problems: Sequence[Problem]) -> None:
    for problem in problems:
        click.echo(f"{what}：{problem.sentence()}")
