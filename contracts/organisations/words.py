"""What the kinds of organisations are called on screen, as in the workbook's column 机构类型."""

from collections.abc import Mapping

from contracts.models import OrganisationKind
from contracts.workbook_rows import ORGANISATION_KINDS

KIND_NAMES: Mapping[OrganisationKind, str] = {
    kind: word for word, kind in ORGANISATION_KINDS.items()
}
