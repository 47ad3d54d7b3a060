"""A contract on a line of time: where each mark stands, worked out here so that a page only draws.

Lengths are units of the drawing (an SVG view box ``WIDTH`` wide); it scales to the page.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from contracts.plans.schemas import PlanOut
from contracts.rounds.schemas import RoundOut
from contracts.service_models import PlanState
from kernel.money import format_wan
from monitor.words import ROUND_KINDS
from payments.schemas import ContractOut, MilestoneOut, MilestoneState, PaymentOut

WIDTH: Final = 1180
LEFT: Final = 92
RIGHT: Final = 28
LANE: Final = 40
EXTRA_LANE: Final = 24
"""A further line of a lane whose bars lie over each other."""
TOP: Final = 34
LONGEST: Final = timedelta(days=12 * 366)
"""A longer contract (an end of 9999, say) is not drawn: its months would not be told apart."""

MARGIN: Final = timedelta(days=366)
EDGE: Final = timedelta(days=10)
_CHARACTER: Final = 13
_GAP: Final = 10


class Look(StrEnum):
    """How a mark is drawn; ``LATE`` is the only red one."""

    EVENT = "event"
    DUE = "due"
    PAID = "paid"
    LATE = "late"
    PERIOD = "period"
    ROUND = "round"


@dataclass(frozen=True, slots=True)
class Mark:
    """A point (``width`` 0) or a bar; ``label`` is empty where it would cover its neighbour's."""

    x: float
    width: float
    look: Look
    label: str
    label_x: float
    title: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of the drawing; ``y`` is its middle."""

    name: str
    y: int
    marks: Sequence[Mark]


@dataclass(frozen=True, slots=True)
class Tick:
    """The first day of a month; ``label`` is empty where months stand too close."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The drawing: lanes, months and the day that is looked at (None: far outside)."""

    height: int
    lanes: Sequence[Lane]
    ticks: Sequence[Tick]
    today_x: float | None


@dataclass(frozen=True, slots=True)
class _Wish:
    first: date
    last: date
    look: Look
    labels: tuple[str, ...]
    """What to write beside it, the fullest first; the first that fits is taken."""
    title: str


