"""What is found is what a substring search over the folded texts finds within the actor's scope."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from contracts.enterprises.models import Enterprise
from contracts.hazards.models import Hazard, HazardLevel
from contracts.models import Contract, Organisation, Vendor
from contracts.search.models import SearchKind
from contracts.search.queries import search
from contracts.search.schemas import SearchWanted
from contracts.search.text import fold, words_of
from kernel.access.actor import LOCAL_OPERATOR, NOBODY, Actor, Grant
from kernel.access.roles import Role
from kernel.database import Database
from tests.counts import DATABASE_EXAMPLES
from tests.emptying import empty
from tests.ledger import WHO, City, ContractSpec, city, contract

TODAY = date(2023, 12, 31)
SPEC = ContractSpec(begins=date(2023, 3, 1))
SIGNS = "安全监管矿井A１2-b（%_'\\ "
TEXTS = st.lists(st.text(SIGNS, min_size=1, max_size=12), min_size=4, max_size=8)
ONE_DATABASE = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@dataclass
class Written:
    """Folded texts of the records by kind and key, and whose contract each belongs to."""

    texts: dict[SearchKind, dict[UUID, str]]
    bureau_of: dict[UUID, UUID]


def clerk(place: City) -> Actor:
    return Actor("clerk", (Grant(Role.CLERK, place.bureau.id, place.bureau.id),))


def found(
    session: Session, actor: Actor, kind: SearchKind, q: str, as_of: date = TODAY, limit: int = 3
) -> list[UUID]:
    """All pages of a search."""
    keys: list[UUID] = []
    cursor = None
    while True:
        wanted = SearchWanted(q=q, kind=kind, limit=limit, cursor=cursor)
        page = search(session, actor, as_of, wanted)
        keys += [item.id for item in page.items]
        cursor = page.next
        if cursor is None:
            return keys


def write(session: Session, places: tuple[City, City], texts: list[str]) -> None:
    """A contract, a hazard and an enterprise for each text, by turns of the two bureaus."""
    for number, words in enumerate(texts):
        place = places[number % 2]
        key = contract(session, place, f"{number}号{words}", SPEC)
        session.execute(update(Contract).where(Contract.id == key).values(content=words[::-1]))
        enterprise = Enterprise(name=f"{words}厂", name_key=words, **WHO)
        hazard = Hazard(
            contract_id=key, natural_key=str(number), level=HazardLevel.GENERAL, spot=words[:4],
            description=f"{words}缺失", found_on=date(2023, 5, 1), **WHO,
        )  # fmt: skip
        session.add_all([enterprise, hazard])
        session.flush()


def written(session: Session) -> Written:
    """What stands in the tables, read anew."""
    texts: dict[SearchKind, dict[UUID, str]] = {kind: {} for kind in SearchKind}
    bureau_of = {}
    for each in session.query(Contract):
        fields = (each.number, each.name, each.sectors, each.content, each.purchaser.name)
        more = (each.purchaser.short_name, each.vendor.name)
        texts[SearchKind.CONTRACT][each.id] = _folded((*fields, *more))
        bureau_of[each.id] = each.purchaser_id
    for hazard in session.query(Hazard):
        parts = (hazard.number, hazard.spot, hazard.description)
        texts[SearchKind.HAZARD][hazard.id] = _folded(parts)
        bureau_of[hazard.id] = bureau_of[hazard.contract_id]
    for vendor in session.query(Vendor):
        texts[SearchKind.VENDOR][vendor.id] = _folded((vendor.name, vendor.credit_code or ""))
    for one in session.query(Enterprise):
        texts[SearchKind.ENTERPRISE][one.id] = _folded((one.name, one.credit_code or ""))
    return Written(texts, bureau_of)


def _folded(fields: Iterable[str]) -> str:
    return fold("\n".join(fields))


def expected(world: Written, kind: SearchKind, q: str, bureau: UUID | None) -> set[UUID]:
    """The oracle: every word is somewhere in a record that the bureau (None: anybody) may see."""
    words = words_of(q)
    return {
        key
        for key, words_there in world.texts[kind].items()
        if words
        and all(word in words_there for word in words)
        and (bureau is None or world.bureau_of.get(key, bureau) == bureau)
    }


@pytest.mark.proof
def test_search_finds_what_a_substring_search_finds(database: Database, owned: Database) -> None:
    @settings(max_examples=DATABASE_EXAMPLES, suppress_health_check=ONE_DATABASE)
    @given(
        texts=TEXTS,
        cut=st.integers(0, 8),
        size=st.integers(1, 9),
        renamed=st.text(SIGNS, max_size=5),
    )
    def look(texts: list[str], cut: int, size: int, renamed: str) -> None:
        empty(owned)
        with database.writing(LOCAL_OPERATOR) as session:
            places = (city(session, "甲市"), city(session, "乙市"))
            write(session, places, texts)
            session.execute(
                update(Vendor).where(Vendor.id == places[0].vendor.id).values(name=f"新{renamed}")
            )
            places[1].bureau.short_name = f"局{renamed}"
        queries = [
            texts[0][cut : cut + size],
            texts[-1][:2],
            "安全",
            "矿",
            "1",
            "局",
            f"{texts[0]} 号",
        ]
        with database.reading(LOCAL_OPERATOR) as session:
            world = written(session)
        for actor, bureau in ((LOCAL_OPERATOR, None), (clerk(places[0]), places[0].bureau.id)):
            with database.reading(actor) as session:
                for kind in SearchKind:
                    for q in filter(None, queries):
                        keys = found(session, actor, kind, q)
                        assert len(keys) == len(set(keys))
                        assert set(keys) == expected(world, kind, q, bureau), (kind, q)

    look()


def test_the_newest_is_found_first_and_only_what_was_there(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        place = city(session)
        keys = [contract(session, place, f"甲{n}", SPEC) for n in range(4)]
    with database.reading(clerk(place)) as session:
        assert found(session, clerk(place), SearchKind.CONTRACT, "安全服务") == keys[::-1]
        before = found(session, clerk(place), SearchKind.CONTRACT, "安全", date(2023, 2, 28))
        assert before == []
        assert found(session, clerk(place), SearchKind.CONTRACT, "　") == []
    with database.reading(NOBODY) as session:
        assert found(session, NOBODY, SearchKind.CONTRACT, "安全") == []
        assert found(session, NOBODY, SearchKind.VENDOR, "安全") == []


def test_statements_by_hand_are_followed(database: Database, owned: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        place = city(session)
        key = contract(session, place, "甲1", SPEC)
        enterprise = Enterprise(name="某煤矿", name_key="某煤矿", **WHO)
        session.add(enterprise)
        session.flush()
        enterprise_id = enterprise.id
    with owned.engine.begin() as connection:
        connection.execute(update(Contract).values(name="民爆检查"))
        connection.execute(update(Organisation).values(name=Organisation.name + "（新）"))
        connection.execute(text("DELETE FROM enterprise"))
    with database.reading(LOCAL_OPERATOR) as session:
        assert found(session, LOCAL_OPERATOR, SearchKind.CONTRACT, "民爆检查 应急管理局(新)") == [
            key
        ]
        assert found(session, LOCAL_OPERATOR, SearchKind.CONTRACT, "安全服务") == []
        assert enterprise_id not in found(session, LOCAL_OPERATOR, SearchKind.ENTERPRISE, "煤矿")


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_the_service_itself_may_not_read_the_index(database: Database) -> None:
    with (
        pytest.raises(DBAPIError, match="permission denied"),
        database.reading(LOCAL_OPERATOR) as session,
    ):
        session.execute(text("SELECT words FROM search_entry"))


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_the_function_that_asks_the_index_holds_the_wall(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        here, there = city(session, "甲市"), city(session, "乙市")
        contract(session, there, "乙1", SPEC)
    ask = text(
        "SELECT count(*) FROM search_find('contract', '''安全''', '{安全}', '2023-12-31', true, "
        f"'{{}}', '{{}}', {2**63 - 1}, true, 9)"
    )
    with database.reading(clerk(here)) as session:
        assert session.scalar(ask) == 0
    with database.reading(clerk(there)) as session:
        assert session.scalar(ask) == 1
