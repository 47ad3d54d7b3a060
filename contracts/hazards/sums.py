"""The rows that rates add up: of each round one source, as ``contracts.hazards.rates`` says."""

from datetime import date
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    String,
    Subquery,
    Uuid,
    and_,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy import cast as sql_cast

from contracts.hazards.models import Hazard, HazardCount, HazardLevel
from contracts.hazards.standing import held_on
from contracts.service_models import ServiceRound

_NUMBERS: Final = ("found", "rectified", "on_the_spot")
_LEVELS: Final = {"general": HazardLevel.GENERAL, "major": HazardLevel.MAJOR, "whole": None}


def parts(seen: Select[Any], as_of: date, *, with_enterprise: bool = False) -> Subquery:
    """The parts of all sums over the contracts ``seen``: one row a unit and level.

    Columns: contract_id, round_id, enterprise_id (NULL unless asked for), level (NULL: not told),
    found, itemised, rectified, rectified_of, on_the_spot, on_the_spot_of, overdue, verified.
    """
    items = _items(seen, as_of, with_enterprise=with_enterprise)
    itemised = select(items.c.contract_id, items.c.round_id).distinct().cte("itemised_round")
    reported = reports(seen, as_of)
    typed = typed_counts(seen, as_of)
    counted = union_all(
        select(reported).where(
            ~_has(itemised, reported.c.contract_id, reported.c.round_id),
            or_(
                reported.c.round_id.is_not(None),
                and_(
                    ~exists().where(itemised.c.contract_id == reported.c.contract_id),
                    ~_elsewhere(reported, reported.c.contract_id),
                    ~exists().where(typed.c.contract_id == reported.c.contract_id),
                ),
            ),
        ),
        select(typed).where(
            ~_has(itemised, typed.c.contract_id, typed.c.round_id),
            ~_reported(reported, typed.c.contract_id, typed.c.round_id),
        ),
    ).cte("counted")
    return union_all(select(items), *(_level(counted, name) for name in _LEVELS)).subquery("part")


def round_of() -> ColumnElement[Any]:
    """The round of a hazard: as entered, else the contract's first round that took place that day.

    A ledger without a column for rounds must not count beside what its rounds report.
    """
    taking_place = (
        select(ServiceRound.id)
        .where(
            ServiceRound.contract_id == Hazard.contract_id,
            ServiceRound.started_on <= Hazard.found_on,
            ServiceRound.ended_on >= Hazard.found_on,
        )
        .order_by(ServiceRound.number)
        .limit(1)
        .correlate(Hazard)
        .scalar_subquery()
    )
    return case((Hazard.round_id.is_not(None), Hazard.round_id), else_=taking_place)


def reports(seen: Select[Any], as_of: date) -> CTE:
    """What the latest reports up to ``as_of`` count: one row a contract and round."""
    nth = func.row_number().over(
        partition_by=(HazardCount.contract_id, HazardCount.round_id, HazardCount.level),
        order_by=(HazardCount.counted_on.desc(), HazardCount.id.desc()),
    )
    latest = (
        select(
            HazardCount.contract_id,
            HazardCount.round_id,
            func.coalesce(sql_cast(HazardCount.level, String), "whole").label("level"),
            HazardCount.hazards_found.label("found"),
            HazardCount.rectified,
            HazardCount.on_the_spot,
            nth.label("nth"),
        )
        .where(HazardCount.contract_id.in_(seen), HazardCount.counted_on <= as_of)
        .subquery()
    )
    numbers = [
        func.max(case((latest.c.level == level, latest.c[number]))).label(f"{level}_{number}")
        for level in _LEVELS
        for number in _NUMBERS
    ]
    return (
        select(latest.c.contract_id, latest.c.round_id, *numbers)
        .where(latest.c.nth == 1)
        .group_by(latest.c.contract_id, latest.c.round_id)
        .cte("reported")
    )


def typed_counts(seen: Select[Any], as_of: date) -> CTE:
    """What was typed with the rounds that had ended by ``as_of``: one row a round with a number."""
    given = {
        "general_found": ServiceRound.hazards_general,
        "general_rectified": ServiceRound.rectified_general,
        "major_found": ServiceRound.hazards_major,
        "major_rectified": ServiceRound.rectified_major,
        "whole_found": ServiceRound.hazards_found,
        "whole_rectified": ServiceRound.rectified,
    }
    numbers = [
        given.get(f"{level}_{number}", sql_cast(null(), Integer)).label(f"{level}_{number}")
        for level in _LEVELS
        for number in _NUMBERS
    ]
    known_since = func.coalesce(ServiceRound.ended_on, ServiceRound.started_on)
    return (
        select(ServiceRound.contract_id, ServiceRound.id.label("round_id"), *numbers)
        .where(
            ServiceRound.contract_id.in_(seen),
            or_(known_since.is_(None), known_since <= as_of),
            or_(*(column.is_not(None) for column in given.values())),
        )
        .cte("typed")
    )


