"""A record of a file from the form and over the API: kept once, read as of a day, changed once."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from contracts.record_kinds import RECORD_KINDS
from contracts.records.shape import form_fields
from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from tests.ledger import ContractSpec, city, contract
from tests.pages import statements
from tests.people import hold, person
from tests.web import client_as

PENALTY = {
    "decided_on": "2023-06-01",
    "authority": "市应急管理局",
    "amount": "25000.00",
    "cases": 1,
    "enterprises": 1,
}


@dataclass
class Desk:
    """A clerk of a bureau and one of another, a contract of the first."""

    clerk: FlaskClient
    other: FlaskClient
    contract_id: UUID
    organisations: tuple[UUID, UUID]

    def send(self, method: str, path: str, body: Any, **headers: str) -> Any:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.clerk.get("/account").text)
        assert token
        sent = {"X-CSRFToken": token[1], **headers}
        return self.clerk.open(f"/api/v1/{path}", method=method, json=body, headers=sent)

    def penalty(self, **more: Any) -> dict[str, Any]:
        return {"contract_id": str(self.contract_id), **PENALTY, **more}

    def post(self, path: str, **fields: str) -> Any:
        shown = self.clerk.get(path).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', shown)
        assert token
        return self.clerk.post(path, data={"csrf_token": token[1], **fields})


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    with database.writing(LOCAL_OPERATOR) as session:
        places = [city(session, name) for name in ("甲市", "乙市")]
        keys = [
            contract(session, place, "HT-1", ContractSpec(date(2023, 3, 1))) for place in places
        ]
        users = [person(session, f"clerk-{at}") for at in range(2)]
        for user, place in zip(users, places, strict=True):
            hold(session, user.id, Role.CLERK, place.bureau.id)
        ids = [user.id for user in users]
        bureaus = (places[0].bureau.id, places[1].bureau.id)
    clients = [client_as(database, tmp_path, user_id) for user_id in ids]
    return Desk(clients[0], clients[1], keys[0], bureaus)


def test_what_is_sent_again_is_kept_once(desk: Desk) -> None:
    first, again = (
        desk.send("POST", "penalties", desk.penalty(), **{"Idempotency-Key": "k"}) for _ in range(2)
    )
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.headers["Location"] == f"/api/v1/penalties/{first.get_json()['id']}"
    assert first.get_json() == again.get_json()
    listed = desk.clerk.get("/api/v1/penalties").get_json()["items"]
    assert [(each["amount"], each["contract"]["number"]) for each in listed] == [
        ("25000.00", "HT-1")
    ]
    other = desk.send("POST", "penalties", desk.penalty(cases=2), **{"Idempotency-Key": "k"})
    assert other.status_code == 409


def test_an_edit_says_which_state_it_is_for(desk: Desk) -> None:
    made = desk.send("POST", "penalties", desk.penalty()).get_json()
    path = f"penalties/{made['id']}"
    etag = desk.clerk.get(f"/api/v1/{path}").headers["ETag"]
    assert desk.send("PUT", path, desk.penalty(cases=2)).status_code == 428
    changed = desk.send("PUT", path, desk.penalty(cases=2), **{"If-Match": etag})
    assert (changed.status_code, changed.get_json()["version"]) == (200, 2)
    late = desk.send("PUT", path, desk.penalty(cases=3), **{"If-Match": etag})
    assert late.status_code == 409
    assert late.get_json()["errors"][0]["message"] == "案件数现为“2”，您要改为“3”"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("decided_on", "2024-01-01"),
        ("amount", "-1"),
        ("amount", "0.001"),
        ("cases", "x"),
        ("authority", ""),
        ("enterprise_id", "01890000-0000-7000-8000-000000000000"),
        ("unknown", 1),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(desk: Desk, field: str, value: Any) -> None:
    refused = desk.send("POST", "penalties", desk.penalty(**{field: value}))
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["field"] == field
    assert desk.clerk.get("/api/v1/penalties").get_json()["items"] == []


def test_nobody_sees_or_writes_in_anothers_file(desk: Desk) -> None:
    made = desk.send("POST", "penalties", desk.penalty()).get_json()
    assert desk.other.get("/api/v1/penalties").get_json()["items"] == []
    assert desk.other.get(f"/api/v1/penalties/{made['id']}").status_code == 404
    assert desk.other.get(f"/penalties/{made['id']}").status_code == 404
    stranger = Desk(desk.other, desk.clerk, desk.contract_id, desk.organisations)
    assert stranger.send("POST", "penalties", desk.penalty()).status_code == 404


def test_a_list_offers_writing_only_where_the_reader_may_write(desk: Desk) -> None:
    with_form = "/regulations/new"
    own, others = desk.organisations
    assert with_form in desk.clerk.get(f"/regulations?of={own}").text
    page = desk.clerk.get(f"/regulations?of={others}").text
    assert with_form not in page
    # The list of one owner says whose it is and leads back, also while it is empty.
    empty = desk.clerk.get(f"/penalties?of={desk.contract_id}").text
    assert f'href="/contracts/{desk.contract_id}"' in empty
    assert "HT-1" not in desk.other.get(f"/penalties?of={desk.contract_id}").text


def test_a_form_keeps_what_was_typed_and_says_what_is_wrong(desk: Desk) -> None:
    typed = {
        "owner": "HT-1",
        "decided_on": "2023-06-01",
        "authority": "某局",
        "amount": "两万",
        "enterprises": "1",
    }
    refused = desk.post("/penalties/new", **typed)
    assert refused.status_code == 422
    assert 'value="两万"' in refused.text
    assert "应为金额（元）" in refused.text
    saved = desk.post("/penalties/new", **typed | {"amount": "25,000"})
    assert saved.status_code == 302
    page = desk.clerk.get(saved.headers["Location"]).text
    assert "25,000.00" in page
    edited = desk.post(
        f"{saved.headers['Location']}/edit", **typed | {"amount": "1", "version": "1"}
    )
    assert edited.status_code == 302


def test_another_day_tells_what_was_known_then(desk: Desk) -> None:
    desk.send("POST", "penalties", desk.penalty())
    before = desk.clerk.get("/api/v1/penalties?as_of=2023-05-31").get_json()
    assert before["items"] == []


@pytest.mark.parametrize("kind", RECORD_KINDS, ids=lambda kind: str(kind.name))
def test_a_kind_names_fields_that_there_are(kind: Any) -> None:
    names = {field.name for field in form_fields(kind)}
    assert {*kind.columns, kind.day, *kind.natural_key} <= names
    assert all(field.label for field in form_fields(kind))
    table = kind.model.__table__
    assert names - kind.links.keys() <= set(table.columns.keys())


def test_a_list_asks_the_same_number_of_questions_whatever_it_holds(
    desk: Desk, database: Database
) -> None:
    def asked() -> int:
        with statements(database) as asked_for:
            assert desk.clerk.get("/penalties").status_code == 200
        return len(asked_for)

    desk.send("POST", "penalties", desk.penalty())
    one = asked()
    for day in range(2, 9):
        desk.send("POST", "penalties", desk.penalty(decided_on=f"2023-06-0{day}"))
    assert asked() == one


def test_a_remark_is_a_text_that_every_database_takes(desk: Desk) -> None:
    for wrong in ("备\x00注", "备\ud800"):
        answer = desk.send("POST", "penalties", desk.penalty(note=wrong))
        assert answer.status_code == 422, wrong
        assert [each["field"] for each in answer.json["errors"]] == ["note"]
