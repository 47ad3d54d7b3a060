"""A vendor with all that is known under it: merged entries, and consortia it is a member of."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, union_all

from contracts.models import Contract, ContractParty, PartyRole, Vendor
from contracts.vendors.models import VendorMerge


def entries_of(vendor_id: UUID) -> Select[UUID]:
    """The keys of the vendor's own entry and of those merged into it, for ``IN``."""
    merged = select(VendorMerge.duplicate_id).where(
        VendorMerge.kept_id == vendor_id, VendorMerge.undone_on.is_(None)
    )
    both = union_all(select(Vendor.id).where(Vendor.id == vendor_id), merged).subquery()
    return select(both.c.id)


def contracts_with(vendor_id: UUID) -> ColumnElement[bool]:
    """A predicate on ``Contract``: the vendor is its party, alone or in a consortium."""
    return Contract.id.in_(
        select(ContractParty.contract_id).where(
            ContractParty.role == PartyRole.VENDOR,
            ContractParty.vendor_id.in_(entries_of(vendor_id)),
        )
    )
