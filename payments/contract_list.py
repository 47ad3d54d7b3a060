"""Which contracts a list shows and in which order: filters, words, and pages by key."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    func,
    literal,
    literal_column,
    select,
    true,
)
from sqlalchemy.orm import Session

from contracts.access import also, of_visible, sees_more_than, visible
from contracts.life.state_filter import could_be_in, in_state
from contracts.models import Contract, ContractTotal, Programme
from contracts.plan_standings import plans_in
from contracts.queries import on_ledger
from contracts.search.index import Sought, found, holds
from contracts.search.models import SearchKind
from contracts.search.text import words_of
from contracts.vendors.together import contracts_with
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.columns import LATEST_DAY
from kernel.dated import holds_on
from kernel.paging import (
    AnySelect,
    Key,
    Page,
    fetch_page,
    number_cursor,
    read_number_cursor,
)
from kernel.sql import among, contains
from payments.queries import late_contracts
from payments.schemas import ContractSort, ContractsWanted

FEW = 1_000
"""So many hits are listed by their keys; of more, each contract is asked in the list's order."""
MANY = 10_000
"""Who sees more contracts than these has a rare state looked for, not every contract asked."""
_COULD_BE = {"state"}
"""Filters whose few contracts are to be asked all the same."""
_LIST = "contracts"
_BY_ENTRY = {ContractSort.ENTERED: False, ContractSort.NEWEST: True}
_SIGNED = ("signed_from", "signed_to")
_ONLY_WORDS = {"q", "sort", "limit", "cursor", "as_of"}
_KEEPS_MANY = {"state", "plan_state", "overdue", "programme", "sector", *_SIGNED}
"""Filters that leave so many contracts that a page is soon full."""


def chosen(session: Session, actor: Actor, as_of: date, wanted: ContractsWanted) -> Page[UUID]:
    """The keys of one page of the contracts that were there on ``as_of``; at most seven statements.

    A filter or an order by what the actor may not see of a contract leaves it out.
    """
    words = words_of(wanted.q or "")
    others = wanted.model_dump(exclude=_ONLY_WORDS, exclude_none=True).keys()
    if words and wanted.sort in _BY_ENTRY and not others:
        return _by_words_alone(session, actor, as_of, wanted, words)
    said, few_said = _words(session, actor, as_of, words)
    few = _by_few(session, actor, as_of, wanted)
    others_asked = wanted.model_copy(update=dict.fromkeys(few.keys() - _COULD_BE))
    keys, newest_first = _order(wanted.sort)
    statement = _narrowed(actor, as_of, others_asked)
    statement = statement.where(said, *few.values(), *_may_ask(actor, wanted))
    if _is_by_total(wanted.sort):
        in_turn = not few_said and not few and others <= _KEEPS_MANY
        statement = _by_total(statement, actor, as_of, in_turn=in_turn)
    return fetch_page(
        session, statement, keys, wanted, lambda row: row[0], newest_first=newest_first
    )


def _by_words_alone(
    session: Session, actor: Actor, as_of: date, wanted: ContractsWanted, words: Sequence[str]
) -> Page[UUID]:
    newest = _BY_ENTRY[wanted.sort]
    name = f"{_LIST}/{wanted.sort}"
    beyond = read_number_cursor(name, wanted.cursor) if wanted.cursor else None
    sought = Sought(SearchKind.CONTRACT, words, as_of, wanted.limit + 1, beyond, newest)
    hits = found(session, actor, sought)
    shown = hits[: wanted.limit]
    following = number_cursor(name, shown[-1][0]) if len(hits) > wanted.limit else None
    return Page(items=[key for _, key in shown], next=following)


def _words(
    session: Session, actor: Actor, as_of: date, words: Sequence[str]
) -> tuple[ColumnElement[bool], bool]:
    """A predicate on ``Contract``, and whether it leaves a few of them."""
    if not words:
        return true(), False
    any_of_them = Sought(SearchKind.CONTRACT, words, as_of, FEW + 1, newest_first=None)
    hits = found(session, actor, any_of_them)
    if len(hits) > FEW:
        return holds(session, Contract.id, words), False
    return among(session, Contract.id, [key for _, key in hits]), True


def _by_few(
    session: Session, actor: Actor, as_of: date, wanted: ContractsWanted
) -> dict[str, ColumnElement[bool]]:
    """By filters that leave a few contracts, predicates on ``Contract``: no other needs to be asked.

    That is for one who sees many contracts. Who sees few has them asked one by one: of all that a
    filter leaves PostgreSQL would ask the row policy.
    """
    narrowed: dict[str, Select[UUID] | CompoundSelect[UUID]] = {}
    if wanted.programme:
        of_it = select(Contract.id).join(Contract.programme)
        narrowed["programme"] = of_it.where(Programme.code == wanted.programme)
    if wanted.overdue:
        narrowed["overdue"] = late_contracts(as_of)
    if wanted.state:
        narrowed["state"] = could_be_in(wanted.state, as_of)
    if wanted.plan_state:
        narrowed["plan_state"] = plans_in(wanted.plan_state, as_of)
    if not narrowed or not sees_more_than(session, actor, Permission.CONTRACTS_READ, MANY):
        return {}
    found = {name: session.scalars(each.limit(FEW + 1)).all() for name, each in narrowed.items()}
    return {
        name: among(session, Contract.id, keys) for name, keys in found.items() if len(keys) <= FEW
    }


