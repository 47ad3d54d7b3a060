"""The API against its own description: made-up requests, valid and not, never break it."""

import sys
from pathlib import Path

import pytest

from kernel.database import Database
from tests.schema import (
    ask,
    ask_all_as_a_clerk,
    described,
    described_answer,
    modes,
    operations,
    token,
)

EXAMPLES = 2


@pytest.mark.proof
def test_reads_are_as_described(database: Database, tmp_path: Path) -> None:
    bearer = token(database)
    schema = described(database, tmp_path, bearer)
    schema.validate()
    for operation in operations(schema):
        if operation.method == "get":
            for mode in modes(operation):
                ask(operation, mode, bearer, described_answer, EXAMPLES)


def test_nothing_that_an_ordinary_user_asks_breaks_it(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ask_all_as_a_clerk(database, tmp_path, EXAMPLES)
    with capsys.disabled():
        sys.stdout.write(f"\nmade-up requests of an ordinary user: {asked}, no server error\n")
    assert asked > EXAMPLES * 40
