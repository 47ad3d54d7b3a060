"""Made-up requests to the steps, valid and not, by somebody who may enter and approve: no failure."""

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error

from kernel.database import Database
from tests.step_ledger import Person, fill
from tests.web import COOKIE, client_as

OURS = ("/api/v1/acts", "/api/v1/step-settings")


class SignedIn:
    """The application as a browser of one person calls it: with its cookies and its form token."""

    def __init__(self, client: FlaskClient) -> None:
        self.token = Person(client).token
        self.application = client.application
        found = {name: client.get_cookie(name) for name in (COOKIE, "monitor_session")}
        self.cookies = "; ".join(f"{name}={item.value}" for name, item in found.items() if item)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        own = {"HTTP_COOKIE": self.cookies, "HTTP_X_CSRFTOKEN": self.token}
        return self.application({**environ, **own}, start_response)


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_nothing_that_is_sent_breaks_the_steps(
    database: Database, tmp_path: Path, mode: GenerationMode
) -> None:
    client = client_as(database, tmp_path, fill(database).users["colleague"])
    described: Any = schemathesis.openapi.from_wsgi("/api/openapi.json", SignedIn(client))
    operations = [found.ok() for found in described.get_all_operations()]
    ours = [operation for operation in operations if operation.path.startswith(OURS)]
    assert len(ours) == 10
    for operation in ours:
        # Nothing can be wrong with a request that has no parameters.
        given_something = operation.query or operation.path_parameters or operation.body
        if mode is GenerationMode.POSITIVE or given_something:
            _ask(operation, mode)


def _ask(operation: Any, mode: GenerationMode) -> None:
    @settings(
        max_examples=4,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        answer = case.call(headers={"Host": "127.0.0.1"})
        assert answer.status_code != 401, answer.text
        case.validate_response(answer, checks=[not_a_server_error])

    check()
