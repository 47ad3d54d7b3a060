"""From where, in which request and why a transaction writes: what its trail entries say of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    """``client`` is a network address; ``reason`` is asked for where money or acceptance is corrected."""

    client: str = ""
    request_id: str = ""
    reason: str = ""


AT_THE_MACHINE = Cause(client="local")
