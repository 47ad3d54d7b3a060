"""Supervision, penalties, listings: in one's own name, in order of days, with their hazards."""

from datetime import date
from typing import Any

import pytest

from contracts.hazards.models import HazardLevel
from contracts.supervision.kinds import (
    LISTED_HAZARDS,
    PENALTIES,
    SUPERVISIONS,
    UNRESOLVED_CAUSES,
)
from contracts.supervision.references import HAZARD, SUPERVISOR
from kernel.database import Database
from kernel.errors import ConflictError, ForbiddenError, NotFoundError
from tests.file.file_ledger import (
    CHECKED,
    change,
    enter,
    hazard,
    refused,
    supervision,
    told,
)
from tests.step_ledger import another_contract, fill


def test_each_side_checks_in_its_own_name_and_nobody_else_does(database: Database) -> None:
    ledger = fill(database)
    clerk, overseer = ledger.actor(database, "clerk"), ledger.actor(database, "overseer")
    enter(database, clerk, SUPERVISIONS, **supervision(ledger))
    enter(database, overseer, SUPERVISIONS, **supervision(ledger, "bureau"))
    strange = refused(database, clerk, SUPERVISIONS, **supervision(ledger, "bureau", method="约谈"))
    assert strange == ("organisation_id", "只能以本单位的名义登记；请选您任职的单位")
    no_party = refused(database, clerk, SUPERVISIONS, **supervision(ledger, "sibling"))
    assert no_party[0] == "organisation_id"
    with pytest.raises(ConflictError, match="已有检查单位、检查日期、检查方式相同的督促检查记录"):
        enter(database, clerk, SUPERVISIONS, **supervision(ledger))
    with pytest.raises(NotFoundError):
        enter(database, ledger.actor(database, "sibling"), SUPERVISIONS, **supervision(ledger))
    with pytest.raises(ForbiddenError, match="没有登记督促检查记录的权限"):
        enter(database, ledger.actor(database, "auditor"), SUPERVISIONS, **supervision(ledger))
    assert len(told(database, overseer, SUPERVISIONS)) == 2
    assert told(database, ledger.actor(database, "sibling"), SUPERVISIONS) == []


def test_what_is_asked_for_is_answered_later_and_known_then(database: Database) -> None:
    ledger = fill(database)
    clerk = ledger.actor(database, "clerk")
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("checked_on", {"checked_on": date(2023, 2, 1)}),
        ("answer_due_on", {"answer_due_on": None}),
        ("answer_due_on", {"answer_due_on": date(2023, 5, 31)}),
        ("answered_on", {"answered": "已补齐"}),
        ("answered_on", {"answered": "已补齐", "answered_on": date(2024, 1, 1)}),
        ("answered_on", {"answered": "已补齐", "answered_on": date(2023, 5, 31)}),
    ]
    for field, fields in wrong:
        assert refused(database, clerk, SUPERVISIONS, **supervision(ledger, **fields))[0] == field
    key = enter(database, clerk, SUPERVISIONS, **supervision(ledger))
    answered = supervision(ledger, answered="已补齐", answered_on=date(2023, 6, 20))
    change(database, clerk, SUPERVISIONS, key, 1, **answered)
    (then,) = told(database, clerk, SUPERVISIONS, date(2023, 6, 19))
    (now,) = told(database, clerk, SUPERVISIONS, date(2023, 6, 20))
    assert (then["answered"], then["answered_on"]) == ("", None)
    assert (now["answered"], now["answered_on"]) == ("已补齐", date(2023, 6, 20))
    assert told(database, clerk, SUPERVISIONS, date(2023, 5, 31)) == []


def test_a_penalty_rests_on_hazards_of_its_own_contract(database: Database) -> None:
    ledger = fill(database)
    clerk = ledger.actor(database, "clerk")
    first = hazard(database, ledger.paid_by_zone, CHECKED, HazardLevel.GENERAL)
    second = hazard(database, ledger.paid_by_zone, date(2023, 7, 1), HazardLevel.MAJOR)
    elsewhere = another_contract(database, ledger, "HT-3")
    foreign = hazard(database, elsewhere, CHECKED, HazardLevel.GENERAL)
    of_it = {
        "contract_id": ledger.paid_by_zone,
        "decided_on": date(2023, 7, 20),
        "authority": "甲市应急管理局",
        "enterprises": 1,
        "amount": "25000.00",
    }
    assert refused(database, clerk, PENALTIES, **of_it, hazard_ids=[foreign])[0] == "hazard_ids"
    early = {**of_it, "decided_on": CHECKED, "hazard_ids": [first, second]}
    assert refused(database, clerk, PENALTIES, **early) == (
        "decided_on",
        "2023-07-01 才查出所依据的隐患，这个日期不能在它之前",
    )
    nobody = {**of_it, "enterprises": None}
    assert refused(database, clerk, PENALTIES, **nobody)[0] == "enterprises"
    key = enter(database, clerk, PENALTIES, **of_it, hazard_ids=[first, second])
    change(database, clerk, PENALTIES, key, 1, **of_it, hazard_ids=[second])
    (penalty,) = told(database, clerk, PENALTIES)
    assert penalty["hazard_ids"] == (second,)
    change(database, clerk, PENALTIES, key, 2, **of_it, hazard_ids=[first, second])
    (penalty,) = told(database, clerk, PENALTIES)
    assert set(penalty["hazard_ids"]) == {first, second}