def _items(seen: Select[Any], as_of: date, *, with_enterprise: bool) -> CTE:
    held = held_on(as_of)
    none = sql_cast(null(), Uuid)
    row = (
        select(
            Hazard.contract_id,
            round_of().label("round_id"),
            (Hazard.enterprise_id if with_enterprise else none).label("enterprise_id"),
            sql_cast(Hazard.level, HazardCount.level.type).label("level"),
            _one_if(held.is_rectified).label("rectified"),
            _one_if(held.is_solved_on_the_spot).label("on_the_spot"),
            _one_if(Hazard.on_the_spot.is_not(None)).label("on_the_spot_of"),
            _one_if(held.is_overdue).label("overdue"),
            _one_if(held.happened("verified_on")).label("verified"),
        )
        .outerjoin(held.past, held.joined)
        .where(Hazard.contract_id.in_(seen), Hazard.found_on <= as_of)
        .subquery("item")
    )
    keys = (row.c.contract_id, row.c.round_id, row.c.enterprise_id, row.c.level)
    known = func.sum(row.c.on_the_spot_of)
    return (
        select(
            *keys,
            func.count().label("found"),
            func.count().label("itemised"),
            func.sum(row.c.rectified).label("rectified"),
            func.count().label("rectified_of"),
            case((known > 0, func.sum(row.c.on_the_spot))).label("on_the_spot"),
            known.label("on_the_spot_of"),
            func.sum(row.c.overdue).label("overdue"),
            func.sum(row.c.verified).label("verified"),
        )
        .group_by(*keys)
        .cte("items")
    )


def _level(counted: CTE, name: str) -> Select[Any]:
    """The rows of one level; of the whole, what its levels leave over."""
    level, zero, none = _LEVELS[name], literal(0, Integer), sql_cast(null(), Uuid)
    found = _found(counted, name)
    numbers = [_number(counted, name, number) for number in ("rectified", "on_the_spot")]
    return select(
        counted.c.contract_id,
        counted.c.round_id,
        none.label("enterprise_id"),
        literal(level, HazardCount.level.type).label("level"),
        found.label("found"),
        zero.label("itemised"),
        *(column for pair in numbers for column in pair),
        zero.label("overdue"),
        zero.label("verified"),
    ).where(found.is_not(None))


def _found(counted: CTE, name: str) -> ColumnElement[Any]:
    general, major, whole = (counted.c[f"{level}_found"] for level in _LEVELS)
    if name != "whole":
        own: ColumnElement[Any] = counted.c[f"{name}_found"]
        return own
    return _left(
        _all_found(general, major, whole), func.coalesce(general, 0), func.coalesce(major, 0)
    )


def _all_found(
    general: ColumnElement[Any], major: ColumnElement[Any], whole: ColumnElement[Any]
) -> ColumnElement[Any]:
    return func.coalesce(whole, general + major)


def _number(counted: CTE, name: str, number: str) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """A number that is known, and of how many hazards found it is known."""
    if name != "whole":
        known, found = counted.c[f"{name}_{number}"], counted.c[f"{name}_found"]
        of = _known_of(known, found)
        return case((found.is_not(None), known)).label(number), of.label(f"{number}_of")
    general, major, whole = (counted.c[f"{level}_{number}"] for level in _LEVELS)
    g_found, m_found, found = (counted.c[f"{level}_found"] for level in _LEVELS)
    parts_known = (
        func.coalesce(case((g_found.is_not(None), general)), 0),
        func.coalesce(case((m_found.is_not(None), major)), 0),
    )
    parts_of = (_known_of(general, g_found), _known_of(major, m_found))
    left_of = _left(_all_found(g_found, m_found, found), *parts_of)
    of = case((whole.is_not(None), func.coalesce(left_of, 0)), else_=0)
    return _left(whole, *parts_known).label(number), of.label(f"{number}_of")


def _known_of(known: ColumnElement[Any], found: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((known.is_not(None), func.coalesce(found, 0)), else_=0)


def _left(
    whole: ColumnElement[Any], general: ColumnElement[Any], major: ColumnElement[Any]
) -> ColumnElement[Any]:
    """What the levels leave of the whole, never below 0; NULL where the whole is."""
    rest = whole - general - major
    return case((rest < 0, 0), else_=rest)


def _one_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def _same_round(units: CTE, round_id: ColumnElement[Any]) -> ColumnElement[bool]:
    return units.c.round_id.is_not_distinct_from(round_id)


def _has(
    units: CTE, contract_id: ColumnElement[Any], round_id: ColumnElement[Any]
) -> ColumnElement[bool]:
    same = (units.c.contract_id == contract_id, _same_round(units, round_id))
    return exists().where(*same)


def _reported(
    reported: CTE, contract_id: ColumnElement[Any], round_id: ColumnElement[Any]
) -> ColumnElement[bool]:
    unit = reported.alias("unit")
    return exists().where(unit.c.contract_id == contract_id, unit.c.round_id == round_id)


def _elsewhere(reported: CTE, contract_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """The contract has reports on its rounds."""
    unit = reported.alias("elsewhere")
    return exists().where(unit.c.contract_id == contract_id, unit.c.round_id.is_not(None))
