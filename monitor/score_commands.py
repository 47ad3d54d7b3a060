"""``monitor score``: an evaluation's points and the records behind each."""

from datetime import datetime

import click

from kernel.access.permissions import Permission
from monitor.indicators.models import EvaluationScore, Speaks
from monitor.indicators.scoring import score
from monitor.service import open_service

UNKNOWN = "缺数据，暂不计分（不按 0 分）"


@click.command("score")
@click.argument("evaluation")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="缺省为评价的截止日")
@click.option("--only", help="只评一个指标，例如 B204")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def score_command(evaluation: str, as_of: datetime | None, only: str | None, as_json: bool) -> None:
    """按台账给评价打分，每一分都列出佐证。"""
    with (
        open_service(Permission.SCORES_READ) as service,
        service.database.reading(service.actor) as session,
    ):
        day = as_of.date() if as_of else None
        result = score(session, service.actor, evaluation, day, only)
    if as_json:
        click.echo(result.model_dump_json(indent=2))
    else:
        _show(result)


def _show(result: EvaluationScore) -> None:
    click.echo(f"{result.name}（截至 {result.as_of}）")
    for indicator in result.indicators:
        points = UNKNOWN if indicator.score is None else f"{indicator.score:.2f}"
        click.echo(f"{indicator.code} {indicator.name}：{points} / {indicator.weight:.2f} 分")
        for criterion in indicator.criteria:
            scored = UNKNOWN if criterion.points is None else f"{criterion.points:.2f} 分"
            click.echo(f"  {criterion.name}：{scored}；{criterion.reason}")
            for item in indicator.evidence:
                if item.criterion == criterion.number:
                    sign = "＋" if item.speaks is Speaks.FOR else "－"
                    click.echo(f"    {sign} {item.text}{'〔假定〕' if item.assumed else ''}")
