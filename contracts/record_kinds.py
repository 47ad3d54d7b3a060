"""Every kind of record that a file holds: the one place that lists them."""

from contracts.records.kinds import RecordKind
from contracts.vendors.kinds import VENDOR_KINDS

RECORD_KINDS: tuple[RecordKind, ...] = (*VENDOR_KINDS,)