def timeline(
    contract: ContractOut,
    plans: Sequence[PlanOut],
    rounds: Sequence[RoundOut],
    milestones: Sequence[MilestoneOut],
    payments: Sequence[PaymentOut],
    as_of: date,
) -> Timeline | None:
    """Draw signing, service, plan, rounds, due dates and payments; None without any date or without an end in sight."""
    rows = [
        ("合同", _contract(contract)),
        ("方案", _plan(contract, plans, as_of)),
        *_layers([_round(item, item.started_on) for item in rounds if item.started_on]),
        ("应付", [_due(item, item.due_on) for item in milestones if item.due_on]),
        ("支付", _paid(payments, milestones)),
    ]
    rows = [(name, wishes) for name, wishes in rows if wishes]
    if not rows:
        return None
    days = [day for _, wishes in rows for wish in wishes for day in (wish.first, wish.last)]
    first, last = min(days), max(days)
    if last - first > LONGEST:
        return None
    near = first - as_of <= MARGIN and as_of - last <= MARGIN
    if near:
        first, last = min(first, as_of), max(last, as_of)
    # The calendar of dates ends: 0001-01-01 and 9999-12-31 have no ten days before or after.
    first, last = max(first, date.min + EDGE) - EDGE, min(last, date.max - 5 * EDGE) + EDGE
    scale = (WIDTH - LEFT - RIGHT) / (last - first).days

    def place(day: date) -> float:
        return round(LEFT + (day - first).days * scale, 1)

    lanes, bottom = [], TOP
    for name, wishes in rows:
        bottom += LANE if name else EXTRA_LANE
        lanes.append(Lane(name, bottom - LANE // 2, _placed(wishes, place(first), scale, first)))
    return Timeline(
        bottom + 8, lanes, list(_ticks(first, last, scale)), place(as_of) if near else None
    )


def _contract(contract: ContractOut) -> list[_Wish]:
    wishes = []
    signed, starts, ends = contract.signed_on, contract.service_start, contract.service_end
    if signed:
        wishes.append(_Wish(signed, signed, Look.EVENT, ("签订", ""), f"签订 {signed}"))
    if starts:
        last = max(ends or starts, starts)
        title = f"服务期限 {starts} 至 {ends or '未提供'}"
        labels = (f"服务期限 {starts} 至 {last}", f"服务期限 至 {last}", "服务期限", "")
        wishes.append(_Wish(starts, last, Look.PERIOD, labels, title))
    return wishes


def _plan(contract: ContractOut, plans: Sequence[PlanOut], as_of: date) -> list[_Wish]:
    wishes = []
    starts = contract.service_start
    is_open = "plan_state" not in contract.withheld
    if starts and is_open and contract.plan_state is not PlanState.APPROVED:
        late = starts <= as_of
        title = f"方案应在 {starts} 服务开始前审定" + ("，至今没有" if late else "")
        labels = ("服务开始前应审定，至今没有" if late else "服务开始前应审定", "应审定", "")
        wishes.append(_Wish(starts, starts, Look.LATE if late else Look.DUE, labels, title))
    for plan in plans:
        wishes.extend(
            _Wish(day, day, look, (word, ""), f"第 {plan.number} 版{word} {day}")
            for day, word, look in (
                (plan.submitted_on, "报送", Look.EVENT),
                (plan.returned_on, "退回", Look.EVENT),
                (plan.approved_on, "审定", Look.PAID),
            )
            if day
        )
    return wishes


def _round(item: RoundOut, first: date) -> _Wish:
    last = max(item.ended_on or first, first)
    kind = ROUND_KINDS[item.kind]
    title = f"第 {item.number} 轮 {kind} {first} 至 {last}"
    return _Wish(first, last, Look.ROUND, (f"{item.number} {kind}", str(item.number), ""), title)


def _due(item: MilestoneOut, due: date) -> _Wish:
    amount = format_wan(item.amount)
    unit = "" if item.amount is None else " 万元"
    late = item.state is MilestoneState.OVERDUE
    name = f"{item.number} {item.name}"
    title = f"{name} {amount}{unit} 应付日 {due}" + ("，逾期" if late else "")
    labels = (f"{name} {amount}", name, str(item.number), "")
    return _Wish(due, due, Look.LATE if late else Look.DUE, labels, title)


def _paid(payments: Sequence[PaymentOut], milestones: Sequence[MilestoneOut]) -> list[_Wish]:
    numbers = {item.id: str(item.number) for item in milestones}
    wishes = []
    for payment in payments:
        if payment.reversed or payment.reverses_id:
            continue
        number = numbers.get(payment.milestone_id, "") if payment.milestone_id else ""
        amount = format_wan(payment.amount)
        title = f"{payment.paid_on} 支付 {amount} 万元" + (f"（节点 {number}）" if number else "")
        labels = (f"{number} 付 {amount}".strip(), number, "")
        wishes.append(_Wish(payment.paid_on, payment.paid_on, Look.PAID, labels, title))
    return wishes


def _layers(wishes: Sequence[_Wish]) -> list[tuple[str, list[_Wish]]]:
    """Put bars that lie over each other on lines of their own; the first line has the name."""
    layers: list[list[_Wish]] = []
    for wish in sorted(wishes, key=lambda wish: (wish.first, wish.last)):
        free = next((layer for layer in layers if layer[-1].last < wish.first), None)
        if free is None:
            layers.append([wish])
        else:
            free.append(wish)
    return [("" if index else "服务轮次", layer) for index, layer in enumerate(layers)]


def _placed(wishes: Iterable[_Wish], origin: float, scale: float, first: date) -> list[Mark]:
    """Put marks in order of their days and give each the fullest label that stays clear."""
    ordered = sorted(wishes, key=lambda wish: (wish.first, wish.last))
    marks = []
    clear_from = float(LEFT)
    for index, wish in enumerate(ordered):
        x = origin + (wish.first - first).days * scale
        width = (wish.last - wish.first).days * scale
        following = ordered[index + 1] if index + 1 < len(ordered) else None
        end = (
            origin + (following.first - first).days * scale if following else float(WIDTH)
        ) - _GAP
        inside = wish.look is Look.PERIOD or (
            wish.look is Look.ROUND and width > _breadth(wish.labels[0]) + 2 * _GAP
        )
        starts = x + 8 if inside else x + max(width, 6) + 5
        room = (x + width if inside else end) - starts
        label = next((text for text in wish.labels if _breadth(text) <= room), "")
        if starts < clear_from:
            label = ""
        clear_from = starts + _breadth(label) + _GAP if label else clear_from
        marks.append(
            Mark(round(x, 1), round(width, 1), wish.look, label, round(starts, 1), wish.title)
        )
    return marks


def _breadth(text: str) -> float:
    return sum(_CHARACTER if ord(sign) > 0x2000 else _CHARACTER * 0.58 for sign in text)


def _ticks(first: date, last: date, scale: float) -> Iterable[Tick]:
    every = next((step for step in (1, 2, 3, 6) if 30 * scale * step >= 66), 12)
    day = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    named = False
    while day <= last:
        x = round(LEFT + (day - first).days * scale, 1)
        shown = (day.month - 1) % every == 0
        name = f"{day.month}月" if named and day.month > 1 else f"{day.year}年{day.month}月"
        named = named or shown
        yield Tick(x, name if shown else "")
        day = (day + timedelta(days=32)).replace(day=1)
