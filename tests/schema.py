"""Made-up requests to the whole API, from its own description."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zlib import crc32

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import positive_data_acceptance
from sqlalchemy import select

from contracts.models import Organisation
from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from people.actors import actor_of
from people.tokens.schemas import NewToken
from people.tokens.tokens import make_token, scopes_open_to
from tests.access.extent import Extent
from tests.api_ledger import fill
from tests.counts import IS_PROOF
from tests.people import overseer, person
from tests.web import NOW, TODAY, stranger

Call = Callable[[Any, dict[str, str]], None]


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


def can_be(mode: GenerationMode, operation: Any) -> bool:
    """Nothing can be wrong with a request that has no parameters."""
    has_parameters = operation.query or operation.path_parameters or operation.body
    return mode is GenerationMode.POSITIVE or bool(has_parameters)


def described_answer(case: Any, headers: dict[str, str]) -> None:
    # A rule may refuse more than a schema can tell: a day outside all ledgers.
    case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])


def whatever_but_an_error(case: Any, headers: dict[str, str]) -> None:
    case.call_and_validate(headers=headers, checks=[not_a_server_error])


def ask(operation: Any, mode: GenerationMode, bearer: str, call: Call, examples: int) -> int:
    """Ask made-up questions of one operation; gives how many."""
    asked = 0

    @settings(
        max_examples=examples,
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


def operations(schema: Any) -> list[Any]:
    """What to ask: outside the proof two kinds of records stand for the others, which are alike."""
    found = [each.ok() for each in schema.get_all_operations()]
    if IS_PROOF:
        return found
    return [each for each in found if not Extent.is_stood_for(each.path)]


def modes(operation: Any) -> list[GenerationMode]:
    """In which ways an operation is asked: outside the proof in one of the two, always the same."""
    possible = [mode for mode in GenerationMode if can_be(mode, operation)]
    if IS_PROOF:
        return possible
    return possible[crc32(operation.label.encode()) % len(possible) :][:1]


def ask_all_as_a_clerk(database: Database, data_dir: Path, examples: int) -> int:
    """Ask every operation as an ordinary user, whom much is forbidden; gives how many requests."""
    bearer = token(database, "clerk")
    asked = operations(described(database, data_dir, bearer))
    return sum(
        ask(operation, mode, bearer, whatever_but_an_error, examples)
        for operation in asked
        for mode in modes(operation)
    )
