"""Every route declares what it needs, and answers each role as the table says."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.access.permissions import Permission
from kernel.web.permissions import ANYBODY, SIGNED_IN, need_of
from tests import postgres
from tests.access.cast import COLUMNS
from tests.access.extent import Extent
from tests.access.stage import Stage, actual_table, drop, set_up
from tests.access.table import differences, expected_table
from tests.counts import IS_PROOF


@pytest.fixture
def stage(
    database_address: str, backend: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Stage]:
    owner = None if backend == "sqlite" else request.getfixturevalue("owner_address")
    assert backend == "sqlite" or postgres.VARIABLE in os.environ
    made = set_up(database_address, owner, tmp_path)
    yield made
    drop(made)


def test_every_route_declares_what_it_needs(stage: Stage) -> None:
    endpoints = {rule.endpoint for rule in stage.app.url_map.iter_rules()}
    needs = {endpoint: need_of(stage.app, endpoint) for endpoint in endpoints}
    silent = [
        endpoint
        for endpoint, need in needs.items()
        if not isinstance(need, Permission) and need not in {ANYBODY, SIGNED_IN}
    ]
    assert silent == []
    for_files = {endpoint for endpoint in endpoints if endpoint.endswith("static")}
    assert for_files
    assert {needs[endpoint] for endpoint in for_files} == {ANYBODY}


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_every_route_answers_every_role_as_the_table_says(
    stage: Stage, backend: str, capsys: pytest.CaptureFixture[str]
) -> None:
    quick = Extent.QUICK if backend == "sqlite" else Extent.READ
    extent = Extent.WHOLE if IS_PROOF else quick
    actual, whole = actual_table(stage, extent), expected_table()
    expected = {
        route: {who: cells[who] for who in asked}
        for route, cells in whole.items()
        if (asked := extent.asked(route))
    }
    cells = sum(len(row) for row in actual.values())
    with capsys.disabled():
        sys.stdout.write(
            f"\nroutes × roles: {len(actual)} routes, {len(COLUMNS)} roles, {cells} cells checked\n"
        )
    assert differences(actual, expected) == []
