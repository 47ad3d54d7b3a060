"""Hami 2023: service rounds; where the report gives a total for several, one row carries it."""

from datetime import date

from samples.ledger import ServiceRound

DATES = ("starts_on", "ends_on")
CHECK = "隐患排查"


def _mining(
    number: int, starts_on: date, ends_on: date, enterprises: int, found: int, suggestions: int
) -> ServiceRound:
    return ServiceRound(
        contract="HAMI-2023-01",
        number=number,
        merged=1,
        kind=CHECK,
        starts_on=starts_on,
        ends_on=ends_on,
        enterprises=enterprises,
        suggestions=suggestions,
        found=found,
        found_general=355 if number == 1 else None,
        found_major=3 if number == 1 else None,
        assumed=DATES,
        note="" if number == 1 else "报告未分一般、重大",
    )


def _metallurgy(number: int, month: int, day: int) -> ServiceRound:
    decisive = number == 3
    return ServiceRound(
        contract="HAMI-2023-02",
        number=number,
        merged=1,
        kind=CHECK,
        starts_on=date(2023, month, day),
        ends_on=date(2023, month, day + 4),
        enterprises=21 if number == 1 else None,
        confirmed_on=date(2023, 7, 24) if decisive else None,
        assumed=(*DATES, "confirmed_on") if decisive else DATES,
        note="21家为5次监查合计涉及的企业数，报告未分次" if number == 1 else "",
    )


def _explosives(number: int, starts_on: date, ends_on: date, found: int) -> ServiceRound:
    decisive = number == 2
    return ServiceRound(
        contract="HAMI-2023-06",
        number=number,
        merged=1,
        kind=CHECK,
        starts_on=starts_on,
        ends_on=ends_on,
        enterprises=10,
        found=found,
        found_general=found,
        found_major=0,
        rectified=found,
        confirmed_on=date(2023, 3, 13) if decisive else None,
        assumed=("confirmed_on",) if decisive else (),
        note="对10家企业全覆盖检查，未发现重大隐患，已全部完成整改"
        + ("；与第3轮日期、条数相同，照报告原样" if number == 4 else ""),
    )


def _zone(
    number: int,
    merged: int,
    kind: str,
    starts_on: date,
    ends_on: date,
    *,
    enterprises: int | None = None,
    trained: int | None = None,
    enterprises_trained: int | None = None,
    note: str,
) -> ServiceRound:
    return ServiceRound(
        contract="HAMI-2023-05",
        number=number,
        merged=merged,
        kind=kind,
        starts_on=starts_on,
        ends_on=ends_on,
        enterprises=enterprises,
        trained=trained,
        enterprises_trained=enterprises_trained,
        assumed=DATES,
        note=note,
    )


ROUNDS = (
    _mining(1, date(2023, 4, 10), date(2023, 4, 28), 16, 358, 57),
    _mining(2, date(2023, 7, 10), date(2023, 7, 28), 16, 149, 42),
    _mining(3, date(2023, 11, 6), date(2023, 11, 24), 15, 81, 41),
    _metallurgy(1, 3, 13),
    _metallurgy(2, 5, 15),
    _metallurgy(3, 7, 10),
    _metallurgy(4, 9, 11),
    _metallurgy(5, 11, 13),
    ServiceRound(
        contract="HAMI-2023-03",
        number=1,
        merged=3,
        kind=CHECK,
        starts_on=date(2023, 5, 22),
        ends_on=date(2023, 10, 20),
        enterprises=10,
        experts=33,
        suggestions=146,
        found_general=498,
        assumed=DATES,
        note="3轮合计；涉及14家煤矿，现场检查10矿次；报告只列一般隐患498条，未列总数和重大隐患",
    ),
    ServiceRound(
        contract="HAMI-2023-04",
        number=1,
        merged=4,
        kind="技术指导",
        starts_on=date(2024, 3, 5),
        ends_on=date(2024, 3, 24),
        enterprises=23,
        note="4轮合计；23家为涉及的企业数；服务时间在2023年度以外，照报告原样",
    ),
    ServiceRound(
        contract="HAMI-2023-05",
        number=1,
        merged=8,
        kind="专项检查",
        starts_on=date(2023, 2, 13),
        ends_on=date(2023, 12, 15),
        enterprises=623,
        experts=89,
        vehicles=47,
        notices=623,
        found=2439,
        rectified=2397,
        assumed=DATES,
        note="数量为12轮合计（专项检查8轮、综合大检查4轮），报告未分列，也未分一般、重大",
    ),
    _zone(
        2,
        4,
        "综合检查",
        date(2023, 3, 20),
        date(2023, 12, 22),
        note="数量已合并在第1行（12轮合计）",
    ),
    ServiceRound(
        contract="HAMI-2023-05",
        number=3,
        merged=1,
        kind="复工复产审查",
        starts_on=date(2023, 2, 13),
        ends_on=date(2023, 3, 10),
        enterprises=47,
        assumed=("merged", *DATES),
        note="47家复工企业；报告未列审查次数",
    ),
    _zone(
        4,
        10,
        "培训",
        date(2023, 3, 6),
        date(2023, 12, 8),
        enterprises_trained=745,
        trained=752,
        note="10期集中安全教育培训合计；745为参训企业家次",
    ),
    _zone(
        5,
        2,
        "培训",
        date(2023, 6, 12),
        date(2023, 9, 22),
        note="机关干部业务能力提升培训2期，报告未列人次",
    ),
    _explosives(1, date(2023, 1, 8), date(2023, 1, 12), 23),
    _explosives(2, date(2023, 2, 28), date(2023, 3, 3), 17),
    _explosives(3, date(2023, 9, 16), date(2023, 9, 22), 22),
    _explosives(4, date(2023, 9, 16), date(2023, 9, 22), 22),
    ServiceRound(
        contract="HAMI-2023-07",
        number=1,
        merged=1,
        kind=CHECK,
        starts_on=date(2023, 3, 13),
        ends_on=date(2023, 12, 15),
        enterprises=104,
        found=2011,
        assumed=("merged", *DATES),
        note="全年检查104厂次合计，报告未列轮数；购买服务前半年内为39厂次、308条",
    ),
    ServiceRound(
        contract="HAMI-2023-07",
        number=2,
        merged=1,
        kind="事故调查支持",
        starts_on=date(2023, 5, 15),
        ends_on=date(2023, 6, 9),
        assumed=DATES,
        note="派专家参与“5·12”事故调查",
    ),
    ServiceRound(
        contract="HAMI-2023-08",
        number=1,
        merged=1,
        kind=CHECK,
        starts_on=date(2023, 4, 7),
        ends_on=date(2023, 4, 21),
        enterprises=37,
        experts=12,
        equipment=257,
        assumed=("ends_on",),
        note="第一期，项目组12人",
    ),
    ServiceRound(
        contract="HAMI-2023-08",
        number=2,
        merged=1,
        kind=CHECK,
        starts_on=date(2023, 8, 19),
        ends_on=date(2023, 9, 1),
        enterprises=37,
        experts=14,
        equipment=121,
        assumed=("ends_on",),
        note="第二期，项目组14人",
    ),
    ServiceRound(
        contract="HAMI-2023-08",
        number=3,
        merged=1,
        kind="复查",
        starts_on=date(2023, 8, 19),
        ends_on=date(2023, 9, 1),
        enterprises=37,
        equipment=197,
        assumed=("ends_on",),
        note="第二期同时复查第一期不符合项目设备197台",
    ),
)
