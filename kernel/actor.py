"""Who does it. Every write takes an actor; every read takes one to scope what it shows."""

from dataclasses import dataclass
from uuid import UUID

EVERY_ORGANISATION: None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, the operator at the machine, or a named job.

    ``organisations`` are the organisations whose records the actor sees; ``None`` means all
    (the operator at the machine and the service's own jobs).
    """

    name: str
    organisations: frozenset[UUID] | None = EVERY_ORGANISATION


LOCAL_OPERATOR = Actor("operator")
SCAN_JOB = Actor("system:scan")
