"""The API against its own description: made-up requests, valid and not, never break it."""

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from kernel.database import Database
from tests.api_ledger import fill
from tests.web import web_client

EXAMPLES = 6


@pytest.fixture
def described(database: Database, tmp_path: Path) -> Any:
    fill(database, 3)
    app = web_client(database, tmp_path).application
    return schemathesis.openapi.from_wsgi("/api/openapi.json", app)


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_answers_are_as_described(described: Any, mode: GenerationMode) -> None:
    described.validate()
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) == 24
    for operation in operations:
        # Nothing can be wrong with a request that has no parameters.
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
        case.call_and_validate(headers={"Host": "127.0.0.1"})

    check()
