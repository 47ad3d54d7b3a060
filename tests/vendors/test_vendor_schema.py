"""Made-up requests to the API of vendors and surveys: answers are as described, never 5xx."""

from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from tests.people import session_token
from tests.step_ledger import fill
from tests.web import COOKIE, NOW, stranger

TAGS = {"vendors", "surveys"}
EXAMPLES = 3


def test_answers_are_as_described(database: Database, tmp_path: Path) -> None:
    ledger = fill(database)
    with database.writing(LOCAL_OPERATOR) as session:
        token = session_token(session, ledger.users["overseer"], NOW)
    app = stranger(database, tmp_path).application
    app.config["WTF_CSRF_METHODS"] = ()  # the forms' token is not the matter here

    def signed_in(environ: Any, start_response: Any) -> Any:
        environ["HTTP_COOKIE"] = f"{COOKIE}={token}"
        return app(environ, start_response)

    described: Any = schemathesis.openapi.from_wsgi("/api/openapi.json", signed_in)
    found = [each.ok() for each in described.get_all_operations()]
    ours = [each for each in found if TAGS & set(each.tags or ())]
    assert len(ours) >= 9
    for operation in ours:
        _ask(operation)


def _ask(operation: Any) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def check(case: Any) -> None:
        if case.query:
            case.query.pop("cursor", None)  # no made-up cursor is one that a page gave
        answer = case.call(headers={"Host": "127.0.0.1"})
        assert answer.status_code < 500, answer.text
        if answer.status_code == 403:
            return  # who oversees writes no promises into a contract
        # A made-up owner or period may be refused though its shape is right.
        case.validate_response(answer, excluded_checks=[positive_data_acceptance])

    check()
