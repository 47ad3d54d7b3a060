"""A whole import is taken back as one step, or refused with a list."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

import samples
from contracts.finding_models import Finding
from contracts.hazards.models import Hazard
from contracts.imports.models import RunState
from contracts.imports.runs import find_run
from contracts.imports.undo import undo_import
from contracts.models import Contract, ContractTotal
from contracts.service_models import ServiceRound
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.errors import ConflictError
from migrations.tables import METADATA
from tests.imports.import_runs import facts, run_import, undo
from tests.workbooks import HEADING_ROW, LATER, Book, Dump, bring_in

HAMI = samples.path("hami-2023")


def test_an_undone_import_leaves_nothing_but_its_story(database: Database) -> None:
    before = facts(database)
    run = run_import(database, HAMI)
    assert (run.state, run.added > 20) == (RunState.DONE, True)
    undo(database, run.id)
    assert facts(database) == before
    assert run_import(database, HAMI, LATER).added == run.added


def test_changed_rows_get_their_former_values_back(database: Database, tmp_path: Path) -> None:
    bring_in(database, HAMI)
    book = Book.sample().put("合同台账", 4, "合同总额(万元)", "130万元")
    book.put("服务轮次", 4, "建议(条)", 99)
    book.put("支付台账", 4, "本次付款额(万元)", "40万元")
    path = book.save(tmp_path / "hami-2023.xlsx")
    before = _telling(database)
    run = run_import(database, path, LATER)
    assert run.changed >= 3
    assert _telling(database) != before
    undo(database, run.id)
    assert _telling(database) == before


def _telling(database: Database) -> object:
    rounds = select(ServiceRound.suggestions, ServiceRound.source).order_by(ServiceRound.id)
    totals = select(ContractTotal.amount).where(ContractTotal.superseded_at.is_(None))
    with database.reading(LOCAL_OPERATOR) as session:
        settled = text("SELECT milestone_id, paid FROM settlement ORDER BY 1, valid_from")
        return [
            session.execute(query).all()
            for query in (rounds, totals.order_by(ContractTotal.contract_id), settled)
        ]


def test_an_undo_is_refused_where_somebody_changed_a_row_or_something_rests_on_it(
    database: Database, tmp_path: Path
) -> None:
    run = run_import(database, HAMI)
    hazards = Book({"隐患排查治理台账": [
        ["合同编号", "序号", "排查时间", "企业", "隐患描述", "等级"],
        ["HAMI-2023-01", 1, "2023.5.6", "甲矿", "未设护栏", "重大"],
    ]})  # fmt: skip
    second = run_import(database, hazards.save(tmp_path / "hazards.xlsx"), LATER)
    assert second.report is not None
    assert (second.state, second.added) == (RunState.DONE, 2), second.report["errors"]
    with pytest.raises(ConflictError) as refused:
        undo(database, run.id)
    assert any(each.field.startswith("hazard:") for each in refused.value.problems)
    undo(database, second.id)
    with database.writing(LOCAL_OPERATOR) as session:
        assert session.scalar(select(func.count()).select_from(Hazard)) == 0
        session.execute(
            update(Contract).values(name="改名").where(Contract.number == "HAMI-2023-01")
        )
    with pytest.raises(ConflictError) as refused:
        undo(database, run.id)
    assert [each.field.split(":")[0] for each in refused.value.problems] == ["contract"]
    assert "又修改了" in refused.value.problems[0].message


def test_findings_are_as_before_though_the_clock_ran(database: Database, tmp_path: Path) -> None:
    bring_in(database, HAMI)
    book = Book.sample().put("服务轮次", 25, "设备(台套)", 300)
    book.sheets["设备分类"][HEADING_ROW][book.column("设备分类", "台(套)")] = 299
    before = _open_findings(database)
    run = run_import(database, book.save(tmp_path / "hami-2023.xlsx"), RunningClock(LATER.now()))
    assert any(code == "equipment_does_not_add_up" for code, *_ in _open_findings(database))
    with database.writing(LOCAL_OPERATOR) as session:
        undo_import(
            session,
            LOCAL_OPERATOR,
            RunningClock(LATER.now() + timedelta(hours=1)),
            find_run(session, LOCAL_OPERATOR, run.id, lock=True),
        )
    assert _open_findings(database) == before


def test_rows_turned_to_what_an_import_added_turn_back(database: Database, tmp_path: Path) -> None:
    bring_in(database, HAMI)
    before = _plain(facts(database))
    book = Book.sample().put("合同台账", 4, "承接单位(乙方)", "新承接单位")
    book.put("联合体", 5, "承接单位", "新成员单位")
    run = run_import(database, book.save(tmp_path / "hami-2023.xlsx"), LATER)
    assert run.state is RunState.DONE, run.report
    undo(database, run.id)
    assert _plain(facts(database)) == before


def _plain(found: Dump) -> Dump:
    """Without the versions that count edits."""
    tables = METADATA.tables
    return {
        name: sorted(
            (
                tuple(
                    v for v, c in zip(row, tables[name].columns, strict=True) if c.name != "version"
                )
                for row in rows
            ),
            key=str,
        )
        for name, rows in found.items()
    }


class RunningClock:
    """A second passes at each look."""

    def __init__(self, begins: datetime) -> None:
        self._now = begins

    def now(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now

    def business_date(self) -> date:
        return LATER.business_date()


def _open_findings(database: Database) -> list[tuple[str, ...]]:
    asked = select(Finding.code, Finding.subject, Finding.message).where(Finding.ended_at.is_(None))
    with database.reading(LOCAL_OPERATOR) as session:
        return sorted(tuple(row) for row in session.execute(asked))


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_the_service_may_delete_no_fact_but_those_of_an_import(database: Database) -> None:
    run = run_import(database, HAMI)
    undo(database, run.id)
    again = run_import(database, HAMI, LATER)
    for statement in (
        "DELETE FROM contract",
        "SELECT import_undo('{run}', 'audit_entry')",
        "SELECT import_undo('{undone}', 'payment')",
    ):
        with pytest.raises(DBAPIError), database.writing(LOCAL_OPERATOR) as session:
            session.execute(text(statement.format(run=again.id, undone=run.id)))
