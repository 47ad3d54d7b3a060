"""What refuses a record of a vendor as an act; the same as a fact is taken, with a finding."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.access import organisations_in
from contracts.models import Organisation, PublicUnit, Vendor
from contracts.reach_models import OrganisationAncestor
from contracts.records.kinds import Entering
from contracts.vendors.entries import (
    AdmissionEntry,
    EvaluationEntry,
    QualificationEntry,
    QualificationRequirementEntry,
    whole_points,
)
from contracts.vendors.grading import grade_of
from contracts.vendors.models import Qualification, QualificationRequirement
from contracts.vendors.qualifying import Held, Required, lacks, sectors_in
from contracts.vendors.words import GRADE_NAMES
from kernel.access.permissions import Permission
from kernel.errors import InputError

INELIGIBLE = "公益一类事业单位不作为政府购买服务的承接主体（《政府购买服务管理办法》第八条）"


def check_qualification(entering: Entering) -> None:
    """Refuse days in the wrong order, and an end of what has none."""
    entry: QualificationEntry = entering.entry
    _in_order(entry.issued_on, entry.expires_on, "expires_on", "有效期至不能早于发证日期")
    _in_order(entry.issued_on, entry.revoked_on, "revoked_on", "撤销日期不能早于发证日期")
    _not_ahead(entry.revoked_on, "revoked_on", entering.today)
    if entry.is_permanent and entry.expires_on is not None:
        raise InputError("is_permanent", "已填有效期至，不能同时为长期有效")


def check_requirement(entering: Entering) -> None:
    """Refuse several sectors at once and an end before the beginning."""
    entry: QualificationRequirementEntry = entering.entry
    _one_sector(entry.sector)
    if entry.valid_to is not None and entry.valid_to <= entry.valid_from:
        raise InputError("valid_to", "应晚于“自”的日期")


def check_admission(entering: Entering) -> None:
    """Refuse whom the law excludes, who lacks what the sector asks for, and others' decisions."""
    entry: AdmissionEntry = entering.entry
    _one_sector(entry.sector)
    _in_order(entry.admitted_on, entry.until_on, "until_on", "有效至不能早于准入日期")
    _in_order(entry.admitted_on, entry.ended_on, "ended_on", "清退日期不能早于准入日期")
    _not_ahead(entry.ended_on, "ended_on", entering.today)
    if (entry.ended_on is None) != (not entry.ended_reason):
        raise InputError("ended_reason", "清退日期和清退原因应一并填写")
    _own_decision(entering, entry.organisation_id)
    before = entering.record
    if before is not None and (before.sector, before.admitted_on) == (
        entry.sector,
        entry.admitted_on,
    ):
        return  # admitted then; what changes is how it goes on
    session = entering.session
    vendor = session.get_one(Vendor, entry.vendor_id)
    if vendor.public_unit is PublicUnit.CLASS_ONE:
        raise InputError("vendor_id", INELIGIBLE)
    missing = lacks(
        required_by(session, [entry.organisation_id], entry.admitted_on),
        held_by(session, [entry.vendor_id]).get(entry.vendor_id, []),
        [entry.sector],
        entry.admitted_on,
    )
    if missing:
        told = "；".join(f"{lack.required.kind}（{lack.why}）" for lack in missing)
        raise InputError("sector", f"不符合{entry.sector}的资质要求：{told}")


def check_evaluation(entering: Entering) -> None:
    """Refuse an evaluation without a result, and a grade that is not the points'."""
    entry: EvaluationEntry = entering.entry
    if entry.score is None and entry.grade is None:
        raise InputError("score", "得分和等级至少填一项")
    if entry.score is None or entry.grade is None:
        return
    follows = grade_of(entry.score)
    if entry.grade is not follows:
        told = f"{whole_points(entry.score)}应为“{GRADE_NAMES[follows]}”"
        raise InputError("grade", f"{told}（90 分起为优，80 分起为良，60 分起为中）")


def held_by(session: Session, vendor_ids: Collection[UUID]) -> dict[UUID, list[Held]]:
    """The qualifications of vendors, by vendor; one statement."""
    found: dict[UUID, list[Held]] = {}
    wanted = select(Qualification).where(Qualification.vendor_id.in_(vendor_ids))
    for each in session.scalars(wanted.order_by(Qualification.id)):
        found.setdefault(each.vendor_id, []).append(as_held(each))
    return found


def as_held(row: Qualification) -> Held:
    """A qualification as the rules see it."""
    return Held(
        row.kind,
        row.rank,
        sectors_in(row.sectors),
        row.issued_on,
        row.expires_on,
        row.is_permanent,
        row.revoked_on,
    )


def required_by(session: Session, organisation_ids: Collection[UUID], day: date) -> list[Required]:
    """What these organisations and those above them ask for on a day; one statement."""
    asked = requirements_on(session, organisation_ids)
    return required_on([row for rows in asked.values() for row in rows], day)


def requirements_on(
    session: Session, organisation_ids: Collection[UUID]
) -> dict[UUID, list[QualificationRequirement]]:
    """What binds each organisation, by itself or from above, of all times; one statement."""
    wanted = (
        select(OrganisationAncestor.organisation_id, QualificationRequirement)
        .join(
            QualificationRequirement,
            QualificationRequirement.organisation_id == OrganisationAncestor.ancestor_id,
        )
        .where(OrganisationAncestor.organisation_id.in_(organisation_ids))
        .order_by(QualificationRequirement.id)
    )
    found: dict[UUID, list[QualificationRequirement]] = {}
    for key, row in session.execute(wanted):
        found.setdefault(key, []).append(row)
    return found


def required_on(asked: Iterable[QualificationRequirement], day: date) -> list[Required]:
    """What of it holds on a day, nothing twice."""
    found = (
        Required(row.sector, row.kind, row.rank)
        for row in asked
        if row.valid_from <= day and (row.valid_to is None or row.valid_to > day)
    )
    return list(dict.fromkeys(found))


def _own_decision(entering: Entering, organisation_id: UUID) -> None:
    scope = entering.actor.scope(Permission.VENDORS_WRITE)
    own = select(Organisation.id).where(
        Organisation.id == organisation_id, Organisation.id.in_(organisations_in(scope))
    )
    if not scope.everything and entering.session.scalar(own) is None:
        raise InputError("organisation_id", "只能登记本单位或下级机构作出的准入决定")


def _one_sector(text: str) -> None:
    if len(sectors_in(text)) > 1:
        raise InputError("sector", "一次填一个行业领域；几个领域请分别登记")


def _in_order(first: date | None, second: date | None, field: str, message: str) -> None:
    if first is not None and second is not None and second < first:
        raise InputError(field, message)


def _not_ahead(day: date | None, field: str, today: date) -> None:
    if day is not None and day > today:
        raise InputError(field, f"不能晚于业务日期 {today}")
