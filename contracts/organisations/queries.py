"""Reads of the tree as it is and as it was. Everybody knows the tree; what is done in it is scoped."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from contracts.models import Organisation, OrganisationKind
from contracts.organisation_versions import OrganisationVersion
from contracts.organisations.schemas import OrganisationHistory, OrganisationVersionOut
from contracts.reach_models import OrganisationAncestor
from contracts.schemas import Out
from kernel.dated import holds_on
from kernel.errors import InputError, NotFoundError
from kernel.paging import ListQuery, Page, fetch_page
from kernel.sql import contains

CHILDREN = 50
"""Children shown at once; the rest come page by page."""
OFFERED = 20
"""Organisations offered while somebody types a name."""


class Node(Out):
    """An organisation of a list, with how many lie directly below it."""

    id: UUID
    code: str
    name: str
    short_name: str
    kind: OrganisationKind
    division_code: str | None
    children: int
    parent_name: str


def nodes(session: Session, *, parent: UUID | None, words: str = "", after: str = "") -> Page[Node]:
    """One page of the organisations directly below ``parent`` (None: at the top), by name.

    With ``words`` the whole tree is searched instead, by code, name and short name.
    """
    above = aliased(Organisation)
    child = aliased(Organisation)
    children = (
        select(func.count())
        .where(child.parent_id == Organisation.id)
        .correlate(Organisation)
        .scalar_subquery()
    )
    statement = select(Organisation, children, func.coalesce(above.name, "")).outerjoin(
        above, above.id == Organisation.parent_id
    )
    if words:
        statement = statement.where(_matches(words))
    elif parent is None:
        statement = statement.where(Organisation.parent_id.is_(None))
    else:
        statement = statement.where(Organisation.parent_id == parent)
    return fetch_page(
        session,
        statement,
        [Organisation.name],
        ListQuery(limit=CHILDREN, cursor=after or None),
        lambda row: Node.of(row[0], children=row[1], parent_name=row[2]),
    )


def one_organisation(session: Session, key: UUID) -> Organisation:
    """The organisation; raises ``NotFoundError``."""
    found = session.get(Organisation, key)
    if found is None:
        raise NotFoundError("没有这个机构")
    return found


def path_to(session: Session, key: UUID) -> list[Organisation]:
    """The organisations above, the topmost first, and the organisation itself last."""
    depth = aliased(OrganisationAncestor)
    level = (
        select(func.count())
        .where(depth.organisation_id == OrganisationAncestor.ancestor_id)
        .scalar_subquery()
    )
    statement = (
        select(Organisation)
        .join(OrganisationAncestor, OrganisationAncestor.ancestor_id == Organisation.id)
        .where(OrganisationAncestor.organisation_id == key)
        .order_by(level)
    )
    return list(session.scalars(statement))


def history(session: Session, key: UUID) -> OrganisationHistory:
    """What the organisation was called and under whom, the earliest first; raises ``NotFoundError``.

    A parent is called what it was called when the version began.
    """
    above = aliased(OrganisationVersion)
    statement = (
        select(OrganisationVersion, above.name)
        .outerjoin(
            above,
            and_(
                above.organisation_id == OrganisationVersion.parent_id,
                holds_on(above, OrganisationVersion.valid_from),
            ),
        )
        .where(OrganisationVersion.organisation_id == key)
        .order_by(OrganisationVersion.valid_from)
    )
    items = [
        OrganisationVersionOut.of(version, parent_name=name)
        for version, name in session.execute(statement)
    ]
    if not items:
        raise NotFoundError("没有这个机构")
    return OrganisationHistory(items=items)


def offered(session: Session, words: str) -> list[Organisation]:
    """A few organisations to choose from while somebody types."""
    statement = select(Organisation).where(_matches(words)) if words else select(Organisation)
    return list(session.scalars(statement.order_by(Organisation.name).limit(OFFERED)))


def named_organisation(session: Session, field: str, typed: str) -> UUID | None:
    """The organisation meant by a code, a name or a short name as typed; None for nothing typed.

    Raises ``InputError`` naming ``field`` for nobody, and for a short name that several share.
    """
    words = typed.strip()
    if not words:
        return None
    statement = select(Organisation.id, Organisation.name, Organisation.code).where(
        or_(
            Organisation.code == words, Organisation.name == words, Organisation.short_name == words
        )
    )
    found = session.execute(statement.limit(OFFERED)).all()
    exact = [row.id for row in found if words in {row.name, row.code}]
    if len(exact) == 1:
        return UUID(str(exact[0]))
    if len(found) == 1:
        return UUID(str(found[0].id))
    if found:
        raise InputError(field, f"有 {len(found)} 个机构用“{words[:40]}”这个名称；请写机构编码")
    raise InputError(field, f"没有“{words[:40]}”这个机构；请写机构全称、简称或编码")


def _matches(words: str) -> ColumnElement[bool]:
    searched = (Organisation.code, Organisation.name, Organisation.short_name)
    return or_(*(contains(column, words) for column in searched))
