"""Organisations over time: names with their dates, codes, and what is refused."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from contracts.models import Organisation, OrganisationKind
from contracts.organisation_versions import UNKNOWN_START
from contracts.organisations.changes import (
    add_organisation,
    change_organisation,
)
from contracts.organisations.queries import history
from contracts.organisations.schemas import NewOrganisation, OrganisationEdit
from contracts.queries import organisation
from contracts.schemas import OrganisationOut
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.edits import ChangedMeanwhile
from kernel.errors import InputError, MonitorError
from tests.organisations import CLOCK, TODAY, move, place


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.writing(LOCAL_OPERATOR) as opened:
        yield opened


def on(session: Session, key: UUID, day: date) -> OrganisationOut:
    return organisation(session, LOCAL_OPERATOR, day, key)


def test_a_new_name_holds_from_its_day_and_the_old_one_before(session: Session) -> None:
    root = place(session, "哈密市人民政府")
    key = place(session, "哈密市安全生产监督管理局", root)
    wanted = OrganisationEdit(name="哈密市应急管理局", valid_from=date(2019, 3, 1))
    change_organisation(session, LOCAL_OPERATOR, CLOCK, key, wanted, 1)
    names = [on(session, key, day).name for day in (date(2019, 2, 28), date(2019, 3, 1))]
    assert names == ["哈密市安全生产监督管理局", "哈密市应急管理局"]
    assert session.get_one(Organisation, key).name == "哈密市应急管理局"
    rows = history(session, key).items
    assert [(row.valid_from, row.valid_to) for row in rows] == [
        (UNKNOWN_START, date(2019, 3, 1)),
        (date(2019, 3, 1), None),
    ]
    assert {row.parent_name for row in rows} == {"哈密市人民政府"}


def test_a_change_of_the_same_day_is_corrected_not_repeated(session: Session) -> None:
    key = place(session, "甲局")
    for seen, name in enumerate(("乙局", "丙局"), 1):
        wanted = OrganisationEdit(name=name, valid_from=date(2020, 1, 1))
        change_organisation(session, LOCAL_OPERATOR, CLOCK, key, wanted, seen)
    assert [row.name for row in history(session, key).items] == ["甲局", "丙局"]


def test_a_change_without_a_date_corrects_what_holds(session: Session) -> None:
    key = place(session, "甲局")
    session.execute(update(Organisation).where(Organisation.id == key).values(name="乙局"))
    assert [row.name for row in history(session, key).items] == ["乙局"]


def test_an_organisation_is_not_there_before_it_was_set_up(session: Session) -> None:
    wanted = NewOrganisation(
        code="X1",
        name="新局",
        kind=OrganisationKind.DEPARTMENT,
        valid_from=date(2021, 5, 1),
    )
    key = add_organisation(session, LOCAL_OPERATOR, CLOCK, wanted).id
    assert on(session, key, date(2021, 5, 1)).name == "新局"
    with pytest.raises(MonitorError, match="没有这个机构"):
        on(session, key, date(2021, 4, 30))


def test_dates_out_of_order_or_to_come_are_refused(session: Session) -> None:
    key = place(session, "甲局")
    future = OrganisationEdit(name="乙局", valid_from=date(2024, 1, 1))
    with pytest.raises(InputError, match="不能晚于业务日期 2023-12-31"):
        change_organisation(session, LOCAL_OPERATOR, CLOCK, key, future, 1)
    now = OrganisationEdit(name="乙局", valid_from=date(2023, 6, 1))
    change_organisation(session, LOCAL_OPERATOR, CLOCK, key, now, 1)
    past = OrganisationEdit(name="丙局", valid_from=date(2023, 5, 31))
    with pytest.raises(InputError, match="上一次变更自 2023-06-01 起生效"):
        change_organisation(session, LOCAL_OPERATOR, CLOCK, key, past, 2)


@pytest.mark.parametrize(
    "code", ["65050", "6505001", "65050a", "990000", "650001", "６５０５００", "-65050"]
)
def test_a_division_code_has_the_shape_of_the_standard(code: str) -> None:
    with pytest.raises(ValueError, match="GB/T 2260"):
        NewOrganisation(code="X", name="X", kind=OrganisationKind.FINANCE, division_code=code)


@pytest.mark.parametrize("code", ["650000", "650500", "650502", "469021", "110101"])
def test_real_division_codes_are_taken(code: str) -> None:
    kind = OrganisationKind.FINANCE
    assert NewOrganisation(code="X", name="X", kind=kind, division_code=code).division_code == code


def test_taken_codes_and_names_and_unknown_parents_are_refused(session: Session) -> None:
    key = place(session, "甲局")
    kind = OrganisationKind.DEPARTMENT
    for field, wanted in {
        "code": NewOrganisation(code="甲局", name="新", kind=kind),
        "name": NewOrganisation(code="新", name="甲局", kind=kind),
        "parent_id": NewOrganisation(code="新", name="新", kind=kind, parent_id=UUID(int=1)),
    }.items():
        with pytest.raises(InputError) as refused:
            add_organisation(session, LOCAL_OPERATOR, CLOCK, wanted)
        assert refused.value.problems[0].field == field
    other = place(session, "乙局")
    wanted_name = OrganisationEdit(name="甲局", valid_from=TODAY)
    with pytest.raises(InputError, match="“甲局”已用这个名称"):
        change_organisation(session, LOCAL_OPERATOR, CLOCK, other, wanted_name, 1)
    with pytest.raises(InputError, match="没有这个上级机构"):
        move(session, key, UUID(int=1))


def test_the_second_editor_is_told_what_changed(session: Session) -> None:
    key = place(session, "甲局")
    first = OrganisationEdit(short_name="甲", valid_from=TODAY)
    change_organisation(session, LOCAL_OPERATOR, CLOCK, key, first, 1)
    second = OrganisationEdit(short_name="乙", valid_from=TODAY)
    with pytest.raises(ChangedMeanwhile) as told:
        change_organisation(session, LOCAL_OPERATOR, CLOCK, key, second, 1)
    clash = told.value.clashes[0]
    assert (clash.label, clash.theirs, clash.mine) == ("简称", "甲", "乙")
    assert (told.value.by, told.value.version) == ("operator", 2)
