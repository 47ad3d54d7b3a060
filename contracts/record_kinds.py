"""Every kind of record that a file holds: the one place that lists them."""

from contracts.acceptance.kinds import KINDS as ACCEPTANCE_KINDS
from contracts.checks.kinds import KINDS as CHECK_KINDS
from contracts.disclosure.kinds import KINDS as DISCLOSURE_KINDS
from contracts.library.kinds import KINDS as LIBRARY_KINDS
from contracts.records.kinds import RecordKind
from contracts.supervision.kinds import KINDS as SUPERVISION_KINDS
from contracts.vendors.kinds import VENDOR_KINDS

RECORD_KINDS: tuple[RecordKind, ...] = (
    *SUPERVISION_KINDS,
    *ACCEPTANCE_KINDS,
    *DISCLOSURE_KINDS,
    *CHECK_KINDS,
    *LIBRARY_KINDS,
    *VENDOR_KINDS,
)
