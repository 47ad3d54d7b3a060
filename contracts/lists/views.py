"""Saved views: somebody's own names for addresses of lists."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.lists.models import SavedView
from kernel.access.actor import Actor
from kernel.clock import Clock
from kernel.errors import ConflictError, InputError, NotFoundError
from kernel.fields import printable

MOST = 30
"""So many views of one list somebody keeps at most."""
LONGEST_NAME, LONGEST_QUERY = 40, 1000


def views_of(session: Session, actor: Actor, page: str) -> list[SavedView]:
    """The actor's own views of a list, by name."""
    if actor.user_id is None:
        return []
    own = SavedView.user_id == actor.user_id, SavedView.page == page
    return list(session.scalars(select(SavedView).where(*own).order_by(SavedView.name)))


def save_view(
    session: Session, actor: Actor, clock: Clock, page: str, name: str, query: str
) -> SavedView:
    """Keep an address under a name; a view of that name is changed to it.

    Raises ``InputError`` naming ``name`` or ``query``, ``ConflictError`` when there are too many.
    """
    if actor.user_id is None:
        raise ConflictError("只有登录的用户能保存视图")
    name = _checked("name", name.strip(), LONGEST_NAME)
    if not name:
        raise InputError("name", "请填写视图的名称")
    query = _checked("query", query, LONGEST_QUERY)
    kept = views_of(session, actor, page)
    found = next((view for view in kept if view.name == name), None)
    if found is None:
        if len(kept) >= MOST:
            raise ConflictError(f"每个列表最多保存 {MOST} 个视图，请先删除不用的")
        found = SavedView(user_id=actor.user_id, page=page, name=name)
        session.add(found)
    found.query, found.recorded_at, found.recorded_by = query, clock.now(), actor.name
    session.flush()
    return found


def remove_view(session: Session, actor: Actor, key: UUID) -> SavedView:
    """Forget one of the actor's own views; raises ``NotFoundError`` for any other."""
    found = session.get(SavedView, key)
    if found is None or found.user_id != actor.user_id:
        raise NotFoundError("没有这个视图")
    session.delete(found)
    session.flush()
    return found


def _checked(field: str, text: str, longest: int) -> str:
    try:
        printable(text)
    except ValueError as error:
        raise InputError(field, str(error)) from None
    if len(text) > longest:
        raise InputError(field, f"最多 {longest} 个字")
    return text
