"""Which state of a contract may follow which, and when a reason must be given. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from contracts.life.models import ContractState
from contracts.life.words import STATE_NAMES
from kernel.errors import ConflictError, InputError

S = ContractState
FORWARD: Final = {
    S.DRAFT: (S.AWARDED, S.SIGNED, S.TERMINATED),
    S.AWARDED: (S.SIGNED, S.TERMINATED),
    S.SIGNED: (S.IN_SERVICE, S.TERMINATED),
    S.IN_SERVICE: (S.SUSPENDED, S.COMPLETED, S.TERMINATED),
    S.SUSPENDED: (S.IN_SERVICE, S.TERMINATED),
    S.COMPLETED: (),
    S.TERMINATED: (),
}
"""The states that follow in the course of things."""
BACK: Final = {
    S.DRAFT: (),
    S.AWARDED: (S.DRAFT,),
    S.SIGNED: (S.DRAFT, S.AWARDED),
    S.IN_SERVICE: (S.AWARDED, S.SIGNED),
    S.SUSPENDED: (S.SIGNED,),
    S.COMPLETED: (S.IN_SERVICE, S.SUSPENDED),
    S.TERMINATED: (S.DRAFT, S.AWARDED, S.SIGNED, S.IN_SERVICE, S.SUSPENDED),
}
"""The states that undo a mistake: never without a reason."""
_REASON_ASKED: Final = frozenset({S.SUSPENDED, S.TERMINATED})
"""States that ask why on the way forward too: the contract is not kept as agreed."""
SIGNED_STATES: Final = frozenset({S.SIGNED, S.IN_SERVICE, S.SUSPENDED, S.COMPLETED})
"""States that a contract reaches only once it is signed."""


@dataclass(frozen=True, slots=True)
class Move:
    """From which state to which, from which day, for what reason."""

    before: ContractState | None
    after: ContractState
    since: date
    why: str = ""


def followers(state: ContractState | None) -> tuple[ContractState, ...]:
    """The states that may follow, backwards ones last; all when nothing is known of it yet."""
    return tuple(S) if state is None else (*FORWARD[state], *BACK[state])


def is_back(before: ContractState | None, after: ContractState) -> bool:
    """Whether the move undoes one."""
    return before is not None and after in BACK[before]


def needs_reason(before: ContractState | None, after: ContractState) -> bool:
    """Whether the move must say why."""
    return is_back(before, after) or after in _REASON_ASKED


def refuse_move(move: Move, *, signed_on: date | None, last_since: date | None) -> None:
    """Refuse a move that the table does not have, or that comes too early.

    ``last_since`` is the day of the state before. Raises ``ConflictError`` for a move that there is
    not, ``InputError`` for a missing reason and for a day before the last change or the signing.
    """
    if move.before is not None and move.after not in followers(move.before):
        raise ConflictError(_no_way(move.before, move.after))
    if needs_reason(move.before, move.after) and not move.why.strip():
        word = "退回" if is_back(move.before, move.after) else "变"
        raise InputError("why", f"{word}为“{STATE_NAMES[move.after]}”须写明原因")
    if last_since is not None and move.since < last_since:
        raise InputError("since", f"上一次变更自 {last_since} 起，不能早于这一天")
    if move.after in SIGNED_STATES and signed_on is None:
        raise ConflictError("合同还没有签订，须先登记签订日期，才能开始服务")
    if move.after in SIGNED_STATES and signed_on is not None and move.since < signed_on:
        raise InputError("since", f"不能早于签订日期 {signed_on}：合同签订后才能开始服务")


def _no_way(before: ContractState, after: ContractState) -> str:
    if before is after:
        return f"合同已经是“{STATE_NAMES[after]}”"
    names = "、".join(STATE_NAMES[each] for each in followers(before)) or "没有"
    return f"合同现为“{STATE_NAMES[before]}”，不能变为“{STATE_NAMES[after]}”；可以变为：{names}"
