"""Structured logs as JSON lines on standard error, each with its request id."""

import logging
import sys
from typing import Any

import structlog


def configure_logging(level: str) -> None:
    """Set up structlog for a process; call once at its entry point."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=_to_standard_error,
        cache_logger_on_first_use=False,
    )


def _to_standard_error(*_names: object) -> structlog.PrintLogger:
    """Write to what standard error is now: one that was exchanged and closed is not written to."""
    return structlog.PrintLogger(sys.stderr)


def get_logger(name: str) -> Any:
    """A logger bound to ``name``."""
    return structlog.get_logger(logger_name=name)
