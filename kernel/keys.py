"""Primary keys are UUIDv7: made anywhere without asking the database, and ordered by time."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_key() -> UUID:
    """Make a key later in order than those made before it in this process."""
    return uuid7()
