"""Set-based reads of acts: what waits for me, what I entered, all that I see."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from contracts.models import Contract
from contracts.queries import only_row
from contracts.steps.facts import stated, why
from contracts.steps.models import OPEN_STATES, Act, ActState
from contracts.steps.reach import acts_in_sight, acts_to_do
from contracts.steps.schemas import ActOut, ActSheet, ActsWanted, Turn, Whose
from kernel.access.actor import Actor
from kernel.paging import AnyRow, AnySelect, Page, fetch_page


def acts(session: Session, actor: Actor, wanted: ActsWanted) -> Page[ActOut]:
    """The acts in sight, latest first."""
    statement = _acts(actor)
    if wanted.whose is Whose.TO_DO:
        statement = statement.where(acts_to_do(actor))
    if wanted.whose is Whose.MINE:
        # NULL for who is no person: nothing was entered by nobody.
        statement = statement.where(Act.entered_by_id == actor.user_id)
    if wanted.kind:
        statement = statement.where(Act.kind == wanted.kind)
    if wanted.state:
        statement = statement.where(Act.state == wanted.state)
    if wanted.contract:
        statement = statement.where(Act.contract_id == wanted.contract)
    return fetch_page(session, statement, [Act.id], wanted, _act, newest_first=True)


def act(session: Session, actor: Actor, key: UUID) -> ActSheet:
    """One act and what the actor may do with it now; raises ``NotFoundError``."""
    statement = _acts(actor).add_columns(acts_to_do(actor).label("mine")).where(Act.id == key)
    row = only_row(session, statement, "件事项")
    record: Act = row[0]
    return ActSheet.of(record, turns=_turns(record, actor, is_mine=bool(row.mine)))


def why_asked(session: Session, actor: Actor, key: UUID) -> str:
    """Why an act was entered: the trail says it of what the last step writes, too."""
    return why(stated(only_row(session, _acts(actor).where(Act.id == key), "件事项")[0]))


def open_of_contract(session: Session, actor: Actor, contract_id: UUID) -> list[ActOut]:
    """What is on its way for a contract, earliest first."""
    rows = session.execute(
        _acts(actor)
        .where(Act.contract_id == contract_id, Act.state.in_(OPEN_STATES))
        .order_by(Act.id)
        .limit(50)
    )
    return [_act(row) for row in rows]


def _acts(actor: Actor) -> AnySelect:
    statement: Any = (
        select(Act)
        .join(Contract, Contract.id == Act.contract_id)
        .options(joinedload(Act.contract), joinedload(Act.organisation))
        .where(acts_in_sight(actor))
    )
    chosen: AnySelect = statement
    return chosen


def _act(row: AnyRow) -> ActOut:
    return ActOut.of(row[0])


def _turns(record: Act, actor: Actor, *, is_mine: bool) -> list[Turn]:
    turns: list[Turn] = []
    if is_mine:
        turns = [Turn.CHECK if record.state is ActState.TO_CHECK else Turn.APPROVE, Turn.RETURN]
    if record.is_open and record.entered_by_id == actor.user_id:
        turns.append(Turn.WITHDRAW)
    return turns
