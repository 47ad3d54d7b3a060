"""A ledger of hazards imported again after steps were taken here: what they changed stays."""

from datetime import date
from pathlib import Path

from sqlalchemy import select

from contracts.hazards.models import Hazard
from contracts.hazards.schemas import NewStep
from contracts.hazards.taking import take_step
from kernel.access.actor import LOCAL_OPERATOR as ACTOR
from kernel.database import Database
from tests.hazards.hazard_ledger import CLOCK
from tests.workbooks import LATER, Book, bring_in, changed

STEPS = (
    {"kind": "extended", "day": "2023-06-02", "deadline": "2023-07-01", "approved_by": "李局长",
     "remark": "备件未到"},
    {"kind": "rectified", "day": "2023-06-20"},
    {"kind": "verified", "day": "2023-06-21", "remark": "合格"},
    {"kind": "reopened", "day": "2023-08-01", "deadline": "2023-08-31", "remark": "又出现"},
)  # fmt: skip


def test_steps_stay_when_the_ledger_comes_again(database: Database, tmp_path: Path) -> None:
    book = Book.sample()
    book.sheets["隐患排查治理台账"] = [
        ["合同编号", "序号", "排查时间", "企业", "隐患描述", "等级", "整改期限", "复查时间", "复查结果"],
        ["HAMI-2023-01", 1, "2023-05-06", "甲矿", "无警示", "一般", "2023-06-01", "", ""],
        ["HAMI-2023-01", 2, "2023-05-06", "甲矿", "无护栏", "一般", "2023-06-01", "2023-05-20", "合格"],
    ]  # fmt: skip
    path = book.save(tmp_path / "a.xlsx")
    assert bring_in(database, path).errors == ()
    with database.writing(ACTOR) as session:
        one, two = session.scalars(select(Hazard).order_by(Hazard.number)).all()
        for step in STEPS:
            take_step(session, ACTOR, CLOCK, one.id, NewStep.model_validate(step))
        take_step(session, ACTOR, CLOCK, two.id, NewStep.model_validate(STEPS[3]))
    before = _standing(database)
    again = bring_in(database, path, LATER)
    assert (again.errors, changed(again)) == ((), {})
    assert _standing(database) == before
    assert before[0][:2] == (date(2023, 8, 31), None)
    book.sheets["隐患排查治理台账"][1][6] = "2023-09-15"
    assert changed(bring_in(database, book.save(tmp_path / "b.xlsx"), LATER)) == {"hazards": 1}
    assert _standing(database)[0][0] == date(2023, 9, 15)


def _standing(database: Database) -> list[tuple[object, ...]]:
    asked = select(
        Hazard.deadline, Hazard.verified_on, Hazard.verify_result, Hazard.rectified_on,
        Hazard.rechecked_on, Hazard.assigned_on,
    )  # fmt: skip
    with database.reading(ACTOR) as session:
        return [tuple(row) for row in session.execute(asked.order_by(Hazard.number))]
