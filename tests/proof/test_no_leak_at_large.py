"""The search for a leak in as many worlds as ``make proof`` has time for."""

import sys
from pathlib import Path

import pytest

from kernel.database import Database
from tests.access.leaks import look_everywhere
from tests.counts import IS_PROOF

WORLDS = 100


@pytest.mark.proof
@pytest.mark.skipif(not IS_PROOF, reason="searched in small by test_no_leak")
@pytest.mark.timeout(1800)
def test_nobody_sees_what_is_not_theirs_in_many_worlds(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = look_everywhere(database, tmp_path, WORLDS)
    with capsys.disabled():
        sys.stdout.write(f"\nleak test: {found.worlds} worlds, {found.answers} answers searched\n")
    assert found.worlds >= WORLDS / 2
