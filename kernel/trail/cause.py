"""The cause of a change, where the trail's callers look for it."""

from kernel.cause import AT_THE_MACHINE, Cause

__all__ = ["AT_THE_MACHINE", "Cause"]
