"""Two writers at once, of whom one waits for the other."""

from threading import Thread

from sqlalchemy import text

from kernel.database import Database


def waits_or_is_done(owned: Database, other: Thread) -> None:
    """Let the other writer come as far as it can."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    while other.is_alive() and not owned.is_sqlite:
        with owned.engine.connect() as connection:
            if connection.scalar(waiting):
                return
