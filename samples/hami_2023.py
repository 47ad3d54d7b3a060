"""Hami 2023: the facts of the city's performance report, and what the sample had to assume.

Source: 哈密市本级2023年度预算绩效评价报告, 政府购买服务支出—第三方监管和隐患排查. Each place in it, and
why each assumption contradicts nothing there, is in samples/README.md.
"""

from datetime import date
from decimal import Decimal

from samples.hami_2023_file import TABLES
from samples.hami_2023_findings import CONTRADICTIONS
from samples.hami_2023_money import MILESTONES, PAYMENTS
from samples.hami_2023_rounds import ROUNDS
from samples.ledger import Contract, Ledger, Organisation, Programme

PROGRAMME = "HAMI-2023-DSF"
BUREAU = "哈密市应急管理局"
XINZE = "陕西信泽高新技术开发有限公司"
DATES = ("number", "signed_on", "starts_on", "ends_on")


def _organisation(suffix: str, name: str, short_name: str, kind: str) -> Organisation:
    return Organisation(
        code=f"650500-{suffix}",
        name=name,
        short_name=short_name,
        kind=kind,
        parent_code="650500-00",
        division_code="650500",
        assumed=("code",),
    )


ORGANISATIONS = (
    Organisation(
        code="650500-00",
        name="哈密市人民政府",
        short_name="市政府",
        kind="人民政府",
        division_code="650500",
        assumed=("code",),
        note="机构编码由行政区划代码（GB/T 2260）加序号构成，非法定编码",
    ),
    _organisation("01", BUREAU, "应急管理局", "部门"),
    _organisation("02", "哈密市财政局", "财政局", "财政"),
    _organisation("03", "哈密高新技术开发区管理委员会", "高新区管委会", "管委会"),
    _organisation("04", "哈密市工业和信息化局", "工信局", "部门"),
    _organisation("05", "哈密市发展和改革委员会", "发改委", "部门"),
    _organisation("06", "哈密市市场监督管理局", "市监局", "部门"),
)

PROGRAMMES = (
    Programme(
        code=PROGRAMME,
        name="政府购买服务支出—第三方监管和隐患排查",
        fiscal_year=2023,
        lead=BUREAU,
        initial_budget=Decimal(200),
        budget=Decimal(200),
        released=Decimal(200),
        approval="哈市财〔2023〕3号",
        assumed=("code", "initial_budget"),
        note="报告只列一个预算数200万元（部门预算“二下”指标），年初数按同数填列",
    ),
)

