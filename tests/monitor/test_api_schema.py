"""The API against its own description: made-up requests, valid and not, never break it."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from sqlalchemy import select

from contracts.models import Organisation
from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from people.actors import actor_of
from people.tokens.schemas import NewToken
from people.tokens.tokens import make_token, scopes_open_to
from tests.api_ledger import fill
from tests.people import overseer, person
from tests.web import NOW, TODAY, stranger

EXAMPLES = 100 if os.environ.get("MONITOR_PROOF") else 4


def described(database: Database, data_dir: Path, bearer: str) -> Any:
    application = stranger(database, data_dir).application
    return schemathesis.openapi.from_wsgi("/api/openapi.json", application, headers=sent(bearer))


def sent(bearer: str) -> dict[str, str]:
    return {"Host": "127.0.0.1", "Authorization": f"Bearer {bearer}"}


def token(database: Database, login: str = "") -> str:
    """An API token with all that its holder may do: a department's clerk, else who sees all."""
    fill(database, 3)
    with database.writing(LOCAL_OPERATOR) as session:
        bureau = session.scalars(select(Organisation).where(Organisation.code == "第0市-1")).one()
        clerk = person(session, "clerk", (Role.CLERK, bureau.id)).id if login else None
        holder = actor_of(session, clerk or overseer(session), TODAY)
        assert holder is not None
        new = NewToken(name="schema", scopes=scopes_open_to(holder), valid_days=30)
        return make_token(session, holder, holder, NOW, new).token


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_reads_are_as_described(database: Database, tmp_path: Path, mode: GenerationMode) -> None:
    bearer = token(database)
    schema = described(database, tmp_path, bearer)
    schema.validate()
    for operation in (found.ok() for found in schema.get_all_operations()):
        if operation.method == "get" and can_be(mode, operation):
            ask(operation, mode, bearer, described_answer)


@pytest.mark.timeout(1800)
def test_nothing_that_an_ordinary_user_asks_breaks_it(database: Database, tmp_path: Path) -> None:
    bearer = token(database, "clerk")
    schema = described(database, tmp_path, bearer)
    asked = 0
    for operation in (found.ok() for found in schema.get_all_operations()):
        for mode in GenerationMode:
            if can_be(mode, operation):
                asked += ask(operation, mode, bearer, whatever_but_an_error)
    assert asked > EXAMPLES * 60
    sys.stdout.write(f"schemathesis as an ordinary user: {asked} requests, no server error\n")


def can_be(mode: GenerationMode, operation: Any) -> bool:
    """Nothing can be wrong with a request that has no parameters."""
    has_parameters = operation.query or operation.path_parameters or operation.body
    return mode is GenerationMode.POSITIVE or bool(has_parameters)


def described_answer(case: Any, headers: dict[str, str]) -> None:
    case.call_and_validate(headers=headers)


def whatever_but_an_error(case: Any, headers: dict[str, str]) -> None:
    case.call_and_validate(headers=headers, checks=[not_a_server_error])


def ask(operation: Any, mode: GenerationMode, bearer: str, call: Any) -> int:
    """Ask made-up questions of one operation; gives how many."""
    asked = 0

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        nonlocal asked
        if mode is GenerationMode.POSITIVE and case.query:
            case.query.pop("cursor", None)  # no made-up cursor is one that a page gave
        call(case, sent(bearer))
        asked += 1

    check()
    return asked