def test_hazards_and_checkers_are_found_by_what_is_offered(database: Database) -> None:
    ledger = fill(database)
    clerk = ledger.actor(database, "clerk")
    of = ledger.paid_by_zone
    key = hazard(database, of, CHECKED, HazardLevel.GENERAL)
    hazard(database, of, date(2023, 7, 1), HazardLevel.GENERAL)
    numbered = hazard(database, of, CHECKED, HazardLevel.GENERAL, number="YH-9")
    with database.reading(clerk) as session:
        offered = HAZARD.offers(session, clerk, "YH-9、接地", of)
        assert offered[0] == "2023-07-01 配电箱未接地 电缆破损"
        assert "、" not in "".join(offered)
        assert HAZARD.find(session, clerk, "2023-06-01 配电箱未接地 电缆破损", of) == key
        assert HAZARD.find(session, clerk, "YH-9", of) == numbered
        assert HAZARD.find(session, clerk, "2023-06-01 别的", of) is None
        assert HAZARD.find(session, clerk, "YH-9", ledger.paid_by_bureau) is None
        assert SUPERVISOR.offers(session, clerk, "", of) == ["甲市应急管理局", "甲市高新区"]
        assert SUPERVISOR.find(session, clerk, "高新区", of) == ledger.organisations["zone"]
        assert SUPERVISOR.find(session, clerk, "工信局", of) is None


def test_a_major_hazard_is_listed_and_lifted_once_it_is_closed(database: Database) -> None:
    ledger = fill(database)
    overseer = ledger.actor(database, "overseer")
    general = hazard(database, ledger.paid_by_zone, CHECKED, HazardLevel.GENERAL)
    major = hazard(database, ledger.paid_by_zone, CHECKED, HazardLevel.MAJOR)
    closed = date(2023, 9, 1)
    done = hazard(database, ledger.paid_by_zone, CHECKED, HazardLevel.MAJOR, verified_on=closed)
    listing: dict[str, Any] = {
        "contract_id": ledger.paid_by_zone,
        "listing_number": "市挂〔2023〕1号",
        "supervisor_level": "city",
        "listed_by": "甲市安委办",
        "listed_on": date(2023, 6, 10),
        "lift_by": date(2023, 9, 30),
    }
    lifted = {"lifted_on": closed, "lift_document": "市摘〔2023〕1号"}
    wrong: list[tuple[str, str, dict[str, Any]]] = [
        ("hazard_id", "须选定隐患", {}),
        ("hazard_id", "安全生产法第四十一条", {"hazard_id": general}),
        ("lifted_on", "还没有销号", {"hazard_id": major, **lifted}),
        ("lifted_on", "才销号", {"hazard_id": done, **lifted, "lifted_on": date(2023, 8, 31)}),
        ("lift_document", "文号", {"hazard_id": done, "lifted_on": closed}),
        ("lift_by", "挂牌", {"hazard_id": major, "lift_by": date(2023, 6, 9)}),
    ]
    for field, words, fields in wrong:
        at, said = refused(database, overseer, LISTED_HAZARDS, **{**listing, **fields})
        assert at == field
        assert words in said
    enter(database, overseer, LISTED_HAZARDS, **listing, hazard_id=done, **lifted)
    (before,) = told(database, overseer, LISTED_HAZARDS, date(2023, 8, 31))
    assert (before["lifted_on"], before["lift_document"]) == (None, "")


def test_a_cause_of_no_kind_is_told_in_words(database: Database) -> None:
    ledger = fill(database)
    clerk = ledger.actor(database, "clerk")
    noted = {
        "contract_id": ledger.paid_by_zone,
        "noted_on": date(2023, 12, 1),
        "problems": 9,
        "cause_kind": "other",
        "measure": "纳入考核",
    }
    assert refused(database, clerk, UNRESOLVED_CAUSES, **noted)[0] == "cause"
    enter(database, clerk, UNRESOLVED_CAUSES, **{**noted, "cause_kind": "equipment"})
    assert [item["problems"] for item in told(database, clerk, UNRESOLVED_CAUSES)] == [9]
