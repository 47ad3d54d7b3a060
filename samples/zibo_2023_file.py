"""Zibo 2023: what else the reports tell of the contract's file, sheet by sheet.

Places in the reports are in samples/README.md. A sheet is called as the service's kind of record is,
and its headings are the fields' names.
"""

from datetime import date
from decimal import Decimal

from samples.ledger import Kind, Table

CONTRACT = "ZIBO-2023-01"
PROGRAMME = "ZIBO-2023-KSJY"
BUREAU = "淄博市应急管理局"
SIGNED = date(2023, 4, 4)
END = date(2023, 12, 31)

SHARES = Table(
    name="合同分摊",
    unit="截至2023年12月31日",
    headings=(
        ("合同编号", Kind.TEXT), ("实施单位", Kind.TEXT), ("项目编码", Kind.TEXT),
        ("比例(%)", Kind.SHARE), ("资金来源", Kind.TEXT), ("功能科目", Kind.TEXT),
    ),
    rows=((CONTRACT, BUREAU, PROGRAMME, Decimal(100), "市级", "2249999"),),
    notes=("市与区县按资金分配情况表分担，报告只列市级160万元；决算列支“其他灾害防治及应急管理支出”",),
)  # fmt: skip
RESOURCES = Table(
    name="约定的人员与设备",
    unit="截至2023年12月31日",
    headings=(
        ("合同编号", Kind.TEXT), ("种类", Kind.TEXT), ("名称", Kind.TEXT),
        ("约定数", Kind.COUNT), ("单位", Kind.TEXT), ("依据", Kind.TEXT), ("约定日期", Kind.DATE),
    ),
    rows=(
        (CONTRACT, "人员", "应急救援队员", 30, "人", "合同", SIGNED),
        (CONTRACT, "人员", "应急救援队员", 31, "人", "项目支出绩效自评表", SIGNED),
        (CONTRACT, "设备", "训练器材", 50, "套", "合同", SIGNED),
        (CONTRACT, "场地面积", "办公训练场地", 10000, "平方米", "合同", SIGNED),
    ),
    assumed=(("约定日期",),) * 4,
    notes=("", "年度指标值≥31人", "", ""),
)  # fmt: skip
PRESENCES = Table(
    name="到位情况",
    unit="截至2023年12月31日",
    headings=(
        ("合同编号", Kind.TEXT), ("约定的资源", Kind.TEXT), ("清点日期", Kind.DATE),
        ("到位数", Kind.COUNT), ("地点", Kind.TEXT),
    ),
    rows=(
        (CONTRACT, "应急救援队员（合同）", END, 30, None),
        (CONTRACT, "应急救援队员（项目支出绩效自评表）", END, 31, None),
    ),
    assumed=(("清点日期",),) * 2,
    notes=("评价报告：应急救援队人员30人", "自评表：聘用救援队伍人数31人"),
)  # fmt: skip
APPROVALS = Table(
    name="批复与指标文件",
    unit="单位：万元",
    headings=(
        ("项目编码", Kind.TEXT), ("文件种类", Kind.TEXT), ("文件名称", Kind.TEXT),
        ("文号", Kind.TEXT), ("发文单位", Kind.TEXT), ("发文日期", Kind.DATE),
        ("要求整改的事项", Kind.TEXT), ("整改完成日期", Kind.DATE),
    ),
    rows=(
        (
            PROGRAMME, "监察、审查意见", "对淄博市矿山安全监管工作的监察意见", None,
            "国家矿山安全监察局", date(2022, 5, 31), "区域内未建立专业性矿山应急救援队", SIGNED,
        ),
        (
            PROGRAMME, "请示、申请", "关于组建淄博市非煤矿山应急救援队的请示", None, BUREAU,
            date(2022, 7, 15), None, None,
        ),
        (
            PROGRAMME, "批复", "对组建淄博市非煤矿山应急救援队的批示", "X20220734",
            "淄博市人民政府", date(2022, 7, 29), None, None,
        ),
        (
            PROGRAMME, "财政办理报告", "淄博市财政局关于市政府X20220734号批示件办理情况的报告", None,
            "淄博市财政局", date(2022, 10, 15), None, None,
        ),
        (
            PROGRAMME, "资金分担文件", "淄博市非煤矿山应急救援队资金分配情况表", None,
            "淄博市财政局", date(2022, 12, 15), None, None,
        ),
    ),
    assumed=(("发文日期", "整改完成日期"), *(("发文日期",),) * 4),
    notes=("月份见报告，日为假定", "月份见报告", "报告只说请示得到批复，日为假定", "月份见报告", "报告未列日期"),
)  # fmt: skip
OUTCOMES = Table(
    name="成效",
    unit="单位：%",
    headings=(
        ("项目编码", Kind.TEXT), ("成效指标", Kind.TEXT), ("行业领域", Kind.TEXT),
        ("期间起", Kind.DATE), ("期间止", Kind.DATE), ("减少幅度(%)", Kind.SHARE),
    ),
    rows=(
        (PROGRAMME, "事故伤亡人数", "非煤矿山", date(2023, 1, 1), END, Decimal(50)),
    ),
    notes=("人员伤亡减少率50%，报告未列人数",),
)  # fmt: skip
_LEVELS = ("非常满意", "满意", "基本满意", "不太满意", "非常不满意")
SURVEYS = Table(
    name="满意度调查",
    unit="单位：份、人、%",
    headings=(
        ("合同编号", Kind.TEXT), ("标题", Kind.TEXT), ("调查对象", Kind.TEXT),
        ("发放份数", Kind.COUNT), ("回收份数", Kind.COUNT), ("题目", Kind.TEXT),
        *((level, Kind.COUNT) for level in _LEVELS), ("满意率(%)", Kind.SHARE),
    ),
    rows=(
        (
            CONTRACT, "满意度调查", "应急救援队人员", 30, 30, "对项目实施效果是否满意", 24, 4, 2, 0,
            0, Decimal("94.67"),
        ),
        (
            CONTRACT, "满意度调查", "非煤矿山企业人员", 100, 96, "对项目实施效果是否满意", 82, 10, 4,
            0, 0, Decimal("96.25"),
        ),
    ),
    notes=("", "报告另一处写作92.4%：以发放的100份为分母"),
)  # fmt: skip

TABLES = (SHARES, RESOURCES, PRESENCES, APPROVALS, OUTCOMES, SURVEYS)
