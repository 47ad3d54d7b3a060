"""The rows of 支付节点 and 支付台账 (domain 9); amounts come as yuan."""

from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import Field

from contracts.workbook_rows import ContractNumber, Serial
from kernel.workbook_columns import Column, Kind, LedgerRow
from payments.models import MilestoneKind, Trigger

MILESTONE_KINDS = {
    "首付款": MilestoneKind.FIRST,
    "进度款": MilestoneKind.PROGRESS,
    "尾款": MilestoneKind.FINAL,
    "分期": MilestoneKind.INSTALMENT,
}
TRIGGERS = {
    "合同签订": Trigger.SIGNING,
    "方案审定": Trigger.PLAN_APPROVED,
    "轮次确认": Trigger.ROUND_CONFIRMED,
    "验收合格": Trigger.ACCEPTANCE,
    "收到发票": Trigger.INVOICE,
    "约定日期": Trigger.DATE,
}


class MilestoneRow(LedgerRow):
    """支付节点: exactly one of 比例 and 金额, which the cross-check asks for."""

    SHEET: ClassVar[str] = "支付节点"
    contract: ContractNumber
    number: Annotated[Serial, Column(("节点序号",), Kind.COUNT)]
    name: Annotated[str, Field(max_length=120), Column(("节点名称",))]
    kind: Annotated[MilestoneKind, Column(("节点类型",), Kind.WORD, MILESTONE_KINDS)]
    share: Annotated[Decimal | None, Column(("比例",), Kind.PERCENT)] = None
    amount_given: Annotated[Decimal | None, Column(("金额", "应付金额"), Kind.AMOUNT)] = None
    trigger_kind: Annotated[Trigger, Column(("付款条件",), Kind.WORD, TRIGGERS)]
    trigger_round: Annotated[Serial | None, Column(("条件轮次",), Kind.COUNT)] = None
    days_allowed: Annotated[
        int | None, Field(le=3660), Column(("付款期限", "付款期限(天)"), Kind.COUNT)
    ] = None
    due_on_given: Annotated[date | None, Column(("应付日期", "应付时间"), Kind.DATE)] = None


class PaymentRow(LedgerRow):
    """支付台账; 登记时间 is read and not kept, the ledger has its own time of recording."""

    SHEET: ClassVar[str] = "支付台账"
    registered_on: Annotated[
        date | None, Column(("登记时间", "登记日期"), Kind.DATE, kept=False)
    ] = None
    contract: ContractNumber
    milestone: Annotated[
        int | None, Field(ge=1), Column(("节点序号", "支付节点"), Kind.COUNT, stored="milestone_id")
    ] = None
    reason: Annotated[str, Field(max_length=200), Column(("付款事由",))] = ""
    payee: Annotated[str, Field(max_length=200), Column(("收款单位",))] = ""
    paid_on: Annotated[date, Column(("支付时间", "支付日期", "付款时间", "付款日期"), Kind.DATE)]
    amount: Annotated[
        Decimal, Field(gt=0), Column(("本次付款额", "付款金额", "支付金额"), Kind.AMOUNT)
    ]
    voucher: Annotated[str, Field(max_length=80), Column(("支付凭证号", "凭证号"), Kind.CODE)] = ""
    resolution: Annotated[str, Field(max_length=200), Column(("会议纪要",))] = ""
