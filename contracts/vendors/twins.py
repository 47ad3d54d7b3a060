"""Vendors that may be one under two spellings: suggested, never merged silently."""

import re
from difflib import SequenceMatcher
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from contracts.models import Vendor
from contracts.vendors.models import VendorFormerName, VendorMerge
from contracts.vendors.schemas import VendorTwin
from kernel.paging import AnySelect, Key
from kernel.sql import contains
from kernel.workbook_cells import narrow

_LEGAL_FORM = re.compile(r"(股份)?有限(责任)?公司|集团|公司|（.*?）|\(.*?\)")
_LIKE_ENOUGH = 0.86
_MOST = 50
"""How many names with a part in common are compared."""


def core(name: str) -> str:
    """What distinguishes a name: without legal form, bracketed branch, spaces, width of signs."""
    return _LEGAL_FORM.sub("", narrow(name))


def likeness(one: str, other: str) -> str:
    """Why two names may be one vendor's, in Chinese; ``""`` when nothing says so."""
    if narrow(one) == narrow(other):
        return "名称只差空格或全角、半角"
    mine, theirs = core(one), core(other)
    if mine and mine == theirs:
        return "名称只差公司形式或括号内的分支"
    if SequenceMatcher(None, mine, theirs).ratio() >= _LIKE_ENOUGH:
        return "名称只差个别字"
    return ""


def merged_away() -> ColumnElement[bool]:
    """A predicate on ``Vendor``: its entry was found to be another's."""
    standing = select(VendorMerge.duplicate_id).where(VendorMerge.undone_on.is_(None))
    return Vendor.id.in_(standing)


def twins_of(session: Session, name: str, own: UUID | None = None) -> list[VendorTwin]:
    """Vendors with a name, or former name, like ``name``; two statements, the likest first."""
    known = select(Vendor.id, Vendor.name, Vendor.credit_code).where(~merged_away())
    former = (
        select(Vendor.id, VendorFormerName.name, Vendor.credit_code)
        .join(VendorFormerName, VendorFormerName.vendor_id == Vendor.id)
        .where(~merged_away())
    )
    found: dict[UUID, VendorTwin] = {}
    for statement, column in ((known, Vendor.name), (former, VendorFormerName.name)):
        for key, other, code in session.execute(_sharing(statement, column, name)):
            why = likeness(name, other)
            if why and key != own and key not in found:
                found[key] = VendorTwin(id=key, name=other, credit_code=code, why=why)
    return sorted(found.values(), key=lambda twin: -_ratio(name, twin.name))


def _sharing(statement: AnySelect, column: Key, name: str) -> AnySelect:
    """Names that hold the beginning, the middle or the end of the core: one slip spares two."""
    distinct = core(name) or narrow(name)
    third = max(len(distinct) // 3, 2)
    middle = len(distinct) // 2 - third // 2
    parts = {distinct[:third], distinct[middle : middle + third], distinct[-third:]}
    compact = func.replace(column, " ", "")
    shares = or_(*(contains(compact, part) for part in sorted(parts) if part))
    return statement.where(shares).order_by(Vendor.id).limit(_MOST)


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, narrow(one), narrow(other)).ratio()
