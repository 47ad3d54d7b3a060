"""``monitor audit``: seal the trail, verify it, keep its head elsewhere, export it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.orm import Session

from kernel.errors import InputError, NotFoundError
from kernel.trail.queries import Filter, entries
from kernel.trail.record import record
from kernel.trail.sealing import Head, head, seal
from kernel.trail.verification import Fault, Finding, Tally, verify
from migrations import trail_triggers
from monitor.service import Service, open_service
from monitor.trail_sight import sight_of
from monitor.trail_words import ACTIONS, KINDS

FOUND_SOMETHING = 1
_SAY_EVERY = 100_000
_LISTED = 1000
"""How many faults the JSON answer lists; their number is always whole."""

FAULTS = {
    Fault.CHANGED: "内容被改动",
    Fault.REMOVED: "记录被删除",
    Fault.MOVED: "次序被改动，或前后封印被重做",
    Fault.SEAL_CHANGED: "封印被改动",
    Fault.SEAL_REMOVED: "封印被删除",
    Fault.CUT: "末尾被截去：已导出的链头之前的封印不见了",
    Fault.REWRITTEN: "与已导出的链头不符：此前的链被重做",
}


@click.group("audit")
def audit_commands() -> None:
    """审计记录：封印、校验、导出链头与全文。"""


@audit_commands.command("seal")
def seal_command() -> None:
    """把尚未封印的记录依次封印（工作进程每隔几秒也会做）。"""
    with open_service() as service:
        done = seal(service.database, service.clock, whole=True)
    click.echo(f"已封印 {done} 条")


@audit_commands.command("head")
def head_command() -> None:
    """输出链头（最后一个封印）；另处保存，校验时可发现末尾被截去。"""
    with open_service() as service, service.database.reading(service.actor) as session:
        newest = head(session)
    if newest is None:
        raise NotFoundError("还没有封印；请先运行 monitor audit seal")
    click.echo(json.dumps(asdict(newest)))


@audit_commands.command("export")
def export_command() -> None:
    """按写入次序输出全部记录，每行一个 JSON。"""
    with open_service() as service:
        _note(service, "export", {"by": "monitor audit export"})
        with service.database.reading(service.actor) as session:
            for entry in entries(session, sight_of(service.actor), Filter()):
                click.echo(entry.model_dump_json())


@audit_commands.command("verify")
@click.option(
    "--head", "head_file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="以前用 monitor audit head 导出的链头文件",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_context
def verify_command(context: click.Context, head_file: Path | None, *, as_json: bool) -> None:
    """重算整条链，指出每条被改动、删除或调换的记录；发现问题时退出码为 1。"""
    known = None if head_file is None else _read_head(head_file)
    tally, listed, count = Tally(), list[Finding](), 0
    with open_service() as service:
        with service.database.reading(service.actor) as session:
            for finding in _walk(session, tally, known):
                count += 1
                if not as_json:
                    click.echo(sentence(finding))
                elif len(listed) < _LISTED:
                    listed.append(finding)
            asleep = trail_triggers.drift(session.connection())
        _note(service, "verify", {"sealed": tally.sealed, "faults": count})
    if as_json:
        click.echo(json.dumps(_answer(tally, listed, count, asleep), ensure_ascii=False))
    else:
        _conclude(tally, count, asleep, known)
    if count or asleep:
        context.exit(FOUND_SOMETHING)


def sentence(finding: Finding) -> str:
    """One fault as a person reads it: where, which entry, from when, and what it was."""
    place = f"第 {finding.position} 个封印"
    if finding.until != finding.position:
        place = f"第 {finding.position} 至 {finding.until} 个封印"
    said = f"【{FAULTS[finding.fault]}】{place}"
    if finding.entry_id is not None:
        said += f"，记录 {finding.entry_id}"
    if finding.recorded_at:
        action = ACTIONS.get(finding.action, finding.action)
        kind = KINDS.get(finding.object_kind, finding.object_kind)
        who = f"{finding.actor} {action}{kind} {finding.object_id}"
        said += f"（{finding.recorded_at[:19]} UTC，{who}）"
    return said


def _walk(session: Session, tally: Tally, known: Head | None) -> Iterator[Finding]:
    said = 0
    for finding in verify(session, tally, known):
        if finding is not None:
            yield finding
        elif tally.sealed - said >= _SAY_EVERY:
            said = tally.sealed
            click.echo(f"已校验 {tally.sealed} / {tally.total}", err=True)


def _conclude(tally: Tally, count: int, asleep: list[str], known: Head | None) -> None:
    for problem in asleep:
        click.echo(f"【触发器不全】{problem}：改动可能不再留下记录；运行 monitor db upgrade 重建")
    verdict = f"发现 {count} 处问题" if count else "没有发现问题"
    click.echo(f"校验 {tally.sealed} 条已封印的记录：{verdict}。")
    if tally.unsealed:
        click.echo(
            f"另有 {tally.unsealed} 条尚未封印（最早写于 {tally.oldest_unsealed[:19]} UTC），"
            "不在校验之内；保持 monitor work 运行，或运行 monitor audit seal。"
        )
    if known is None:
        click.echo("没有给出链头文件（--head），无法发现末尾被截去。")


def _answer(
    tally: Tally, listed: Iterable[Finding], count: int, asleep: list[str]
) -> dict[str, Any]:
    return {
        "sealed": tally.sealed,
        "unsealed": tally.unsealed,
        "oldest_unsealed": tally.oldest_unsealed or None,
        "faults": count,
        "triggers": asleep,
        "findings": [asdict(finding) for finding in listed],
    }


def _note(service: Service, action: str, facts: dict[str, Any]) -> None:
    """Reading the trail is itself in the trail."""
    with service.database.writing(service.actor) as session:
        record(session, action, "audit_entry", "", facts)


class _HeadFile(BaseModel):
    """What ``monitor audit head`` wrote."""

    model_config = ConfigDict(extra="ignore", strict=True)

    position: int = Field(ge=1)
    entry_id: int
    hash: str = Field(pattern="^[0-9a-f]{64}$")
    sealed_at: str = ""


def _read_head(path: Path) -> Head:
    try:
        found = _HeadFile.model_validate_json(path.read_bytes())
    except (ValidationError, OSError):
        raise InputError("--head", f"{path.name} 不是 monitor audit head 导出的文件") from None
    return Head(found.position, found.entry_id, found.hash, found.sealed_at)