CONTRACTS = (
    Contract(
        sequence=1,
        number="HAMI-2023-01",
        programme=PROGRAMME,
        purchaser=BUREAU,
        payer=BUREAU,
        vendor="新疆锦绣资源工程有限公司",
        name="哈密市非煤矿山安全隐患排查项目",
        sector="非煤矿山",
        content="高危行业安全生产隐患排查、风险评估技术服务",
        signed_on=date(2023, 3, 7),
        starts_on=date(2023, 3, 13),
        ends_on=date(2024, 3, 12),
        total=Decimal(125),
        paid=Decimal(50),
        unpaid=Decimal(75),
        assumed=DATES,
        note="支付合同首付款40%；2023年完成三轮核查",
    ),
    Contract(
        sequence=2,
        number="HAMI-2023-02",
        programme=PROGRAMME,
        purchaser=BUREAU,
        payer=BUREAU,
        vendor=XINZE,
        name="哈密市应急管理局冶金工贸企业风险评估及隐患排查项目",
        sector="冶金工贸",
        content="根据市应急管理局冶金工贸企业风险评估及隐患排查项目工作需要，"
        "对哈密市20家冶金工贸企业进行隐患排查工作",
        signed_on=date(2023, 2, 13),
        starts_on=date(2023, 2, 20),
        ends_on=date(2024, 2, 19),
        total=Decimal("58.8"),
        paid=Decimal("47.04"),
        unpaid=Decimal("11.76"),
        assumed=DATES,
        note="支付合同首付款40%、按合同进度付款40%；承接单位依支付明细表，正文写作其新疆分公司",
    ),
    Contract(
        sequence=3,
        number="HAMI-2023-03",
        programme=PROGRAMME,
        purchaser=BUREAU,
        payer=BUREAU,
        vendor="中煤科工集团南京设计研究院有限公司",
        name="哈密市应急管理局政府购买第三方安全生产服务煤矿领域项目",
        sector="煤矿",
        content="煤矿领域购买第三方安全生产服务",
        signed_on=date(2023, 4, 11),
        starts_on=date(2023, 4, 17),
        ends_on=date(2024, 4, 16),
        total=Decimal("138.6"),
        paid=Decimal("41.58"),
        unpaid=Decimal("97.02"),
        assumed=DATES,
        note="支付30%合同款；承接单位依支付明细表，正文写作南京院联合新疆工程学院",
    ),
    Contract(
        sequence=4,
        number="HAMI-2023-04",
        programme=PROGRAMME,
        purchaser=BUREAU,
        payer=BUREAU,
        vendor="新疆忠善管理咨询有限责任公司",
        name="哈密市安全技术指导服务项目",
        sector="危险化学品",
        content="高危行业安全生产隐患排查、风险评估技术服务",
        signed_on=date(2023, 5, 16),
        starts_on=date(2023, 5, 22),
        ends_on=date(2024, 5, 21),
        total=Decimal("79.6"),
        paid=Decimal("31.84"),
        unpaid=Decimal("47.76"),
        assumed=DATES,
        note="支付40%合同款；报告所列服务只有2024年3月5日至24日一段",
    ),
    Contract(
        sequence=5,
        number="HAMI-2023-05",
        programme=PROGRAMME,
        purchaser="哈密高新技术开发区管理委员会",
        payer=BUREAU,
        vendor=f"{XINZE}新疆分公司",
        name="哈密高新技术开发区管理委员会辖区冶金工贸及危险化学品等重点企业领域"
        "政府购买第三方安全生产服务项目",
        sector="冶金工贸、危险化学品",
        content="高新区管委会辖区冶金工贸及危险化学品等重点企业领域政府购买第三方安全生产服务",
        signed_on=date(2023, 2, 1),
        starts_on=date(2023, 2, 6),
        ends_on=date(2024, 2, 5),
        total=Decimal(52),
        paid=Decimal("20.8"),
        unpaid=Decimal("31.2"),
        assumed=DATES,
        note="支付合同首付款40%；承接单位依支付明细表，正文写作陕西信泽高新技术开发有限公司",
    ),
    Contract(
        sequence=6,
        number="HAMI-2023-06",
        programme=PROGRAMME,
        purchaser="哈密市工业和信息化局",
        payer=BUREAU,
        vendor="新疆祥瑞安全生产技术服务有限公司",
        name="哈密市工业和信息化局民用爆炸物品生产、销售领域购买第三方安全生产服务项目",
        sector="民爆",
        content="对民爆物品生产、销售企业规章制度和操作规程执行、生产设施及工艺安全、"
        "标准化达标、双防双控、自查检查、消防设施等开展全覆盖检查",
        signed_on=date(2023, 1, 3),
        starts_on=date(2023, 1, 5),
        ends_on=date(2024, 1, 4),
        total=Decimal("19.7"),
        paid=Decimal("8.74"),
        unpaid=Decimal("10.96"),
        assumed=DATES,
        note="付款条款备注无法辨认，8.74万元为合同总额的44.4%",
    ),
    Contract(
        sequence=7,
        number="HAMI-2023-07",
        programme=PROGRAMME,
        purchaser="哈密市发展和改革委员会",
        vendor="中检集团康泰安全科技有限公司新疆分公司",
        name="哈密市发展和改革委员会政府购买第三方安全生产服务电力、油气管道技术服务项目",
        sector="电力、油气管道",
        content="电力和油气长输管道企业安全检查，提出整改意见建议，参与事故调查",
        signed_on=date(2023, 2, 21),
        starts_on=date(2023, 3, 1),
        ends_on=date(2024, 2, 29),
        assumed=DATES,
        note="报告未列合同总额、付款单位和支付金额；立案处罚企业1家，处罚金额2.5万元",
    ),
    Contract(
        sequence=8,
        number="HAMI-2023-08",
        programme=PROGRAMME,
        purchaser="哈密市市场监督管理局",
        vendor="广东省特种设备检测研究院",
        name="哈密市市场监督管理局第三方安全生产服务特种设备领域项目",
        sector="特种设备",
        content="指定区域内37家特种设备使用单位、充装单位合计378台（套）设备安全隐患排查",
        signed_on=date(2023, 3, 22),
        starts_on=date(2023, 3, 29),
        ends_on=date(2024, 3, 28),
        assumed=DATES,
        note="报告未列合同总额、付款单位和支付金额；项目分两期完成",
    ),
)

LEDGER = Ledger(
    title="哈密市2023年政府购买第三方安全生产服务",
    organisations=ORGANISATIONS,
    programmes=PROGRAMMES,
    contracts=CONTRACTS,
    milestones=MILESTONES,
    payments=PAYMENTS,
    rounds=ROUNDS,
    plans=(),
    supervisions=(),
    contradictions=CONTRADICTIONS,
    tables=TABLES,
)
