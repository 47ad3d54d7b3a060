"""What refuses a publication: nothing is published before it is there."""

from sqlalchemy import func, select

from contracts.acceptance.models import Acceptance
from contracts.disclosure.models import DisclosedContent
from contracts.records.day_rules import refuse_before
from contracts.records.kinds import Entering
from contracts.supervision.capacity import contract_of
from kernel.errors import InputError

_EARLIER = {DisclosedContent.INTENTION: "采购意向", DisclosedContent.TENDER: "招标公告"}


def check_disclosure(entering: Entering) -> None:
    """A contract is published once it is signed, an acceptance once it was held.

    Late is no reason to refuse: it is recorded, and told as late (实施条例 50: 2 working days).
    """
    entry, contract = entering.entry, contract_of(entering)
    signed_on = contract.signed_on
    match entry.content_kind:
        case DisclosedContent.CONTRACT:
            refuse_before(entry, "published_on", signed_on, "签订合同")
        case DisclosedContent.AWARD:
            refuse_before(entry, "published_on", contract.awarded_on, "发出中标通知书")
        case DisclosedContent.ACCEPTANCE:
            _check_accepted(entering)
        case DisclosedContent.INTENTION | DisclosedContent.TENDER:
            if signed_on is not None and entry.published_on > signed_on:
                told = _EARLIER[entry.content_kind]
                message = f"合同 {signed_on} 已经签订，{told}应在它之前"
                raise InputError("published_on", message)


def _check_accepted(entering: Entering) -> None:
    held = select(func.min(Acceptance.held_on)).where(
        Acceptance.contract_id == entering.entry.contract_id, Acceptance.conclusion.is_not(None)
    )
    first = entering.session.scalar(held)
    if first is None:
        raise InputError("content_kind", "这份合同还没有有结论的验收；请先登记验收，再登记结果公开")
    refuse_before(entering.entry, "published_on", first, "验收")
