"""``monitor imports``: what was imported, the undo, and the work of a run that pages began."""

from pathlib import Path
from uuid import UUID

import click
from sqlalchemy import select

from contracts.imports import runs
from contracts.imports.models import ImportRun
from contracts.imports.undo import undo_import
from contracts.imports.words import STATE_NAMES
from kernel.access.actor import LOCAL_OPERATOR, Actor
from kernel.access.permissions import Permission
from kernel.cause import AT_THE_MACHINE, Cause
from kernel.errors import ForbiddenError
from kernel.workbook_guard import WorkbookLimits
from monitor.imports.exports import EXPORTS, export_to
from monitor.imports.job import Imports, work_on
from monitor.imports.starting import JOB_COMMAND, bureau_of, imports_folder
from monitor.service import Service, open_service
from people.actors import actor_of

MOST_LISTED = 50


def imports_of(service: Service) -> Imports:
    """What imports of this service stand on."""
    return Imports(
        service.database,
        service.clock,
        imports_folder(service.settings),
        WorkbookLimits.of(service.settings),
    )


@click.group("imports")
def imports_commands() -> None:
    """导入记录：列出，撤销。"""


@imports_commands.command("list")
def list_command() -> None:
    """列出最近的导入。"""
    with open_service(Permission.IMPORTS_WRITE) as service:
        bureau = bureau_of(service.settings, imports_of(service))
        with service.database.reading(service.actor) as session:
            statement = select(ImportRun).where(runs.own(service.actor))
            for run in session.scalars(statement.order_by(ImportRun.id.desc()).limit(MOST_LISTED)):
                counts = f"新增 {run.added}，变更 {run.changed}，错误 {run.errors}"
                state = STATE_NAMES[bureau.state_of(run)]
                when = f"{run.recorded_at:%Y-%m-%d %H:%M}"
                click.echo(f"{run.id} {when} {state} {run.file_name}：{counts}")


@imports_commands.command("undo")
@click.argument("run_id", type=click.UUID, metavar="编号")
def undo_command(run_id: UUID) -> None:
    """撤销一次导入：新增的行移除，变更的行恢复原值；审计记录保留全部经过。"""
    with open_service(Permission.IMPORTS_WRITE) as service:
        cause = Cause(AT_THE_MACHINE.client, reason="撤销导入")
        with service.database.writing(service.actor, cause) as session:
            run = runs.find_run(session, service.actor, run_id, lock=True)
            undo_import(session, service.actor, service.clock, run)
            click.echo(f"已撤销 {run.file_name}：移除 {run.added} 行，恢复 {run.changed} 行。")


@click.command("export")
@click.argument("kind", type=click.Choice(list(EXPORTS)), metavar="种类")
@click.argument("file", type=click.Path(path_type=Path), metavar="文件")
def export_command(kind: str, file: Path) -> None:
    """导出一种台账为工作簿，可改后再导入；种类：contracts、rounds、hazards、enterprises。"""
    with open_service(EXPORTS[kind].needs) as service:
        with service.database.reading(service.actor) as session:
            title = export_to(session, service.actor, kind, file)
        click.echo(f"已导出 {title}：{file}")


@click.command(JOB_COMMAND, hidden=True)
@click.argument("run_id", type=click.UUID)
def job_command(run_id: UUID) -> None:
    """Work on a run; the page that began it holds its lock until this process has it."""
    with open_service() as service:
        work_on(imports_of(service), _actor(service, run_id), run_id)


def _actor(service: Service, run_id: UUID) -> Actor:
    """Whose import it is, with the permissions of today."""
    with service.database.reading(LOCAL_OPERATOR) as session:
        run = runs.find_run(session, LOCAL_OPERATOR, run_id)
        if run.user_id is None:
            return LOCAL_OPERATOR
        actor = actor_of(session, run.user_id, service.clock.business_date())
    if actor is None or not actor.may(Permission.IMPORTS_WRITE):
        raise ForbiddenError("导入人的账号已停用，或没有导入权限")
    return actor
