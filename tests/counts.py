"""How much a test takes: of made-up examples, of places to be killed at, of windows to fit into."""

import os
from collections.abc import Sequence
from typing import Any

import pytest

IS_PROOF = bool(os.environ.get("MONITOR_PROOF"))
DATABASE_EXAMPLES = 100 if IS_PROOF else 6
"""Examples of a test that writes to a database for each of them."""


def and_in_proof(always: Sequence[Any], more: Sequence[Any]) -> list[Any]:
    """What a test is asked with: ``more`` of the same kind in ``make proof`` alone."""
    return [*always, *(pytest.param(one, marks=pytest.mark.proof) for one in more if IS_PROOF)]
