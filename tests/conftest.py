"""Databases for every test: SQLite and PostgreSQL, migrated, empty at the start of each test."""

import gc
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import settings as hypothesis_settings
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule

from kernel.database import Database
from migrations.schema import upgrade
from tests import postgres
from tests.alert_ledger import SEALING_KEY
from tests.emptying import empty_with_trail
from tests.kept import kept, let_go

_built: dict[tuple[object, ...], Callable[..., Any]] = {}
_compile_builder = Rule._compile_builder


def _compiled_once(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
    """A route's address builder, which depends on the route alone: six hundred a test's application."""
    defaults = tuple(sorted((rule.defaults or {}).items()))
    key = (rule.rule, rule.subdomain, rule.host, defaults, append_unknown)
    if key not in _built:
        _built[key] = _compile_builder(rule, append_unknown)
    return _built[key]


Rule._compile_builder = _compiled_once  # type: ignore[method-assign, assignment]


class _Templates(BytecodeCache):
    """Compiled templates, which depend on their text alone: a hundred in a test's application."""

    def __init__(self) -> None:
        self._compiled: dict[str, CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._compiled.get(f"{bucket.key} {bucket.checksum}")

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[f"{bucket.key} {bucket.checksum}"] = bucket.code


Flask.jinja_options = {"bytecode_cache": _Templates()}

BACKENDS = ("sqlite", "postgresql")
_resources = ExitStack()

hypothesis_settings.register_profile("quick", max_examples=25, deadline=None)
hypothesis_settings.register_profile("proof", max_examples=2000, deadline=None)
hypothesis_settings.load_profile("proof" if os.environ.get("MONITOR_PROOF") else "quick")


def pytest_configure(config: pytest.Config) -> None:
    """One PostgreSQL for all workers, a data folder for each; the time is not UTC, as at the bureau."""
    os.environ["TZ"] = "America/New_York"
    os.environ["MONITOR_SECRET_KEYS"] = SEALING_KEY
    own = TemporaryDirectory(prefix="monitor-suite-")
    os.environ["MONITOR_DATA_DIR"] = _resources.enter_context(own)
    time.tzset()
    is_controller = not hasattr(config, "workerinput")
    if is_controller and postgres.VARIABLE not in os.environ:
        os.environ[postgres.VARIABLE] = _resources.enter_context(postgres.server())
    if is_controller:
        postgres.create_app_role(os.environ[postgres.VARIABLE])


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is imported stays: walked by every collection, it took a fifth of the suite's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server that this run started, and leave nothing behind."""
    _resources.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path


@pytest.fixture(scope="session")
def owner_address() -> Iterator[str]:
    """A migrated database of this worker's own on the test server, connected to as its owner."""
    base = os.environ[postgres.VARIABLE]
    name = f"monitor_test_{uuid4().hex[:12]}"
    address = postgres.create_database(base, name)
    database = Database(address)
    upgrade(database, app_role=postgres.APP_ROLE)
    database.dispose()
    yield address
    postgres.drop_database(base, name)


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """The database a test runs on."""
    return str(request.param)


@pytest.fixture(scope="session")
def sqlite_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this worker's SQLite file is, made anew for each test."""
    return tmp_path_factory.mktemp("ledger")


@pytest.fixture
def database_address(backend: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a migrated, empty database, no other test's meanwhile."""
    if backend == "sqlite":
        path: Path = request.getfixturevalue("sqlite_folder") / "monitor.db"
        for old in path.parent.iterdir():
            old.unlink()
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
    else:
        owner: str = request.getfixturevalue("owner_address")
        cleaner = kept(owner, "owner")
        empty_with_trail(cleaner)
        cleaner.dispose()  # a database in use cannot be copied
        yield postgres.as_app_role(owner)
    let_go()


@pytest.fixture
def database(database_address: str) -> Database:
    """A migrated, empty database wired as the service wires it."""
    return kept(database_address, "service")


@pytest.fixture
def owned(database_address: str, backend: str, request: pytest.FixtureRequest) -> Database:
    """The same database as ``database``, connected to as its owner, whom no row policy binds."""
    is_sqlite = backend == "sqlite"
    return kept(
        database_address if is_sqlite else request.getfixturevalue("owner_address"), "owner"
    )
