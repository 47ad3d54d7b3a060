"""The register of enterprises: spellings that meet, merges by a person, target lists over time."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.enterprises.changes import add_enterprise
from contracts.enterprises.merging import merge, suggestions, take_back
from contracts.enterprises.models import Enterprise
from contracts.enterprises.names import name_key
from contracts.enterprises.queries import contracts_listing, named_enterprise
from contracts.enterprises.schemas import NewEnterprise, TargetListIn
from contracts.enterprises.targets import set_target_list, target_list
from contracts.hazards.merge_preview import preview
from contracts.hazards.queries import hazards
from contracts.hazards.rates import rates
from contracts.hazards.schemas import HazardsWanted, RateRows
from kernel.access.actor import LOCAL_OPERATOR as ACTOR
from kernel.database import Database
from kernel.errors import ConflictError, InputError
from kernel.paging import ListQuery
from tests.hazards.hazard_ledger import CLOCK, TODAY, fill_hazards, hazard

FOUND = date(2023, 3, 2)


@given(st.text(max_size=30))
def test_a_key_is_its_own_key_and_ignores_blanks_and_width(name: str) -> None:
    key = name_key(name)
    assert name_key(f" {name}　") == key
    assert name_key(name_key(key)) == name_key(key)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("哈密甲化工有限责任公司", "哈密甲化工有限公司"),
        ("甲化工（哈密）有限公司", "甲化工(哈密)有限公司"),
        ("ＡＢ 矿业有限公司", "ab矿业有限公司"),
    ],
)
def test_spellings_of_one_name_meet(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def add(database: Database, name: str, **values: object) -> UUID:
    asked = NewEnterprise.model_validate({"name": name, **values})
    with database.writing(ACTOR) as session:
        return add_enterprise(session, ACTOR, CLOCK, asked).id


def test_a_spelling_is_told_and_only_a_person_merges(database: Database) -> None:
    first = add(database, "甲化工有限公司", credit_code="91350100M000100Y43")
    with pytest.raises(InputError) as twin:
        add(database, "甲 化工有限责任公司")
    assert twin.value.problems[0].field == "is_another"
    second = add(database, "甲 化工有限责任公司", is_another=True)
    third = add(database, "甲化工")
    with pytest.raises(InputError) as taken:
        add(database, "乙矿业", credit_code="91350100M000100Y43")
    assert taken.value.problems[0].field == "credit_code"
    with database.writing(ACTOR) as session:
        groups = suggestions(session, ListQuery()).items
        assert [{each.id for each in group.enterprises} for group in groups] == [
            {first, second, third}
        ]
        merge(session, ACTOR, CLOCK, second, first, 1)
        merge(session, ACTOR, CLOCK, first, third, 1)
        roots = {session.get_one(Enterprise, key).root_id for key in (first, second, third)}
        assert roots == {third}
        with pytest.raises(InputError):
            merge(session, ACTOR, CLOCK, third, second, 1)
        with pytest.raises(ConflictError):
            merge(session, ACTOR, CLOCK, second, third, 2)
        assert suggestions(session, ListQuery()).items == []
        take_back(session, ACTOR, CLOCK, first, 2)
        session.expire_all()
        assert session.get_one(Enterprise, second).root_id == first
        assert session.get_one(Enterprise, first).root_id == first


def test_what_was_merged_counts_as_one_and_keeps_its_rows(database: Database) -> None:
    with database.writing(ACTOR) as session:
        ledger = fill_hazards(session)
        first, second, third = ledger.enterprises
        for key in ledger.enterprises:
            hazard(session, ledger.contracts[0], FOUND, enterprise_id=key)
    with database.reading(ACTOR) as session:
        found = {row.key: row.found for row in rates(session, ACTOR, TODAY, RateRows.ENTERPRISE)}
        assert found == {str(first): 2, str(second): 1}
        for asked in (first, third):
            page = hazards(session, ACTOR, TODAY, TODAY, HazardsWanted(enterprise=asked))
            assert {item.enterprise and item.enterprise.id for item in page.items} == {first, third}
        assert named_enterprise(session, "enterprise", "乙 矿业") == second
    with database.reading(ACTOR) as session:
        told = preview(session, ACTOR, first, second)
        assert (told.hazards, told.former) == (2, 1)


def test_a_target_list_is_what_it_was(database: Database) -> None:
    with database.writing(ACTOR) as session:
        ledger = fill_hazards(session)
    first, second, _ = ledger.enterprises
    contract = ledger.contracts[0]

    def put(day: str, *keys: UUID) -> None:
        listed = [{"enterprise_id": key} for key in keys]
        asked = TargetListIn.model_validate({"day": day, "enterprises": listed})
        with database.writing(ACTOR) as session:
            set_target_list(session, ACTOR, CLOCK, contract, asked, 1)

    def on(day: date) -> list[UUID]:
        with database.reading(ACTOR) as session:
            listed = target_list(session, ACTOR, contract, day).enterprises
            return [each.enterprise_id for each in listed]

    put("2023-01-01", first)
    put("2023-06-01", first, second)
    put("2023-09-01", second)
    assert on(date(2023, 5, 31)) == [first]
    assert on(date(2023, 8, 31)) == [second, first] or on(date(2023, 8, 31)) == [first, second]
    assert on(TODAY) == [second]
    with pytest.raises(InputError):
        put("2023-10-01", second, second)
    with database.reading(ACTOR) as session:
        assert [c.id for c in contracts_listing(session, ACTOR, second, TODAY)] == [contract]
