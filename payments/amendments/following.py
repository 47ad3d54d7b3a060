"""How milestones follow a change of their contract's total. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from uuid import UUID

from kernel.errors import InputError
from kernel.money import format_yuan, from_fen, to_fen
from payments.models import MilestoneKind

NOTHING = Decimal("0.00")


class MilestoneRule(StrEnum):
    """按比例调整未付节点 / 只调尾款 / 不调整."""

    PROPORTIONAL = "proportional"
    FINAL_ONLY = "final_only"
    UNCHANGED = "unchanged"


RULE_NAMES = {
    MilestoneRule.PROPORTIONAL: "按比例调整未付节点",
    MilestoneRule.FINAL_ONLY: "只调尾款",
    MilestoneRule.UNCHANGED: "不调整",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a milestone asks for before the change, and what was paid of it; yuan."""

    id: UUID
    kind: MilestoneKind
    amount: Decimal | None
    paid: Decimal

    @property
    def unpaid(self) -> Decimal:
        """What is left of it; nothing where its amount is not known."""
        return max((self.amount or NOTHING) - self.paid, NOTHING)


def amounts_after(
    asked: Sequence[Asked], change: Decimal, rule: MilestoneRule
) -> dict[UUID, Decimal]:
    """The new amounts of the milestones that change, by rule; a contract without any has none.

    What was paid stays paid: no milestone falls below it. The changes add up to ``change`` to the
    fen, save by 不调整. Raises ``InputError`` naming ``milestones`` where the rule cannot be kept.
    """
    if not asked or rule is MilestoneRule.UNCHANGED:
        return {}
    if rule is MilestoneRule.FINAL_ONLY:
        return _final(asked, change)
    return _proportional(asked, change)


def _final(asked: Sequence[Asked], change: Decimal) -> dict[UUID, Decimal]:
    final = next((each for each in reversed(asked) if each.kind is MilestoneKind.FINAL), None)
    if final is None:
        raise InputError("milestones", "合同没有尾款节点，请选择别的调整办法")
    if final.amount is None:
        raise InputError("milestones", "尾款金额未提供，请先补登或选择不调整")
    if final.unpaid + change < 0:
        raise InputError(
            "milestones",
            f"尾款未付 {format_yuan(final.unpaid)} 元，不够减少 {format_yuan(-change)} 元",
        )
    return {final.id: final.amount + change}


def _proportional(asked: Sequence[Asked], change: Decimal) -> dict[UUID, Decimal]:
    if any(each.amount is None for each in asked):
        raise InputError("milestones", "有付款节点的金额未提供，请先补登或选择不调整")
    left = [each for each in asked if each.unpaid > 0]
    whole = sum((each.unpaid for each in left), NOTHING)
    if not left:
        raise InputError("milestones", "没有未付的节点，请先登记新的付款节点或选择不调整")
    if whole + change < 0:
        raise InputError(
            "milestones",
            f"未付节点合计 {format_yuan(whole)} 元，不够减少 {format_yuan(-change)} 元",
        )
    after: dict[UUID, Decimal] = {}
    running, told = NOTHING, 0
    for each in left:
        running += each.unpaid
        upto = int((to_fen(change) * running / whole).to_integral_value(ROUND_HALF_UP))
        after[each.id] = (each.amount or NOTHING) + from_fen(upto - told)
        told = upto
    return after
