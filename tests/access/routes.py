"""All routes of the application, and a real address for each."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import Rule

SKIPPED = {"HEAD", "OPTIONS"}
"""Flask answers these by itself: HEAD as GET does, OPTIONS with the methods alone."""


@dataclass(frozen=True, order=True)
class Route:
    """A path as it is declared, and a method."""

    path: str
    method: str


def routes(app: Flask) -> list[Route]:
    """Every route of pages, API and files, by path."""
    return sorted(
        Route(rule.rule, method) for rule in app.url_map.iter_rules() for method in _methods(rule)
    )


def plain_addresses(app: Flask) -> list[str]:
    """What can be read without naming a record."""
    return sorted(
        route.path for route in routes(app) if route.method == "GET" and "<" not in route.path
    )


def _methods(rule: Rule) -> Iterator[str]:
    yield from sorted((rule.methods or set()) - SKIPPED)
