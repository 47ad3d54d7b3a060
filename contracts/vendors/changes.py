"""Acts on vendors, which all departments share: add, change, rename, merge two entries, part them.

Whoever may keep vendors anywhere may keep them all; contracts are not touched.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from contracts.models import PublicUnit, Vendor, VendorSize
from contracts.vendors.findings import recheck, seen_contracts
from contracts.vendors.models import VendorFormerName, VendorMerge
from contracts.vendors.schemas import MergeIn, NewVendor, VendorEdit
from contracts.vendors.twins import twins_of
from contracts.vendors.words import SIZE_NAMES, UNIT_NAMES
from kernel.access.actor import Actor
from kernel.clock import Clock
from kernel.edits import refuse_stale
from kernel.errors import ConflictError, FieldProblem, InputError, NotFoundError
from kernel.keys import new_key
from kernel.sql import wait_for_lock

VENDOR_LOCK = "vendors"
"""Two people adding the same vendor at once: the second is told of the first."""
LABELS = {
    "name": "名称",
    "credit_code": "统一社会信用代码",
    "size": "企业规模",
    "public_unit": "事业单位类别",
    "registered_place": "注册地",
    "note": "备注",
}


class LikelyTwin(ConflictError):
    """A vendor of a like name is there: who adds this one must say that it is another."""

    code = "likely_twin"
    title = "可能已有这家承接主体"


def add_vendor(session: Session, actor: Actor, clock: Clock, wanted: NewVendor) -> UUID:
    """Add a vendor; gives its key.

    Raises ``InputError`` for a name or code that another has, and ``LikelyTwin`` for a name like
    another's unless ``is_another``.
    """
    wait_for_lock(session, VENDOR_LOCK)
    _refuse_taken(session, "name", wanted.name, None)
    if wanted.credit_code is not None:
        _refuse_taken(session, "credit_code", wanted.credit_code, None)
    if not wanted.is_another:
        _refuse_twin(session, wanted.name)
    key = new_key()
    session.add(
        Vendor(
            id=key,
            recorded_at=clock.now(),
            recorded_by=actor.name,
            **wanted.model_dump(exclude={"is_another"}),
        )
    )
    session.flush()
    return key


def change_vendor(
    session: Session, actor: Actor, clock: Clock, key: UUID, wanted: VendorEdit, seen: int
) -> Vendor:
    """Change what is kept of a vendor; ``seen`` is the version one edits.

    Raises ``NotFoundError``; ``ChangedMeanwhile`` when somebody else edited it since; ``InputError``
    for a name or code that another has, or a renaming in the future.
    """
    wait_for_lock(session, VENDOR_LOCK)
    found = locked_vendor(session, key)
    given = wanted.given()
    compared = {
        name: (LABELS[name], shown(getattr(found, name)), shown(value))
        for name, value in given.items()
    }
    refuse_stale(seen, found.version, found.recorded_by, compared)
    changed = {name: value for name, value in given.items() if getattr(found, name) != value}
    for name in ("name", "credit_code"):
        if changed.get(name) is not None:
            _refuse_taken(session, name, str(changed[name]), key)
    if "name" in changed:
        _keep_former_name(session, actor, clock, found, wanted.renamed_on)
    if changed:
        for name, value in changed.items():
            setattr(found, name, value)
        found.version += 1
        found.recorded_at, found.recorded_by = clock.now(), actor.name
        session.flush()
    if "public_unit" in changed:
        recheck(session, actor, clock.now(), seen_contracts(session, actor, key))
    return found


def merge_vendors(
    session: Session, actor: Actor, clock: Clock, duplicate_id: UUID, wanted: MergeIn
) -> VendorMerge:
    """Say that an entry is another's vendor: pages then show both together under the kept one.

    Raises ``NotFoundError``, and ``ConflictError`` where one of the two was merged already, or has
    entries merged into it: chains would hide which is meant.
    """
    wait_for_lock(session, VENDOR_LOCK)
    duplicate, kept = locked_vendor(session, duplicate_id), locked_vendor(session, wanted.kept_id)
    if duplicate.id == kept.id:
        raise InputError("kept_id", "不能与自己合并")
    if duplicate.credit_code and kept.credit_code:
        raise ConflictError(
            f"两者的统一社会信用代码不同（{duplicate.credit_code}、{kept.credit_code}），不是同一家"
        )
    if _standing(session, VendorMerge.duplicate_id.in_([duplicate.id, kept.id])):
        raise ConflictError("其中一条已并入别的承接主体；请先撤销那一次合并")
    if _standing(session, VendorMerge.kept_id == duplicate.id):
        raise ConflictError(f"已有别的登记并入“{duplicate.name}”；请反过来合并")
    merge = VendorMerge(
        id=new_key(),
        duplicate_id=duplicate.id,
        kept_id=kept.id,
        merged_on=clock.business_date(),
        cause=wanted.cause,
        recorded_at=clock.now(),
        recorded_by=actor.name,
    )
    session.add(merge)
    session.flush()
    return merge


def part_vendors(session: Session, actor: Actor, clock: Clock, merge_id: UUID) -> VendorMerge:
    """Take a merge back; raises ``NotFoundError``, and ``ConflictError`` when that was done."""
    merge = session.get(VendorMerge, merge_id, with_for_update=True, populate_existing=True)
    if merge is None:
        raise NotFoundError("没有这次合并")
    if merge.undone_on is not None:
        raise ConflictError(f"这次合并已于 {merge.undone_on} 撤销")
    merge.undone_on = clock.business_date()
    merge.version += 1
    merge.recorded_at, merge.recorded_by = clock.now(), actor.name
    session.flush()
    return merge


def locked_vendor(session: Session, key: UUID) -> Vendor:
    """One vendor as it is once nobody else changes it; raises ``NotFoundError``."""
    found = session.get(Vendor, key, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFoundError("没有这个承接主体")
    return found


def shown(value: object) -> str:
    """A value of a vendor as a person reads it."""
    if isinstance(value, VendorSize):
        return SIZE_NAMES[value]
    if isinstance(value, PublicUnit):
        return UNIT_NAMES[value]
    return "无" if value is None or value == "" else str(value)


def _keep_former_name(
    session: Session, actor: Actor, clock: Clock, vendor: Vendor, renamed_on: date | None
) -> None:
    if renamed_on is None:
        return  # a slip of the pen is corrected: the vendor was never called so
    if renamed_on > clock.business_date():
        raise InputError("renamed_on", f"不能晚于业务日期 {clock.business_date()}")
    session.add(
        VendorFormerName(
            id=new_key(),
            vendor_id=vendor.id,
            name=vendor.name,
            until_on=renamed_on,
            recorded_at=clock.now(),
            recorded_by=actor.name,
        )
    )


def _refuse_taken(session: Session, field: str, value: str, own: UUID | None) -> None:
    wanted = select(Vendor.id, Vendor.name).where(getattr(Vendor, field) == value)
    row = session.execute(wanted).first()
    if row is not None and row.id != own:
        raise InputError(field, f"“{row.name}”已用这个{LABELS[field]}")


def _refuse_twin(session: Session, name: str) -> None:
    twins = twins_of(session, name)
    if twins:
        told = "；".join(f"已有“{twin.name}”，{twin.why}" for twin in twins)
        raise LikelyTwin(
            "已有名称相近的承接主体；确实不是同一家的，请注明“不是同一家”",
            [FieldProblem("name", told)],
        )


def _standing(session: Session, condition: ColumnElement[bool]) -> bool:
    wanted = select(VendorMerge.id).where(condition, VendorMerge.undone_on.is_(None))
    return session.scalar(wanted) is not None
