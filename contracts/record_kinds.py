"""Every kind of record that a file holds: the one place that lists them."""

from contracts.records.kinds import RecordKind

RECORD_KINDS: tuple[RecordKind, ...] = ()
