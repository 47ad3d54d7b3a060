"""B204 项目履约管理规范性 (Hami report, scoring table): two criteria of half the weight each.

① The purchaser runs a performance-management mechanism, monitors execution, knows the progress and
urges the vendor: every contract in service has a supervision record and an approved plan.
② Payment follows the contract and the progress: nothing late, ahead of its condition, above its
milestone or above the contract. A criterion about which the ledger holds nothing is not scored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from kernel.access.actor import Actor
from monitor.indicators import payment_evidence, supervision_evidence
from monitor.indicators.models import (
    Basis,
    Criterion,
    Evidence,
    Indicator,
    IndicatorScore,
    Speaks,
)

SUPERVISION = "① 建立履约管理机制，开展执行监控，督促承接主体履行合同"
PAYMENT = "② 按合同约定和执行进度支付款项"
WEAKEST_LAST = tuple(Basis)


@dataclass(frozen=True, slots=True)
class Finding:
    """What the ledger says of a criterion: met or not (None: nothing recorded), and why."""

    met: bool | None
    reason: str
    evidence: Sequence[Evidence]


def score(
    session: Session, actor: Actor, indicator: Indicator, programme_ids: Sequence[UUID], as_of: date
) -> IndicatorScore:
    """Score the indicator from the ledger as it stood on ``as_of``."""
    supervision = _supervision(supervision_evidence.collect(session, actor, programme_ids, as_of))
    payment = _payment(payment_evidence.collect(session, actor, programme_ids, as_of))
    half = indicator.weight / 2
    criteria = (
        _criterion(1, SUPERVISION, half, supervision),
        _criterion(2, PAYMENT, half, payment),
    )
    points = [criterion.points for criterion in criteria if criterion.points is not None]
    total = sum(points, Decimal(0)) if len(points) == len(criteria) else None
    evidence = (*supervision.evidence, *payment.evidence)
    return IndicatorScore(
        code=indicator.code,
        name=indicator.name,
        weight=indicator.weight,
        score=total,
        rate=None if total is None else (total / indicator.weight * 100).normalize(),
        basis=max((item.basis for item in evidence), key=WEAKEST_LAST.index, default=Basis.ABSENCE),
        rests_on_assumptions=any(item.assumed for item in evidence),
        criteria=criteria,
        evidence=evidence,
    )


def _criterion(number: int, name: str, weight: Decimal, finding: Finding) -> Criterion:
    points = None if finding.met is None else weight if finding.met else Decimal(0)
    return Criterion(
        number=number,
        name=name,
        weight=weight,
        met=finding.met,
        points=points,
        reason=finding.reason,
    )


def _supervision(evidence: Sequence[Evidence]) -> Finding:
    if not evidence:
        return Finding(None, "台账中没有已开始服务的合同，缺数据，暂不计分（不按 0 分）", evidence)
    against = [item for item in evidence if item.speaks is Speaks.AGAINST]
    if not against:
        return Finding(True, "每份服务中的合同都有督促检查记录和已审定的实施方案", evidence)
    unsupervised = sum(item.kind == "no_supervision" for item in against)
    unplanned = sum(item.kind == "no_plan" for item in against)
    nothing = (
        "（未实行相关监督机制）" if not any(item.kind == "supervision" for item in evidence) else ""
    )
    return Finding(
        False,
        f"{unsupervised} 份合同没有督促检查记录{nothing}，{unplanned} 份合同没有已审定的实施方案",
        evidence,
    )


def _payment(evidence: Sequence[Evidence]) -> Finding:
    if not evidence:
        return Finding(
            None, "台账中没有支付记录和到期的支付节点，缺数据，暂不计分（不按 0 分）", evidence
        )
    against = [item for item in evidence if item.speaks is Speaks.AGAINST]
    if against:
        return Finding(False, f"{len(against)} 处支付与合同约定不符", evidence)
    paid = len(evidence)
    return Finding(True, f"{paid} 笔支付无逾期、无提前、无超节点、无超合同", evidence)
