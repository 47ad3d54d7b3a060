"""Qualifications by sector and day, grades that payments wait for, people promised and present."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.vendors.grading import (
    Condition,
    Evaluated,
    awarded,
    grade_of,
    is_at_least,
    unmet,
)
from contracts.vendors.models import EvaluationStage, Grade, ResourceKind
from contracts.vendors.presence import Count, Promise, contradictions, present_on
from contracts.vendors.qualifying import (
    Held,
    Required,
    Standing,
    lacks,
    reaches,
    sectors_in,
    standing,
)

DAY = date(2023, 6, 30)
DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))
APPRAISAL = Required("危险化学品", "安全评价机构资质")


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        (Held("甲", expires_on=date(2025, 1, 1)), Standing.VALID),
        (Held("甲", expires_on=date(2023, 7, 30)), Standing.EXPIRING),
        (Held("甲", expires_on=DAY), Standing.EXPIRING),
        (Held("甲", expires_on=date(2023, 6, 29)), Standing.EXPIRED),
        (Held("甲", is_permanent=True), Standing.VALID),
        (Held("甲"), Standing.UNKNOWN),
        (Held("甲", issued_on=date(2023, 7, 1), is_permanent=True), Standing.NOT_YET),
        (Held("甲", is_permanent=True, revoked_on=DAY), Standing.REVOKED),
    ],
)
def test_a_qualification_stands_by_its_days(held: Held, expected: Standing) -> None:
    assert standing(held, DAY) is expected


@pytest.mark.parametrize(
    ("held", "why"),
    [
        ([], "没有登记"),
        ([Held("检验检测机构资质", is_permanent=True)], "没有登记"),
        ([Held(APPRAISAL.kind, sectors=("煤矿",), is_permanent=True)], "登记的不适用于危险化学品"),
        ([Held(APPRAISAL.kind, expires_on=date(2023, 3, 1))], "2023-03-01 已到期"),
        (
            [
                Held(APPRAISAL.kind, revoked_on=date(2023, 1, 5)),
                Held(APPRAISAL.kind, issued_on=date(2023, 8, 1)),
            ],
            "2023-01-05 已撤销；2023-08-01 才发证",
        ),
        ([Held(APPRAISAL.kind)], None),
        ([Held(APPRAISAL.kind, sectors=("危险化学品",), expires_on=DAY)], None),
    ],
)
def test_what_a_sector_asks_for_is_held_or_said_to_lack(held: list[Held], why: str | None) -> None:
    found = lacks([APPRAISAL], held, ("危险化学品", "冶金工贸"), DAY)
    assert [each.why for each in found] == ([why] if why else [])
    assert lacks([APPRAISAL], held, ("冶金工贸",), DAY) == []


def test_a_higher_rank_reaches_a_lower_one_of_the_same_scale() -> None:
    asked = Required("煤矿", "安全评价机构资质", "乙级")
    for rank, met in (
        ("甲级", True),
        ("乙级", True),
        ("丙级", False),
        ("一级", False),
        ("", False),
    ):
        assert reaches(rank, asked.rank) is met
        told = [each.why for each in lacks([asked], [Held(asked.kind, rank)], ("煤矿",), DAY)]
        assert told == ([] if met else ["等级低于乙级"])


def test_sectors_are_read_as_ledgers_write_them() -> None:
    assert sectors_in("冶金工贸、危险化学品") == ("冶金工贸", "危险化学品")
    assert sectors_in(" 电力，油气管道; 电力 ") == ("电力", "油气管道")
    assert sectors_in("") == ()


@given(DAYS, st.integers(1, 4000))
def test_once_expired_a_qualification_stays_so(day: date, later: int) -> None:
    held = Held("甲", expires_on=day)
    assert standing(held, day + timedelta(days=later)) is Standing.EXPIRED
    assert standing(held, day) is Standing.EXPIRING


@given(st.decimals(0, 100, places=2), st.decimals(0, 100, places=2))
def test_more_points_never_grade_lower(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    assert is_at_least(grade_of(high), grade_of(low))


def test_grades_begin_at_90_80_and_60_points() -> None:
    expected = {
        "90": Grade.EXCELLENT, "89.99": Grade.GOOD, "80": Grade.GOOD,
        "79.99": Grade.FAIR, "60": Grade.FAIR, "59.99": Grade.POOR,
    }  # fmt: skip
    assert {points: grade_of(Decimal(points)) for points in expected} == expected


def test_a_payment_waits_for_the_last_evaluation_of_its_stage() -> None:
    final = Condition(3, EvaluationStage.FINAL, Grade.GOOD)
    yearly = Evaluated(EvaluationStage.YEAR, date(2023, 5, 1), Decimal(95))
    bad = Evaluated(EvaluationStage.FINAL, date(2023, 5, 1), Decimal("79.5"))
    again = Evaluated(EvaluationStage.FINAL, date(2023, 6, 1), grade=Grade.GOOD)
    assert unmet([final], [yearly], DAY) == [final]
    assert unmet([final], [yearly, bad], DAY) == [final]
    assert unmet([final], [again, bad], DAY) == []
    assert unmet([final], [again, bad], date(2023, 5, 31)) == [final]
    assert unmet([final], [Evaluated(EvaluationStage.FINAL, DAY)], DAY) == [final]
    assert awarded(Evaluated(EvaluationStage.FINAL, DAY)) is None


def promise(number: int, count: int | None, item: str = "应急救援队员", basis: str = "") -> Promise:
    return Promise(UUID(int=number), ResourceKind.PEOPLE, item, count, "人", basis)


def test_zibo_promised_30_people_here_and_31_there() -> None:
    told = contradictions(
        [
            promise(1, 30, basis="服务合同"),
            promise(2, 31, "应急 救援队员", "绩效目标表"),
            promise(3, None),
            promise(4, 5, "教官"),
        ]
    )
    assert [each.told for each in told] == ["服务合同 30 人；绩效目标表 31 人"]


def test_who_was_there_is_the_last_count_and_adds_up_over_sites() -> None:
    wanted = promise(1, 30)
    counts = [
        Count(wanted.id, date(2023, 4, 20), 30),
        Count(wanted.id, date(2023, 6, 1), 18),
        Count(wanted.id, date(2023, 6, 1), 10),
        Count(wanted.id, date(2023, 7, 1), 31),
    ]
    for day, on, present, short in (
        (date(2023, 4, 19), None, None, None),
        (date(2023, 4, 20), date(2023, 4, 20), 30, 0),
        (DAY, date(2023, 6, 1), 28, 2),
        (date(2023, 8, 1), date(2023, 7, 1), 31, 0),
    ):
        (found,) = present_on([wanted], counts, day)
        assert (found.on, found.present, found.short) == (on, present, short)
