"""Zibo 2023: the facts of the unit's final accounts, and what the sample had to assume.

Source: 淄博市应急救援指挥保障服务中心2023年度单位决算, with its self-evaluation and performance report.
Each place in it, and why each assumption contradicts nothing there, is in samples/README.md.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from samples.ledger import (
    Contract,
    Contradiction,
    Ledger,
    Milestone,
    Organisation,
    Payment,
    Plan,
    Programme,
    ServiceRound,
)
from samples.zibo_2023_file import TABLES

PROGRAMME = "ZIBO-2023-KSJY"
CONTRACT = "ZIBO-2023-01"
BUREAU = "淄博市应急管理局"
VENDOR = "淄博宙斯盾安全救援技术服务有限公司"


def _organisation(
    suffix: str, name: str, short_name: str, kind: str, parent: str | None, note: str = ""
) -> Organisation:
    return Organisation(
        code=f"370300-{suffix}",
        name=name,
        short_name=short_name,
        kind=kind,
        parent_code=None if parent is None else f"370300-{parent}",
        division_code="370300",
        assumed=("code",),
        note=note,
    )


ORGANISATIONS = (
    _organisation(
        "00",
        "淄博市人民政府",
        "市政府",
        "人民政府",
        None,
        "机构编码由行政区划代码（GB/T 2260）加序号构成，非法定编码",
    ),
    _organisation("01", BUREAU, "应急管理局", "部门", "00"),
    _organisation("02", "淄博市财政局", "财政局", "财政", "00"),
    _organisation(
        "03", "淄博市应急救援指挥保障服务中心", "市应急指挥中心", "事业单位", "01", "市应急局所属"
    ),
)

PROGRAMMES = (
    Programme(
        code=PROGRAMME,
        name="非煤矿山应急救援队运行保障项目",
        fiscal_year=2023,
        lead=BUREAU,
        initial_budget=Decimal("351.88"),
        budget=Decimal(160),
        released=Decimal(160),
        assumed=("code",),
        note="报告未列预算批复文号；立项依据为市财政局关于市政府X20220734号批示件办理情况的报告",
    ),
)

CONTRACTS = (
    Contract(
        sequence=1,
        number=CONTRACT,
        programme=PROGRAMME,
        purchaser=BUREAU,
        payer=BUREAU,
        vendor=VENDOR,
        name="非煤矿山应急救援运行保障项目",
        sector="非煤矿山",
        content="组建非煤矿山应急救援队：救援队员30人、训练器材50套、办公训练场地10000平方米",
        signed_on=date(2023, 4, 4),
        starts_on=date(2023, 4, 10),
        ends_on=date(2023, 12, 31),
        total=Decimal(160),
        paid=Decimal(160),
        unpaid=Decimal(0),
        sme="是",
        assumed=("number", "signed_on", "starts_on", "ends_on", "total", "unpaid"),
        note="2023年4月签订（日为假定）；报告未列合同总额，按预算和实际支出160万元填列；小微企业",
    ),
)

RENT_DUE = (
    date(2023, 4, 20),
    date(2023, 6, 20),
    date(2023, 8, 15),
    date(2023, 10, 16),
    date(2023, 12, 15),
)
LABOUR_DUE = (
    date(2023, 4, 25),
    date(2023, 5, 25),
    date(2023, 6, 26),
    date(2023, 7, 25),
    date(2023, 8, 25),
    date(2023, 9, 25),
    date(2023, 10, 25),
    date(2023, 11, 27),
    date(2023, 12, 25),
    date(2023, 12, 29),
)
EQUIPMENT_DUE = (date(2023, 5, 15), date(2023, 9, 15))
LABOUR_NAMES = (*(f"2023年{month}月" for month in range(4, 13)), "年度考核结算")
# Self-evaluation table 1: 80 % of labour and of rent on time, so two of ten and one of five late.
PAID_LATE = {
    date(2023, 6, 26): date(2023, 7, 4),
    date(2023, 8, 25): date(2023, 9, 14),
    date(2023, 10, 16): date(2023, 11, 20),
}


class Instalment(NamedTuple):
    """One of the assumed instalments: what for, 万元, when due and when paid."""

    number: int
    name: str
    amount: str
    due_on: date

    @property
    def paid_on(self) -> date:
        """The day of payment: the due day, unless table 1 asks for a late one."""
        return PAID_LATE.get(self.due_on, self.due_on)


INSTALMENTS = (
    *(
        Instalment(index, f"场地租赁费（第{index}期）", "2", due_on)
        for index, due_on in enumerate(RENT_DUE, start=1)
    ),
    *(
        Instalment(index, f"人员劳务费（{name}）", "14", due_on)
        for index, (name, due_on) in enumerate(zip(LABOUR_NAMES, LABOUR_DUE, strict=True), start=6)
    ),
    *(
        Instalment(15 + index, f"器材耗材费（第{index}期）", "5", due_on)
        for index, due_on in enumerate(EQUIPMENT_DUE, start=1)
    ),
)

MILESTONES = tuple(
    Milestone(
        contract=CONTRACT,
        number=instalment.number,
        name=instalment.name,
        kind="分期",
        amount=Decimal(instalment.amount),
        trigger="约定日期",
        due_on=instalment.due_on,
        assumed=("name", "kind", "amount", "trigger", "due_on"),
    )
    for instalment in INSTALMENTS
)

PAYMENTS = tuple(
    Payment(
        registered_on=instalment.paid_on,
        contract=CONTRACT,
        milestone=instalment.number,
        reason=instalment.name,
        payee=VENDOR,
        paid_on=instalment.paid_on,
        amount=Decimal(instalment.amount),
        voucher=f"2023-ZB-{voucher:04}",
        assumed=("registered_on", "milestone", "reason", "paid_on", "amount", "voucher"),
        note="逾期支付：依自评表一及时率80%假定" if instalment.due_on in PAID_LATE else "",
    )
    for voucher, instalment in enumerate(
        sorted(INSTALMENTS, key=lambda each: each.paid_on), start=1
    )
)


def _service(number: int, merged: int, kind: str, note: str) -> ServiceRound:
    return ServiceRound(
        contract=CONTRACT,
        number=number,
        merged=merged,
        kind=kind,
        starts_on=date(2023, 4, 17),
        ends_on=date(2023, 12, 15),
        found=46 if number == 1 else None,
        rectified=37 if number == 1 else None,
        assumed=("starts_on", "ends_on"),
        note=note,
    )


ROUNDS = (
    _service(1, 15, "隐患排查", "预防检查15队次合计；查出46条，其中现场解决37条"),
    _service(2, 9, "演练", "应急演练9队次合计"),
    _service(3, 24, "技术指导", "矿井技术服务24队次合计"),
)

PLANS = (
    Plan(
        contract=CONTRACT,
        version=1,
        submitted_on=date(2023, 4, 6),
        approved_on=date(2023, 4, 7),
        assumed=("version", "submitted_on", "approved_on"),
        note="报告：按照实施方案、任务计划要求完成工作；未列报送和审定日期",
    ),
)


def _says(
    contract: str | None, matter: str, first: str, second: str, adopted: str, note: str = ""
) -> Contradiction:
    return Contradiction(
        programme=PROGRAMME,
        contract=contract,
        matter=matter,
        first=first,
        second=second,
        adopted=adopted,
        note=note,
    )


CONTRADICTIONS = (
    _says(
        CONTRACT,
        "劳务费和租金支付及时性",
        "绩效评价：均按计划时间支付，5/5分；自评表二：及时率100%",
        "自评表一：劳务费发放及时率80%、租金支付及时率80%，各得2/5分",
        "依自评表一：劳务费10期中2期、租金5期中1期逾期，均在2023年内付清",
        "自评表一为市级预算项目支出绩效自评表（项目实施单位为服务中心），"
        "自评表二为绩效评价报告附件1",
    ),
    _says(
        CONTRACT,
        "付款单位",
        "绩效评价：淄博市应急管理局按合同支付；自评表二：项目实施单位淄博市应急管理局",
        "自评表一和汇总表：资金使用单位淄博市应急救援指挥保障服务中心",
        "淄博市应急管理局（合同签订方）",
    ),
    _says(
        CONTRACT,
        "合同金额",
        "项目预算、实际支出160万元",
        "单位政府采购服务支出、授予小微企业合同金额351.78万元（年初预算351.88万元）",
        "合同总额按160万元填列，标为假定",
    ),
    _says(
        CONTRACT,
        "救援队人数",
        "项目实施情况：30人",
        "两张自评表：31人",
        "服务内容填30人",
    ),
    _says(
        CONTRACT,
        "现场解决率",
        "评价结论：84.4%",
        "37÷46=80.4%",
        "只填查出46条、现场解决37条，不填比率",
    ),
)

LEDGER = Ledger(
    title="淄博市2023年非煤矿山应急救援队运行保障项目",
    organisations=ORGANISATIONS,
    programmes=PROGRAMMES,
    contracts=CONTRACTS,
    milestones=MILESTONES,
    payments=PAYMENTS,
    rounds=ROUNDS,
    plans=PLANS,
    supervisions=(),
    contradictions=CONTRADICTIONS,
    tables=TABLES,
)
