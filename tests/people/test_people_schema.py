"""Made-up requests to the API of the tree, accounts and roles: answers are as described, never 5xx."""

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from tests.counts import and_in_proof
from tests.ledger import city
from tests.people import person, session_token
from tests.web import COOKIE, NOW, stranger

TAGS = {"organisations", "people"}
EXAMPLES = 4


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN])
@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("backend", and_in_proof(["postgresql"], ["sqlite"]), indirect=True)
def test_answers_are_as_described(
    database: Database, tmp_path: Path, mode: GenerationMode, role: Role
) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        city(session)
        token = session_token(session, person(session, "asker", (role, None)).id, NOW)
    app = stranger(database, tmp_path).application
    app.config["WTF_CSRF_METHODS"] = ()  # the forms' token is not the matter here

    def signed_in(environ: Any, start_response: Any) -> Any:
        environ["HTTP_COOKIE"] = f"{COOKIE}={token}"
        return app(environ, start_response)

    described: Any = schemathesis.openapi.from_wsgi("/api/openapi.json", signed_in)
    found = [each.ok() for each in described.get_all_operations()]
    ours = [each for each in found if TAGS & set(each.tags or ())]
    assert len(ours) == 15
    for operation in ours:
        if mode is GenerationMode.POSITIVE or operation.query or operation.path_parameters:
            _ask(operation, mode)


def _ask(operation: Any, mode: GenerationMode) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        if mode is GenerationMode.POSITIVE and case.query:
            case.query.pop("cursor", None)  # no made-up cursor is one that a page gave
        answer = case.call(headers={"Host": "127.0.0.1"})
        assert answer.status_code < 500, answer.text
        if answer.status_code == 403:
            return  # the other administrator's
        # A made-up parent or period may be refused though its shape is right.
        case.validate_response(answer, excluded_checks=[positive_data_acceptance])

    check()
