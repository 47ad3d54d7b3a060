"""Taking an import back as one step: what it added goes, what it changed gets its former values back.

What an import did is read from the trail, which noted each of its rows as it was written; a second
list could only differ from it (docs/decisions/0010-undo-of-imports.md).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Table, bindparam, delete, insert, select, text, tuple_, update
from sqlalchemy.orm import Session, aliased

from contracts.access import visible
from contracts.events import ContractsChanged
from contracts.imports.finding_undo import find_again, give_back_findings
from contracts.imports.models import ImportRun, RunState
from contracts.imports.trail_values import typed
from contracts.models import Contract
from contracts.plan_standings import write_plan_standings
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.clock import Clock
from kernel.database import Base
from kernel.errors import ConflictError, FieldProblem, ForbiddenError
from kernel.events import announce
from kernel.sql import among
from kernel.trail.models import AuditEntry

DERIVED: Final = ("settlement", "plan_standing")
"""Rows that the service may delete, because it writes them anew."""
SILENT: Final = frozenset({*DERIVED, "finding", "contract_reach", "organisation_ancestor"})
"""Tables whose rows follow from others: nothing rests on an import because of them."""
MOST_TOLD: Final = 20
MOST_BOUND: Final = 400
"""Keys of several columns in one statement."""
_Key = tuple[str, str]


@dataclass(slots=True)
class Done:
    """What an import did, by table: keys of added rows, former values of changed ones, rows gone.

    ``turned`` are former references of changed rows that now refer to added ones.
    """

    added: defaultdict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    before: dict[_Key, dict[str, Any]] = field(default_factory=dict)
    gone: dict[_Key, dict[str, Any]] = field(default_factory=dict)
    contracts: set[UUID] = field(default_factory=set)
    turned: defaultdict[_Key, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))

    def note(self, kind: str, key: str, action: str, before: dict[str, Any] | None) -> None:
        """Take over one more entry; what came and went within the import leaves no trace."""
        place = kind, key
        if action == "insert":
            if place in self.gone:
                self.before[place] = self.gone.pop(place)
            else:
                self.added[kind][key] = None
        elif key in self.added[kind]:
            if action == "delete":
                del self.added[kind][key]
        elif action == "update":
            self.before[place] = {**(before or {}), **self.before.get(place, {})}
        else:
            self.gone[place] = {**(before or {}), **self.before.pop(place, {})}

    def ids(self, table: str) -> list[UUID]:
        """The keys of a table's added rows, where a key is one column."""
        return [UUID(key) for key in self.added.get(table, {}) if "," not in key]


def undo_import(session: Session, actor: Actor, clock: Clock, run: ImportRun) -> None:
    """Take the import back in this transaction, ``run`` being locked.

    Raises ``ConflictError`` when it is not one that was done, and with a list when somebody changed
    its rows since or something rests on them; ``ForbiddenError`` when it wrote on a contract that is
    no longer the actor's.
    """
    if run.state is not RunState.DONE or run.trail_from is None or run.trail_to is None:
        raise ConflictError("只有已导入、未撤销的导入可以撤销")
    _see_the_trail(session)
    done = _done(session, run)
    _refuse_out_of_reach(session, actor, done)
    told = [*_changed_since(session, run), *_resting(session, done)]
    if told:
        raise _refused(told)
    _write_back(session, done.turned)
    _take_away(session, run, done)
    _give_back(session, done)
    _follow(session, actor, clock, run, done)
    run.state = RunState.UNDONE
    run.undone_at, run.undone_by = clock.now(), actor.name


def _refuse_out_of_reach(session: Session, actor: Actor, done: Done) -> None:
    """Who changed posts since the import may not take back what is another's now."""
    if actor.everything:
        return
    mine = select(Contract.id).where(
        among(session, Contract.id, done.contracts), visible(actor, Permission.IMPORTS_WRITE)
    )
    if done.contracts - set(session.scalars(mine)):
        raise ForbiddenError("这次导入写入的合同已不都在您的办理范围内，不能撤销；请由现任经办处理")


