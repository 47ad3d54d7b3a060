"""What a vendor's row can show, on screen and in the export."""

from contracts.lists.columns import CellKind, ListColumn
from contracts.vendors import words
from contracts.vendors.boards import VendorLine


def _size(line: VendorLine) -> str | None:
    return words.SIZE_NAMES[line.vendor.size] if line.vendor.size else None


def _unit(line: VendorLine) -> str | None:
    return words.UNIT_NAMES[line.vendor.public_unit] if line.vendor.public_unit else None


def _worst(line: VendorLine) -> str:
    return words.STANDING_NAMES[line.worst] if line.worst else "没有登记"


COLUMNS = (
    ListColumn("name", "名称", lambda line: line.vendor.name),
    ListColumn("credit_code", "统一社会信用代码", lambda line: line.vendor.credit_code),
    ListColumn("size", "规模", _size),
    ListColumn("public_unit", "事业单位类别", _unit, usual=False),
    ListColumn(
        "registered_place", "注册地", lambda line: line.vendor.registered_place, usual=False
    ),
    ListColumn("contracts", "合同", lambda line: line.contracts, CellKind.COUNT),
    ListColumn("papers", "资质项数", lambda line: line.papers, CellKind.COUNT, usual=False),
    ListColumn("standing", "资质", _worst),
    ListColumn("admitted", "准入领域", lambda line: "、".join(line.admitted)),
)
