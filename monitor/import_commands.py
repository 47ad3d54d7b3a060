"""``monitor import``: a ledger workbook into the ledger."""

import json
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import click

from contracts.imports.models import RunState
from contracts.imports.runs import Brought
from kernel.money import format_yuan
from kernel.storage.staging import stage
from kernel.workbook_problems import Problem
from monitor.import_names import NAMES
from monitor.import_results import ImportResult
from monitor.importing import Wish, bring_in
from monitor.imports.annotated import annotate
from monitor.imports.commands import imports_of
from monitor.imports.job import begin, import_file
from monitor.service import Service, open_service

USED_WRONGLY = 2


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path), metavar="文件")
@click.option("--dry-run", is_flag=True, help="只列出会新增、变更什么和错误，不写入")
@click.option(
    "--reason", default="", metavar="原因", help="更正金额、支付或验收的原因；记入审计记录"
)
@click.option("--sound-only", is_flag=True, help="只导入无误的行，其余的行留作待处理清单")
@click.option(
    "--annotated",
    type=click.Path(path_type=Path),
    metavar="副本",
    help="有错误时另存一份标出错误单元格的副本",
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_context
def import_command(
    context: click.Context,
    *,
    file: Path,
    dry_run: bool,
    reason: str,
    sound_only: bool,
    annotated: Path | None,
    as_json: bool,
) -> None:
    """导入合同台账工作簿（.xlsx）；有错误时什么也不写入。

    同一文件再导入一次不会有任何变化；文件里没有了的行只列出，不删除。
    """
    with open_service() as service:
        wish = Wish(dry_run=dry_run, reason=reason.strip(), sound_only=sound_only)
        result = _import(service, file, wish)
        if annotated is not None and (result.errors or result.left_out):
            annotate(file, annotated, [*result.errors, *result.left_out])
    if as_json:
        click.echo(json.dumps(result.as_json(), ensure_ascii=False))
    else:
        _tell(result)
    if result.errors:
        _tell_errors(result)
        context.exit(USED_WRONGLY)


def _import(service: Service, file: Path, wish: Wish) -> ImportResult:
    """Import with a record that can be undone; a try, or a file that is none, leaves no record."""
    imports = imports_of(service)
    if wish.dry_run or not file.is_file():
        return bring_in(
            imports.database,
            file,
            service.actor,
            imports.clock,
            imports.limits,
            wish,
            progress=_progress,
        )
    with file.open("rb") as opened:
        staged = stage(opened, sys.maxsize)
    brought = Brought(file.name, staged.sha256, staged.size)
    with imports.folder.held(staged.sha256):
        run = begin(imports, service.actor, brought, RunState.IMPORTING)
        return import_file(imports, service.actor, run.id, file, wish, progress=_progress)


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
    _tell_problems("未导入", result.left_out)
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