def _see_the_trail(session: Session) -> None:
    """A clerk may not read the trail; this one import's entries are read on the clerk's behalf."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT set_config('monitor.trail', 'all', true)"))


def _entries(run: ImportRun, entry: Any = AuditEntry) -> tuple[Any, ...]:
    return (
        entry.id > run.trail_from,
        entry.id <= run.trail_to,
        entry.request_id == run.request_id,
    )


def _done(session: Session, run: ImportRun) -> Done:
    statement = (
        select(
            AuditEntry.object_kind,
            AuditEntry.object_id,
            AuditEntry.action,
            AuditEntry.before,
            AuditEntry.contract_id,
        )
        .where(*_entries(run))
        .order_by(AuditEntry.id)
        .execution_options(yield_per=5_000)
    )
    found = Done()
    for kind, key, action, before, contract_id in session.execute(statement):
        if contract_id:
            found.contracts.add(contract_id)
        found.note(kind, key, action, before)
    return found


def _changed_since(session: Session, run: ImportRun) -> Iterator[str]:
    mine, later = aliased(AuditEntry), aliased(AuditEntry)
    statement = (
        select(later.object_kind, later.object_id, later.actor, later.recorded_at)
        .where(
            later.id > run.trail_to,
            later.action.in_(("update", "delete")),
            select(mine.id)
            .where(
                *_entries(run, mine),
                mine.object_kind == later.object_kind,
                mine.object_id == later.object_id,
            )
            .exists(),
        )
        .order_by(later.id)
        .limit(MOST_TOLD)
    )
    for kind, key, actor, at in session.execute(statement):
        yield f"{kind}:{key}:{actor} 于 {at:%Y-%m-%d %H:%M} 又修改了这一行"


def _resting(session: Session, done: Done) -> Iterator[str]:
    """Rows of others that refer to what the import added."""
    for table in Base.metadata.sorted_tables:
        if table.name in SILENT:
            continue
        for column in table.columns:
            for reference in column.foreign_keys:
                ids = done.ids(reference.column.table.name)
                if ids:
                    yield from _referring(session, table, column, ids, done)


def _referring(
    session: Session, table: Table, column: Any, ids: Collection[UUID], done: Done
) -> Iterator[str]:
    keys = list(table.primary_key.columns)
    own = done.added[table.name]
    statement = select(*keys).where(among(session, column, ids))
    told = 0
    for row in session.execute(statement):
        key = ",".join(str(getattr(part, "value", part)) for part in row)
        before = done.before.get((table.name, key), {})
        if column.name in before:
            done.turned[table.name, key][column.name] = before[column.name]
        elif key not in own:
            told += 1
            yield f"{table.name}:{key}:依据这次导入的行登记，须先处理"
        if told >= MOST_TOLD:
            return


def _take_away(session: Session, run: ImportRun, done: Done) -> None:
    contracts, milestones = done.ids("contract"), done.ids("milestone")
    settlement, standing = (Base.metadata.tables[name] for name in DERIVED)
    if milestones:
        session.execute(
            delete(settlement).where(among(session, settlement.c.milestone_id, milestones))
        )
    if contracts:
        session.execute(delete(standing).where(among(session, standing.c.contract_id, contracts)))
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    order = [table for table in reversed(Base.metadata.sorted_tables) if done.added.get(table.name)]
    for table in order:
        if not is_sqlite:
            session.execute(
                text("SELECT import_undo(:run, :kind)"), {"run": run.id, "kind": table.name}
            )
        else:
            _delete_on_sqlite(session, table, done)


def _delete_on_sqlite(session: Session, table: Table, done: Done) -> None:
    columns = list(table.primary_key.columns)
    if len(columns) > 1:
        keys = [
            tuple(typed(column, part) for column, part in zip(columns, key.split(","), strict=True))
            for key in done.added[table.name]
        ]
        for start in range(0, len(keys), MOST_BOUND):
            some = keys[start : start + MOST_BOUND]
            session.execute(delete(table).where(tuple_(*columns).in_(some)))
        return
    ids = done.ids(table.name)
    finding, ancestor = (Base.metadata.tables[n] for n in ("finding", "organisation_ancestor"))
    if table.name in {"contract", "programme"}:
        column = finding.c[f"{table.name}_id"]
        session.execute(delete(finding).where(among(session, column, ids)))
    if table.name == "organisation":
        session.execute(delete(ancestor).where(among(session, ancestor.c.organisation_id, ids)))
    session.execute(delete(table).where(among(session, columns[0], ids)))


def _give_back(session: Session, done: Done) -> None:
    """Former values; then the rows that went."""
    _write_back(session, done.before)
    for (kind, _key), before in done.gone.items():
        table = Base.metadata.tables[kind]
        session.execute(insert(table).values(_values(table, before)))


def _write_back(session: Session, former: Mapping[_Key, Mapping[str, Any]]) -> None:
    """Former values of rows, by one statement for each table and set of columns."""
    groups: defaultdict[tuple[str, tuple[str, ...]], list[dict[str, Any]]] = defaultdict(list)
    for (kind, key), before in former.items():
        table = Base.metadata.tables[kind]
        values = _values(table, before, without=("version",))
        keys = {
            f"key_{column.name}": typed(column, part)
            for column, part in zip(table.primary_key.columns, key.split(","), strict=True)
        }
        if values:
            groups[kind, tuple(sorted(values))].append({**values, **keys})
    for (kind, _names), rows in groups.items():
        table = Base.metadata.tables[kind]
        names = [name for name in rows[0] if not name.startswith("key_")]
        statement = update(table).values({name: bindparam(name) for name in names})
        if "version" in table.c:
            statement = statement.values(version=table.c.version + 1)
        for column in table.primary_key.columns:
            statement = statement.where(column == bindparam(f"key_{column.name}"))
        session.connection().execute(statement, rows)


def _values(
    table: Table, before: Mapping[str, Any], *, without: Collection[str] = ()
) -> dict[str, Any]:
    return {
        name: typed(table.c[name], value)
        for name, value in before.items()
        if name in table.c and name not in without and table.c[name].computed is None
    }


def _follow(session: Session, actor: Actor, clock: Clock, run: ImportRun, done: Done) -> None:
    """Findings as they were before, and what follows from the contracts that stay."""
    now = clock.now()
    give_back_findings(session, run, now)
    left = session.scalars(select(Contract.id).where(among(session, Contract.id, done.contracts)))
    if stay := set(left):
        write_plan_standings(session, stay)
        announce(session, ContractsChanged(stay))
        find_again(session, actor, now, stay)


def _refused(told: list[str]) -> ConflictError:
    problems = []
    for line in told[:MOST_TOLD]:
        kind, key, message = line.split(":", 2)
        problems.append(FieldProblem(f"{kind}:{key}", message))
    return ConflictError("这次导入不能撤销：有的行已被修改，或已有其他记录依据它们", problems)
