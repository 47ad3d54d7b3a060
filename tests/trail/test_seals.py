"""The chain over the trail: sealing at any moment and by many, and what verifying it finds."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.trail import sealing
from kernel.trail.models import AuditSeal
from kernel.trail.sealing import seal
from kernel.trail.verification import Fault
from tests.counts import DATABASE_EXAMPLES
from tests.trail.chain import CLOCK, counts, found, newest, tamper, write


def test_a_whole_trail_is_found_whole(database: Database) -> None:
    write(database, 7)
    assert seal(database, CLOCK, whole=False) == 7
    write(database, 2)
    faults, tally = found(database)
    assert faults == []
    assert (tally.sealed, tally.unsealed) == (7, 2)
    assert tally.oldest_unsealed
    assert seal(database, CLOCK, whole=False) == 2
    assert seal(database, CLOCK, whole=True) == 0
    faults, tally = found(database, newest(database))
    assert (faults, tally.sealed, tally.unsealed) == ([], 9, 0)


def test_batches_of_seals_make_one_chain(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BATCH", 3)
    write(database, 10)
    assert seal(database, CLOCK, whole=False) == 10
    assert found(database)[0] == []


def test_an_empty_trail_has_no_fault(database: Database) -> None:
    assert seal(database, CLOCK, whole=True) == 0
    assert found(database)[0] == []


@pytest.mark.parametrize(
    ("statements", "faults"),
    [
        (["UPDATE audit_entry SET reason = 'x' WHERE id = 4"], [(Fault.CHANGED, 4)]),
        (["UPDATE audit_entry SET after = '{\"n\": 4}' WHERE id = 4"], [(Fault.CHANGED, 4)]),
        (["UPDATE audit_entry SET after = NULL WHERE id = 4"], [(Fault.CHANGED, 4)]),
        (["DELETE FROM audit_entry WHERE id = 4"], [(Fault.REMOVED, 4)]),
        (
            ["DELETE FROM audit_entry WHERE id = 4", "DELETE FROM audit_seal WHERE entry_id = 4"],
            [(Fault.SEAL_REMOVED, None)],
        ),
        (["UPDATE audit_seal SET hash = 'x' WHERE position = 4"], [(Fault.SEAL_CHANGED, 4)]),
        (["UPDATE audit_seal SET sealed_at = '2020-01-01 00:00:00' WHERE position = 4"],
         [(Fault.SEAL_CHANGED, 4)]),
        (["UPDATE audit_seal SET previous = 'x' WHERE position = 4"], [(Fault.SEAL_CHANGED, 4)]),
        (
            [
                "UPDATE audit_entry SET id = -1 WHERE id = 4",
                "UPDATE audit_entry SET id = 4 WHERE id = 5",
                "UPDATE audit_entry SET id = 5 WHERE id = -1",
            ],
            [(Fault.CHANGED, 4), (Fault.CHANGED, 5)],
        ),
        (
            [
                "UPDATE audit_seal SET position = 100 WHERE position = 4",
                "UPDATE audit_seal SET position = 4 WHERE position = 5",
                "UPDATE audit_seal SET position = 5 WHERE position = 100",
            ],
            [(Fault.SEAL_CHANGED, 5), (Fault.SEAL_CHANGED, 4)],
        ),
    ],
)  # fmt: skip
def test_each_kind_of_tampering_is_named(
    database: Database,
    request: pytest.FixtureRequest,
    statements: list[str],
    faults: list[tuple[Fault, int | None]],
) -> None:
    write(database, 8)
    seal(database, CLOCK, whole=False)
    tamper(database, request, *statements)
    assert [(one.fault, one.entry_id) for one in found(database)[0]] == faults


def test_a_changed_entry_is_named_with_when_and_what_it_was(
    database: Database, request: pytest.FixtureRequest
) -> None:
    write(database, 3)
    seal(database, CLOCK, whole=False)
    tamper(database, request, "UPDATE audit_entry SET reason = 'x' WHERE id = 2")
    (fault,) = found(database)[0]
    assert (fault.object_kind, fault.object_id, fault.actor) == ("thing", "1", "operator")
    assert fault.recorded_at.startswith("20")


def test_a_cut_tail_is_seen_by_a_head_that_was_kept(
    database: Database, request: pytest.FixtureRequest
) -> None:
    write(database, 8)
    seal(database, CLOCK, whole=False)
    known = newest(database)
    tamper(
        database, request,
        "DELETE FROM audit_seal WHERE position > 5", "DELETE FROM audit_entry WHERE id > 5",
    )  # fmt: skip
    assert found(database)[0] == []
    (cut,) = found(database, known)[0]
    assert (cut.fault, cut.position, cut.until) == (Fault.CUT, 6, 8)
    write(database, 5)
    seal(database, CLOCK, whole=False)
    assert [one.fault for one in found(database, known)[0]] == [Fault.REWRITTEN]


_COLUMNS = ("actor", "client", "action", "object_kind", "object_id", "reason", "request_id")
_TAMPERING = st.one_of(
    st.tuples(st.just("change"), st.sampled_from(_COLUMNS), st.text("abc'‘%:", max_size=4)),
    st.tuples(st.just("remove"), st.just(""), st.just("")),
    st.tuples(st.just("json"), st.sampled_from(["before", "after"]), st.integers(5, 99).map(str)),
    st.tuples(st.just("moment"), st.just(""), st.just("")),
    st.tuples(st.just("unseal"), st.just(""), st.just("")),
)


@pytest.mark.proof
@settings(
    max_examples=DATABASE_EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    length=st.integers(1, 25),
    tampered=st.dictionaries(st.integers(0, 24), _TAMPERING, min_size=1, max_size=5),
)
def test_random_tampering_is_always_named(
    database: Database,
    request: pytest.FixtureRequest,
    length: int,
    tampered: dict[int, tuple[str, str, str]],
) -> None:
    start = counts(database)[2]
    known_faults = {(one.fault, one.entry_id, one.position) for one in found(database)[0]}
    write(database, length)
    seal(database, CLOCK, whole=False)
    known = newest(database)
    with database.reading(LOCAL_OPERATOR) as session:
        ids = list(
            session.scalars(
                select(AuditSeal.entry_id)
                .where(AuditSeal.position > start)
                .order_by(AuditSeal.position)
            )
        )
    wanted, lost = set[int](), set[int]()
    statements: list[str] = []
    for place, act in tampered.items():
        if place < length:
            statements.append(_statement(act, ids[place]))
            (lost if act[0] == "unseal" else wanted).add(ids[place])
    tamper(database, request, *statements)
    faults = [
        one
        for one in found(database, known)[0]
        if (one.fault, one.entry_id, one.position) not in known_faults
    ]
    assert {one.entry_id for one in faults if one.entry_id} == wanted
    gone = {ids[p - start - 1] for one in faults if one.entry_id is None
            for p in range(one.position, one.until + 1) if p > start}  # fmt: skip
    assert gone == lost


def _statement(act: tuple[str, str, str], entry_id: int) -> str:
    kind, column, value = act
    quoted = value.replace("'", "''").replace("%", "%%")
    return {
        "change": f"UPDATE audit_entry SET {column} = {column} || '!{quoted}' WHERE id = {entry_id}",
        "remove": f"DELETE FROM audit_entry WHERE id = {entry_id}",
        "json": f'UPDATE audit_entry SET {column} = \'{{"n": "{value}"}}\' WHERE id = {entry_id}',
        "moment": f"UPDATE audit_entry SET recorded_at = '2001-01-01 00:00:00' WHERE id = {entry_id}",
        "unseal": f"DELETE FROM audit_seal WHERE entry_id = {entry_id}",
    }[kind].replace("%%", "%")
