"""整改率, 现场解决率, 逾期率 on any day: items and counted reports together, nothing counted twice.

Of each round (or of a contract's rest, outside rounds) one source counts: its items; without any,
its latest reports up to the day; without those, the numbers typed with the round. A report on the
whole contract counts only where the contract has nothing else. What the sources say differently is
a finding (``contracts.hazards.checks``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, null, select, true
from sqlalchemy.orm import Session, aliased

from contracts.access import visible
from contracts.enterprises.models import Enterprise
from contracts.hazards.schemas import RateRows as By
from contracts.hazards.sums import parts
from contracts.models import Contract, Organisation, Vendor
from contracts.vendors.together import contracts_with
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.tenant import expect_many


@dataclass(frozen=True, slots=True)
class Rates:
    """The sums of one row. ``key`` and ``name`` say of whom; None: not told.

    ``rectified`` is known of ``rectified_of`` hazards, ``on_the_spot`` of ``on_the_spot_of``;
    ``overdue`` and ``verified`` of the itemised ones, which are ``items``. A number of which nothing
    is known is None.
    """

    key: str | None
    name: str | None
    found: int
    items: int
    rectified: int | None
    rectified_of: int
    on_the_spot: int | None
    on_the_spot_of: int
    overdue: int
    verified: int

    @property
    def rectified_rate(self) -> Decimal | None:
        """整改率 in percent, one decimal; None where nothing was found or nothing is known."""
        return _percent(self.rectified, self.rectified_of)

    @property
    def on_the_spot_rate(self) -> Decimal | None:
        """现场解决率 in percent."""
        return _percent(self.on_the_spot, self.on_the_spot_of)

    @property
    def overdue_rate(self) -> Decimal | None:
        """逾期率 in percent, of the itemised hazards."""
        return _percent(self.overdue, self.items)

    @property
    def verified_rate(self) -> Decimal | None:
        """销号率 in percent, of the itemised hazards."""
        return _percent(self.verified, self.items)


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which contracts: one, one programme's, one vendor's, or all that are seen."""

    contract_id: UUID | None = None
    programme_id: UUID | None = None
    vendor_id: UUID | None = None


def rates(
    session: Session, actor: Actor, as_of: date, by: By, asked: Asked | None = None
) -> Sequence[Rates]:
    """The rows of a board on ``as_of``, the most hazards first; one statement whatever the data."""
    expect_many(session)
    wanted = asked or Asked()
    seen = select(Contract.id).where(
        visible(actor, Permission.SERVICE_READ),
        Contract.id == wanted.contract_id if wanted.contract_id else true(),
        Contract.programme_id == wanted.programme_id if wanted.programme_id else true(),
        contracts_with(wanted.vendor_id) if wanted.vendor_id else true(),
    )
    part = parts(seen, as_of, with_enterprise=by is By.ENTERPRISE)
    rows = session.execute(_grouped(part, by)).all()
    return [_rates(row) for row in rows]


def total(session: Session, actor: Actor, as_of: date, asked: Asked | None = None) -> Rates:
    """The sums over all; zero found where nothing is known."""
    found = rates(session, actor, as_of, By.TOTAL, asked)
    return found[0] if found else Rates(None, None, 0, 0, None, 0, None, 0, 0, 0)


def _grouped(part: Any, by: By) -> Select[Any]:
    sums = (
        func.sum(part.c.found).label("found"),
        func.sum(part.c.itemised),
        func.sum(part.c.rectified),
        func.sum(part.c.rectified_of),
        func.sum(part.c.on_the_spot),
        func.sum(part.c.on_the_spot_of),
        func.sum(part.c.overdue),
        func.sum(part.c.verified),
    )
    key, name, joins = _dimension(part, by)
    statement = select(key.label("key"), name.label("name"), *sums).select_from(part)
    for target, condition in joins:
        statement = statement.outerjoin(target, condition)
    statement = statement.having(func.sum(part.c.found).is_not(None))
    if by is By.TOTAL:
        return statement
    return statement.group_by(key, name).order_by(func.sum(part.c.found).desc(), name)


def _dimension(part: Any, by: By) -> tuple[Any, Any, Sequence[tuple[Any, Any]]]:
    """Key and name of a row, and what to join for them, in order."""
    of_contract = (Contract, Contract.id == part.c.contract_id)
    buys = (Organisation, Organisation.id == Contract.purchaser_id)
    sells = (Vendor, Vendor.id == Contract.vendor_id)
    own, root = aliased(Enterprise), aliased(Enterprise)
    counts_as = ((own, own.id == part.c.enterprise_id), (root, root.id == own.root_id))
    dimensions: Mapping[By, tuple[Any, Any, Sequence[tuple[Any, Any]]]] = {
        By.TOTAL: (null(), null(), ()),
        By.LEVEL: (part.c.level, part.c.level, ()),
        By.CONTRACT: (Contract.id, Contract.name, (of_contract,)),
        By.SECTOR: (Contract.sectors, Contract.sectors, (of_contract,)),
        By.PURCHASER: (Organisation.id, Organisation.name, (of_contract, buys)),
        By.VENDOR: (Vendor.id, Vendor.name, (of_contract, sells)),
        By.ENTERPRISE: (root.id, root.name, counts_as),
    }
    return dimensions[by]


def _rates(row: Any) -> Rates:
    key, name, found, items, rectified, of, spot, spot_of, overdue, verified = row
    return Rates(
        None if key is None else str(getattr(key, "value", key)),
        None if name is None else str(getattr(name, "value", name)),
        int(found),
        int(items),
        None if rectified is None else int(rectified),
        int(of),
        None if spot is None else int(spot),
        int(spot_of),
        int(overdue),
        int(verified),
    )


def _percent(part: int | None, whole: int) -> Decimal | None:
    if part is None or whole == 0:
        return None
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
