"""What refuses a check: nothing looked at, a yes without its clause, a conclusion that contradicts."""

from collections.abc import Sequence
from typing import Any

from contracts.checks.models import (
    CLAUSES,
    HANDED_ON,
    MANAGEMENT,
    NEGATIVES,
    HandingOn,
    Outlook,
)
from contracts.records.day_rules import refuse_ahead, refuse_alone, refuse_before
from contracts.records.kinds import Entering
from contracts.supervision.capacity import contract_of
from kernel.errors import InputError

_DOES_IT_ITSELF = tuple(item for item in HANDED_ON if item != "quality_measures")
_SERVICES = "政府购买服务管理办法"
_MONITORING = "财预〔2019〕136号"


def check_clauses(entering: Entering) -> None:
    """A clause that is there stands somewhere in the contract."""
    _refuse_nothing(entering.entry, CLAUSES)
    _refuse_bare(entering.entry, CLAUSES, answer=True, said="写明有的，须写明在合同第几条")


def check_handing_on(entering: Entering) -> None:
    """What speaks for 转包 needs its evidence, and a conclusion that does not deny it."""
    entry = entering.entry
    _refuse_nothing(entry, HANDED_ON)
    _refuse_bare(entry, HANDED_ON, answer=False, said="写明否的，须写明依据")
    against = [item for item in _DOES_IT_ITSELF if getattr(entry, item) is False]
    if against and entry.conclusion is HandingOn.NONE:
        message = f"有 {len(against)} 项不是由承接主体自己完成，结论不能为“未发现转包”"
        raise InputError("conclusion", message)
    if entry.conclusion in (HandingOn.SUSPECTED, HandingOn.FOUND):
        message = f"{_SERVICES}规定承接主体不得转包；须写明如何处理"
        refuse_alone(entry, "conclusion", "asked_for", message)
    refuse_before(entry, "settled_on", entry.checked_on, "核查")
    refuse_ahead(entry, entering.today, "settled_on")


def check_management(entering: Entering) -> None:
    """What is missing in the management of the service needs its evidence."""
    _refuse_nothing(entering.entry, MANAGEMENT)
    _refuse_bare(entering.entry, MANAGEMENT, answer=False, said="写明否的，须写明依据")


def check_negatives(entering: Entering) -> None:
    """What was found of the negative list needs its evidence."""
    _refuse_nothing(entering.entry, NEGATIVES)
    _refuse_bare(entering.entry, NEGATIVES, answer=True, said="写明存在的，须写明依据")


def check_monitoring(entering: Entering) -> None:
    """Looked at once the period is over; a goal in doubt has its reason and a measure."""
    entry = entering.entry
    refuse_before(entry, "period_to", contract_of(entering).service_start, "开始服务")
    refuse_before(entry, "monitored_on", entry.period_to, "到数据截止日")
    if entry.outlook is not Outlook.CERTAIN:
        for field, word in (("deviation", "偏差原因"), ("measures", "纠偏措施")):
            message = f"全年目标不是确定能完成的，须写明{word}（{_MONITORING}）"
            refuse_alone(entry, "outlook", field, message)


def _refuse_nothing(entry: Any, items: Sequence[str]) -> None:
    if all(getattr(entry, item) is None for item in items):
        raise InputError(items[0], "至少核查一项")


def _refuse_bare(entry: Any, items: Sequence[str], *, answer: bool, said: str) -> None:
    for item in items:
        if getattr(entry, item) is answer and not getattr(entry, f"{item}_evidence"):
            raise InputError(f"{item}_evidence", said)