def _may_ask(actor: Actor, wanted: ContractsWanted) -> list[ColumnElement[bool]]:
    """Over ``Contract``: the actor may know of it what the filters ask for."""
    needed = []
    if wanted.plan_state:
        needed.append(also(actor, Permission.SERVICE_READ))
    if wanted.overdue is not None:
        needed.append(also(actor, Permission.MONEY_READ))
    return needed


def _order(sort: ContractSort) -> tuple[list[Key], bool]:
    """The keys of an order, none of them NULL, and whether it is read backwards."""
    latest = literal_column(f"'{LATEST_DAY}'", Contract.service_end.type)
    firsts: dict[str, list[Key]] = {
        "entered": [],
        "number": [Contract.number],
        "name": [Contract.name_pinyin],
        "service_end": [func.coalesce(Contract.service_end, latest)],
    }
    by, backwards = sort.value.removeprefix("-"), sort.value.startswith("-")
    return (_BY_TOTAL if _is_by_total(sort) else [*firsts[by], Contract.id]), backwards


_BY_TOTAL: list[Key] = [
    literal_column("coalesce(contract_total.amount, -1)", BigInteger()),
    ContractTotal.contract_id,
]
"""In fen; a total that nobody knows comes before all others. An index has this very order."""


def _narrowed(actor: Actor, as_of: date, wanted: ContractsWanted) -> AnySelect:
    """The ids alone, by no more tables than are asked for.

    Beyond eight tables PostgreSQL joins in the order written, and would read all contracts to find
    the few of one department.
    """
    statement: AnySelect = select(Contract.id).where(
        visible(actor), on_ledger(as_of), *_asked_for(actor, as_of, wanted)
    )
    if wanted.programme:
        statement = statement.join(Contract.programme).where(Programme.code == wanted.programme)
    if wanted.plan_state:
        statement = statement.where(Contract.id.in_(plans_in(wanted.plan_state, as_of)))
    return statement


def _by_total(contracts: AnySelect, actor: Actor, as_of: date, *, in_turn: bool) -> AnySelect:
    """The ids of ``contracts``, beside their totals: joined, or of each total in turn.

    In turn nothing is sorted, for the totals' index has the order. PostgreSQL would rather join all
    contracts than ask each for its row policy, so that each is asked for by itself.
    """
    contracts = contracts.where(also(actor, Permission.MONEY_READ))
    is_its = ContractTotal.contract_id == Contract.id
    if not in_turn:
        return contracts.join(ContractTotal, and_(is_its, _total_on(as_of)))
    listed = contracts.with_only_columns(true(), maintain_column_froms=True).where(is_its)
    statement: AnySelect = select(ContractTotal.contract_id).where(
        _total_on(as_of),
        of_visible(ContractTotal.contract_id, actor, Permission.CONTRACTS_READ),
        listed.correlate(ContractTotal).scalar_subquery(),
    )
    return statement


def _is_by_total(sort: ContractSort) -> bool:
    return sort in (ContractSort.TOTAL, ContractSort.TOTAL_LARGEST)


def _total_on(as_of: date) -> ColumnElement[bool]:
    """Over ``ContractTotal``: of each contract listed on ``as_of`` the one version that holds."""
    return and_(ContractTotal.superseded_at.is_(None), holds_on(ContractTotal, as_of))


def _asked_for(actor: Actor, as_of: date, wanted: ContractsWanted) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if wanted.purchaser:
        asked.append(Contract.purchaser_id == wanted.purchaser)
    if wanted.vendor:
        asked.append(contracts_with(wanted.vendor))
    if wanted.sector:
        asked.append(contains(Contract.sectors, wanted.sector))
    if wanted.state:
        asked.append(in_state(wanted.state, as_of))
    if wanted.signed_from:
        asked.append(Contract.signed_on >= wanted.signed_from)
    if wanted.signed_to:
        asked.append(Contract.signed_on <= wanted.signed_to)
    if wanted.overdue is not None:
        late = Contract.id.in_(late_contracts(as_of))
        asked.append(late if wanted.overdue else ~late)
    if wanted.signed_from or wanted.signed_to:
        # A signing that lies ahead of the day asked about is not yet told.
        asked.append(Contract.signed_on <= literal(as_of))
    return asked
