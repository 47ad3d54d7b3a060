"""Thousands of made-up requests of an ordinary user to the whole API; none breaks it."""

import sys
from pathlib import Path

import pytest

from kernel.database import Database
from tests.counts import IS_PROOF
from tests.schema import ask_all_as_a_clerk

EXAMPLES = 12


@pytest.mark.proof
@pytest.mark.skipif(not IS_PROOF, reason="asked in small by test_api_schema")
def test_no_made_up_request_breaks_the_api(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ask_all_as_a_clerk(database, tmp_path, EXAMPLES)
    with capsys.disabled():
        sys.stdout.write(f"\nmade-up requests of an ordinary user: {asked}, no server error\n")
