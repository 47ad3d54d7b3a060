"""Hami 2023: what else the report tells of the contracts' files, sheet by sheet.

Places in the report are in samples/README.md. A sheet is called as the service's kind of record is,
and its headings are the fields' names.
"""

from datetime import date
from decimal import Decimal

from samples.ledger import Kind, Table

PROGRAMME = "HAMI-2023-DSF"
BUREAU = "哈密市应急管理局"
END = date(2023, 12, 31)
_PURCHASERS = (
    BUREAU,
    BUREAU,
    BUREAU,
    BUREAU,
    "哈密高新技术开发区管理委员会",
    "哈密市工业和信息化局",
)
"""Of the six contracts that the bureau's budget pays (payment table)."""
_TENDERED = (
    date(2023, 2, 6), date(2023, 1, 16), date(2023, 3, 10), date(2023, 4, 10), date(2022, 12, 12),
    date(2022, 11, 28),
)  # fmt: skip

SHARES = Table(
    name="合同分摊",
    unit="截至2023年12月31日",
    headings=(
        ("合同编号", Kind.TEXT), ("实施单位", Kind.TEXT), ("项目编码", Kind.TEXT),
        ("比例(%)", Kind.SHARE), ("资金来源", Kind.TEXT), ("指标文号", Kind.TEXT),
    ),
    rows=tuple(
        (f"HAMI-2023-0{at}", purchaser, PROGRAMME, Decimal(100), "市级", "哈市财〔2023〕3号")
        for at, purchaser in enumerate(_PURCHASERS, 1)
    ),
    notes=("哈密市本级一般公共预算资金",) * len(_PURCHASERS),
)  # fmt: skip
MEMBERS = Table(
    name="联合体",
    unit="截至2023年12月31日",
    headings=(("合同编号", Kind.TEXT), ("承接单位", Kind.TEXT)),
    rows=(
        ("HAMI-2023-03", "中煤科工集团南京设计研究院有限公司"),
        ("HAMI-2023-03", "新疆工程学院"),
    ),
    notes=("牵头人", "正文：南京院联合新疆工程学院；支付明细表只列牵头人"),
)
EQUIPMENT = Table(
    name="设备分类",
    unit="单位：台（套）",
    headings=(
        ("合同编号", Kind.TEXT), ("轮次", Kind.COUNT), ("设备种类", Kind.TEXT),
        ("台(套)", Kind.COUNT),
    ),
    rows=tuple(
        ("HAMI-2023-08", number, equipment, sets)
        for number, counted in (
            (1, (73, 31, 30, 15, 97, 11)),
            (2, (27, 9, 10, 15, 53, 7)),
        )
        for equipment, sets in zip(
            ("电梯", "起重机械", "场（厂）内专用机动车辆", "锅炉", "压力容器", "压力管道"),
            counted,
            strict=True,
        )
    ),
)  # fmt: skip
DISCLOSURES = Table(
    name="信息公开",
    unit="截至2023年12月31日",
    headings=(("合同编号", Kind.TEXT), ("公开内容", Kind.TEXT), ("公开媒体", Kind.TEXT),
              ("公开日期", Kind.DATE)),
    rows=tuple(
        (f"HAMI-2023-0{at}", "招标公告", "中国招标采购服务平台", day)
        for at, day in enumerate(_TENDERED, 1)
    ),
    assumed=(("公开日期",),) * len(_TENDERED),
    notes=("报告说招标公告内容完整、真实、准确，未列日期",) * len(_TENDERED),
)  # fmt: skip
PENALTIES = Table(
    name="行政处罚",
    unit="单位：万元",
    headings=(
        ("合同编号", Kind.TEXT), ("处罚日期", Kind.DATE), ("处罚机关", Kind.TEXT),
        ("案件数", Kind.COUNT), ("处罚企业数", Kind.COUNT), ("罚款金额(万元)", Kind.AMOUNT),
    ),
    rows=(("HAMI-2023-07", END, "哈密市发展和改革委员会", 1, 1, Decimal("2.5")),),
    assumed=(("处罚日期", "处罚机关"),),
    notes=("2023年检查中涉及立案处罚企业1家，未列日期",),
)  # fmt: skip
APPROVALS = Table(
    name="批复与指标文件",
    unit="单位：万元",
    headings=(
        ("项目编码", Kind.TEXT), ("文件种类", Kind.TEXT), ("文件名称", Kind.TEXT),
        ("文号", Kind.TEXT), ("发文单位", Kind.TEXT), ("发文日期", Kind.DATE),
        ("金额(万元)", Kind.AMOUNT), ("其中市级承担(万元)", Kind.AMOUNT),
    ),
    rows=(
        (
            PROGRAMME, "指标文", "关于批复2023年部门预算“二下”指标的通知", "哈市财〔2023〕3号",
            "哈密市财政局", date(2023, 1, 20), Decimal(200), Decimal(200),
        ),
    ),
    assumed=(("发文日期",),),
)  # fmt: skip
REGULATIONS = Table(
    name="制度",
    unit="截至2023年12月31日",
    headings=(
        ("单位", Kind.TEXT), ("制度类别", Kind.TEXT), ("制度名称", Kind.TEXT),
        ("印发日期", Kind.DATE),
    ),
    rows=(
        (BUREAU, "财务管理", "市应急管理局财务管理制度", date(2022, 1, 4)),
        (BUREAU, "专项资金管理", "专项资金管理制度", date(2022, 1, 4)),
        (BUREAU, "支出审批", "哈密市应急管理局财务支出审批制度（试行）", date(2022, 1, 4)),
        (BUREAU, "工作方案", "关于进一步规范政府购买第三方安全生产服务工作方案", date(2022, 3, 1)),
        (BUREAU, "工作方案", "哈密市2022年重点行业领域政府购买第三方服务方案", date(2022, 3, 1)),
    ),
    assumed=(("印发日期",),) * 5,
)  # fmt: skip
OUTCOMES = Table(
    name="成效",
    unit="单位：万元；条、家、人",
    headings=(
        ("项目编码", Kind.TEXT), ("成效指标", Kind.TEXT), ("期间起", Kind.DATE),
        ("期间止", Kind.DATE), ("本期数", Kind.COUNT), ("金额(万元)", Kind.AMOUNT),
    ),
    rows=tuple(
        (PROGRAMME, measure, date(2023, 1, 1), date(2023, 12, 30), value, amount)
        for measure, value, amount in (
            ("排查隐患数", 7606, None),
            ("重大事故隐患数", 47, None),
            ("立案处罚企业数", 14, None),
            ("处罚人数", 6, None),
            ("罚没金额", None, Decimal("61.9")),
        )
    ),
    assumed=(("期间起",),) * 5,
    notes=("", "", "", "", "另一处写作59万元"),
)  # fmt: skip
COUNTS = Table(
    name="隐患统计",
    unit="单位：条",
    headings=(
        ("合同编号", Kind.TEXT), ("统计日期", Kind.DATE), ("发现隐患", Kind.COUNT),
        ("已整改", Kind.COUNT),
    ),
    rows=(
        ("HAMI-2023-06", END, 83, None),
        ("HAMI-2023-05", END, 2439, 2397),
    ),
    assumed=(("统计日期",), ("统计日期",)),
    notes=("对10家企业检查问题隐患83条；逐轮23、17、22、22条", "查出2439项，已整改2397项"),
)  # fmt: skip
SURVEYS = Table(
    name="满意度调查",
    unit="单位：份、%",
    headings=(
        ("项目编码", Kind.TEXT), ("标题", Kind.TEXT), ("调查对象", Kind.TEXT),
        ("发放份数", Kind.COUNT), ("回收份数", Kind.COUNT), ("总体满意率(%)", Kind.SHARE),
        ("题目", Kind.TEXT), ("满意率(%)", Kind.SHARE),
    ),
    rows=tuple(
        (
            PROGRAMME, "受益群体满意度调查", "受益对象", 126, 126, Decimal("97.14"), wording,
            Decimal(rate),
        )
        for wording, rate in (
            ("您对安全隐患排查结果是否满意？", "96.825"),
            ("您对此次第三方安全隐患排查工作人员专业能力是否满意？", "97.302"),
            ("您对哈密市安全生产是否满意？", "97.302"),
        )
    ),
    notes=("报告只列满意率，未列各档人数",) * 3,
)  # fmt: skip

TABLES = (
    SHARES, MEMBERS, EQUIPMENT, COUNTS, DISCLOSURES, PENALTIES, APPROVALS, REGULATIONS, OUTCOMES,
    SURVEYS,
)  # fmt: skip
