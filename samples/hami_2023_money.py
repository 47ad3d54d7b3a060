"""Hami 2023: milestones and payments.

Reported: the first shares of contracts 1 to 5, the second of contract 2, and what was paid.
Assumed: dates, vouchers, the remaining terms, and the terms of contract 6 (unreadable).
"""

from datetime import date
from decimal import Decimal

from samples.ledger import Milestone, Payment

DAYS_ALLOWED = 30
TERMS = ("trigger", "days_allowed", "due_on")
LATER = ("name", "kind", "share", "amount", "trigger", "trigger_round", "days_allowed")
ENTRY = ("registered_on", "milestone", "paid_on", "voucher")
PENDING = "报告未列其余付款条款；截至2023年12月31日付款条件未成就"


def _on_signing(
    contract: int, share: str, due_on: date, note: str, assumed: tuple[str, ...] = TERMS
) -> Milestone:
    return Milestone(
        contract=f"HAMI-2023-{contract:02}",
        number=1,
        name="首付款",
        kind="首付款",
        share=Decimal(share),
        trigger="合同签订",
        days_allowed=DAYS_ALLOWED,
        due_on=due_on,
        assumed=assumed,
        note=note,
    )


def _progress(contract: int, share: str, trigger_round: int) -> Milestone:
    return Milestone(
        contract=f"HAMI-2023-{contract:02}",
        number=2,
        name="进度款",
        kind="进度款",
        share=Decimal(share),
        trigger="轮次确认",
        trigger_round=trigger_round,
        days_allowed=DAYS_ALLOWED,
        assumed=tuple(term for term in LATER if term != "amount"),
        note=PENDING,
    )


def _balance(contract: int, number: int, share: str | None, amount: str | None) -> Milestone:
    unused = {"trigger_round", "amount" if amount is None else "share"}
    return Milestone(
        contract=f"HAMI-2023-{contract:02}",
        number=number,
        name="尾款",
        kind="尾款",
        share=None if share is None else Decimal(share),
        amount=None if amount is None else Decimal(amount),
        trigger="验收合格",
        days_allowed=DAYS_ALLOWED,
        assumed=tuple(term for term in LATER if term not in unused),
        note=PENDING,
    )


MILESTONES = (
    _on_signing(1, "40", date(2023, 4, 6), "报告：支付合同首付款40%"),
    _progress(1, "40", 3),
    _balance(1, 3, "20", None),
    _on_signing(2, "40", date(2023, 3, 15), "报告：支付合同首付款40%"),
    Milestone(
        contract="HAMI-2023-02",
        number=2,
        name="进度款",
        kind="进度款",
        share=Decimal(40),
        trigger="轮次确认",
        trigger_round=3,
        days_allowed=DAYS_ALLOWED,
        due_on=date(2023, 8, 23),
        assumed=("trigger", "trigger_round", "days_allowed", "due_on"),
        note="报告：按合同进度付款40%；以第3次监查确认为付款条件",
    ),
    _balance(2, 3, "20", None),
    _on_signing(
        3, "30", date(2023, 5, 11), "报告：支付30%合同款，未写明款项类型", ("name", "kind", *TERMS)
    ),
    _progress(3, "50", 1),
    _balance(3, 3, "20", None),
    _on_signing(
        4, "40", date(2023, 6, 15), "报告：支付40%合同款，未写明款项类型", ("name", "kind", *TERMS)
    ),
    _progress(4, "40", 1),
    _balance(4, 3, "20", None),
    _on_signing(5, "40", date(2023, 3, 3), "报告：支付合同首付款40%"),
    _progress(5, "40", 2),
    _balance(5, 3, "20", None),
    Milestone(
        contract="HAMI-2023-06",
        number=1,
        name="进度款",
        kind="进度款",
        amount=Decimal("8.74"),
        trigger="轮次确认",
        trigger_round=2,
        days_allowed=DAYS_ALLOWED,
        due_on=date(2023, 4, 12),
        assumed=("name", "kind", "amount", "trigger", "trigger_round", "days_allowed", "due_on"),
        note="付款条款备注无法辨认（折合44.4%），按实付金额设一个节点；以第2轮确认为付款条件",
    ),
    _balance(6, 2, None, "10.96"),
)


HALF = "报告合计支付47.04万元，按首付40%、进度40%分两笔各23.52万元"
PAYEES = {
    1: "新疆锦绣资源工程有限公司",
    2: "陕西信泽高新技术开发有限公司",
    3: "中煤科工集团南京设计研究院有限公司",
    4: "新疆忠善管理咨询有限责任公司",
    5: "陕西信泽高新技术开发有限公司新疆分公司",
    6: "新疆祥瑞安全生产技术服务有限公司",
}


def _payment(
    contract: int,
    milestone: int,
    paid_on: date,
    amount: str,
    voucher: int,
    reason: str,
    *,
    resolution: str | None = None,
    note: str = "",
) -> Payment:
    return Payment(
        registered_on=paid_on,
        contract=f"HAMI-2023-{contract:02}",
        milestone=milestone,
        reason=reason,
        payee=PAYEES[contract],
        paid_on=paid_on,
        amount=Decimal(amount),
        voucher=f"2023-HM-{voucher:04}",
        resolution=resolution,
        assumed=ENTRY if resolution is None else (*ENTRY, "resolution"),
        note=note,
    )


PAYMENTS = (
    _payment(5, 1, date(2023, 2, 27), "20.8", 1, "高新区冶金工贸及危险化学品服务首付款40%"),
    _payment(2, 1, date(2023, 3, 9), "23.52", 2, "冶金工贸服务首付款40%", note=HALF),
    _payment(
        1,
        1,
        date(2023, 3, 28),
        "50",
        3,
        "非煤矿山安全隐患排查项目首付款40%",
        resolution="哈密市应急管理局党组会议纪要〔2023〕5号",
        note="报告：支付金额50万元按“三重一大”制度经党组会议决议后支付；纪要文号为假定",
    ),
    _payment(6, 1, date(2023, 4, 6), "8.74", 4, "民爆领域服务进度款"),
    _payment(3, 1, date(2023, 5, 8), "41.58", 5, "煤矿领域服务合同款30%"),
    _payment(4, 1, date(2023, 6, 8), "31.84", 6, "安全技术指导服务合同款40%"),
    _payment(2, 2, date(2023, 8, 16), "23.52", 7, "冶金工贸服务进度款40%", note=HALF),
)
