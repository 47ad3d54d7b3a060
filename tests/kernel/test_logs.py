"""Logs go to what standard error is at that moment."""

import io
import json
from collections.abc import Iterator
from contextlib import redirect_stderr

import pytest
import structlog

from kernel.logs import configure_logging, get_logger


@pytest.fixture(autouse=True)
def _defaults_afterwards() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_a_stream_that_was_closed_is_not_written_to(capsys: pytest.CaptureFixture[str]) -> None:
    with redirect_stderr(io.StringIO()) as exchanged:
        configure_logging("INFO")
    exchanged.close()
    get_logger("web").info("request", path="/")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["logger_name"], line["path"]) == ("request", "web", "/")
