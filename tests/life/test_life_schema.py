"""Made-up requests to a contract's writing routes, valid and not, by its clerk: no failure."""

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error

from kernel.database import Database
from tests.life.life_ledger import Scene, clerks_client, scene
from tests.web import COOKIE

OURS = ("/life", "/states", "/shares", "/members", "/amendments")
WRITES = {"post", "patch", "put"}


class SignedIn:
    """The application as the clerk's browser calls it; every key in a path is that of one contract."""

    def __init__(self, database: Database, data_dir: Path, told: Scene) -> None:
        client = clerks_client(database, data_dir, told)
        self.application = client.application
        self.application.config["WTF_CSRF_METHODS"] = ()
        made: Any = client.post("/api/v1/contracts", json=told.new()).json
        self.key = made["id"]
        cookie = client.get_cookie(COOKIE)
        assert cookie is not None
        self.cookies = f"{COOKIE}={cookie.value}"

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        own = {"HTTP_COOKIE": self.cookies, "HTTP_IF_MATCH": "*"}
        return self.application({**environ, **own}, start_response)


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_nothing_that_is_sent_breaks_a_contracts_life(database: Database, tmp_path: Path) -> None:
    signed_in = SignedIn(database, tmp_path, scene(database))
    described: Any = schemathesis.openapi.from_wsgi("/api/openapi.json", signed_in)
    operations = [found.ok() for found in described.get_all_operations()]
    ours = [
        operation
        for operation in operations
        if operation.method in WRITES
        and (operation.path.endswith(OURS) or operation.path.startswith("/api/v1/contracts"))
    ]
    for operation in ours:
        for mode in GenerationMode:
            _ask(operation, mode, signed_in.key)


def _ask(operation: Any, mode: GenerationMode, key: str) -> None:
    @settings(
        max_examples=2,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        if "id" in case.path_parameters:
            case.path_parameters["id"] = key
        answer = case.call(headers={"Host": "127.0.0.1"})
        assert answer.status_code != 401, answer.text
        case.validate_response(answer, checks=[not_a_server_error])

    check()
