"""The named list of enterprises of a round: written whole, and read from lines as people type them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contracts.enterprises.models import Enterprise, RoundEnterprise
from contracts.enterprises.names import name_key
from contracts.rounds.changes import writable_round
from contracts.rounds.schemas import MOST_VISITS, VisitList, VisitOut
from contracts.service_writing import refuse, replace_rows, rewrite
from kernel.access.actor import Actor
from kernel.clock import Clock
from kernel.edits import refuse_stale
from kernel.errors import FieldProblem, InputError
from kernel.sql import among

_TOLD = 5
"""How many unknown names a refusal lists."""


def put_visits(
    session: Session, actor: Actor, clock: Clock, key: UUID, wanted: VisitList, seen: int
) -> None:
    """State which enterprises a round reached, in place of what was stated.

    Raises ``ChangedMeanwhile``, and ``InputError`` for an enterprise that is not in the register,
    one that is named twice for a day, or a day that lies ahead.
    """
    found = writable_round(session, actor, key)
    refuse_stale(seen, found.version, found.recorded_by, {})
    listed = [each.model_dump() for each in wanted.items]
    known = set(
        session.scalars(
            select(Enterprise.id).where(
                among(session, Enterprise.id, {each["enterprise_id"] for each in listed})
            )
        )
    )
    problems: list[FieldProblem] = []
    taken: set[tuple[Any, ...]] = set()
    for index, each in enumerate(listed):
        if each["enterprise_id"] not in known:
            problems.append(FieldProblem(f"items.{index}.enterprise_id", "企业名录中没有这家企业"))
        if each["visited_on"] is not None and each["visited_on"] > clock.business_date():
            message = f"不能晚于业务日期 {clock.business_date()}"
            problems.append(FieldProblem(f"items.{index}.visited_on", message))
        visit = (each["enterprise_id"], each["visited_on"])
        if visit in taken:
            message = "同一家企业、同一天写了两次；多次检查请填家次"
            problems.append(FieldProblem(f"items.{index}.enterprise_id", message))
        taken.add(visit)
    refuse(problems)

    def add(values: Mapping[str, Any]) -> None:
        who = {"recorded_at": clock.now(), "recorded_by": actor.name}
        ids = {"contract_id": found.contract_id, "round_id": found.id}
        session.add(RoundEnterprise(**ids, **who, **values))

    current = session.scalars(
        select(RoundEnterprise).where(
            RoundEnterprise.round_id == key, RoundEnterprise.superseded_at.is_(None)
        )
    ).all()
    if replace_rows(current, listed, ("enterprise_id", "visited_on"), clock.now(), add):
        rewrite(found, {}, actor, clock.now())
        session.flush()


def visits_typed(session: Session, text: str) -> list[dict[str, Any]]:
    """The visits that lines name: 企业名称，检查日期，家次 (the latter two may be left out).

    By one statement. Raises ``InputError`` naming ``enterprises`` for names that are not in the
    register, or that several enterprises there bear.
    """
    lines = [_parts(line) for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_VISITS:
        raise InputError("enterprises", f"最多 {MOST_VISITS} 家")
    keys = _registered(session, [name for name, _, _ in lines])
    missing = [name for name, _, _ in lines if len(keys[name]) != 1]
    if missing:
        told = "、".join(missing[:_TOLD]) + ("等" if len(missing) > _TOLD else "")
        message = (
            f"企业名录中没有，或有几家同名：{told}（共 {len(missing)} 家）；请先在企业名录中登记"
        )
        raise InputError("enterprises", message)
    return [
        {"enterprise_id": keys[name][0], "visited_on": day, "visits": visits or "1"}
        for name, day, visits in lines
    ]


def visits_text(visited: Sequence[VisitOut]) -> str:
    """A list as the form shows it, line by line."""
    return "\n".join(f"{each.name}，{each.visited_on or ''}，{each.visits}" for each in visited)


def _parts(line: str) -> tuple[str, str, str]:
    parts = [part.strip() for part in line.replace("，", ",").replace("\t", ",").split(",")]
    name, day, visits, *_ = [*parts, "", ""]
    return name, day, visits


def _registered(session: Session, names: Sequence[str]) -> Mapping[str, Sequence[UUID]]:
    """The keys of the enterprises that bear each name, as written or but for signs and width."""
    asked = {name: name_key(name) for name in names}
    rows = session.execute(
        select(Enterprise.id, Enterprise.name, Enterprise.name_key, Enterprise.root_id).where(
            or_(
                among(session, Enterprise.name, set(asked)),
                among(session, Enterprise.name_key, set(asked.values())),
            )
        )
    ).all()
    exact: defaultdict[str, list[UUID]] = defaultdict(list)
    alike: defaultdict[str, dict[UUID, UUID]] = defaultdict(dict)
    for key, name, folded, root in rows:
        exact[name].append(key)
        alike[folded].setdefault(root, key)
    return {name: exact[name] or list(alike[asked[name]].values()) for name in names}
