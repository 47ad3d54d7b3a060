"""REST of a kind's records: list, one, add (Idempotency-Key), put in its place (If-Match)."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from contracts.records.keeping import Edit, add_record, change_record, locked_record
from contracts.records.kinds import RecordIn, RecordKind
from contracts.records.queries import RecordsWanted, record, records
from contracts.records.shape import shown_model
from contracts.schemas import FactOut
from kernel.paging import Page, RecordQuery
from kernel.web.described import (
    ACT_ERRORS,
    ADD_ERRORS,
    EDIT_ERRORS,
    LIST_ERRORS,
    RECORD_ERRORS,
    RecordPath,
)
from kernel.web.edits import seen_version
from kernel.web.idempotency import created_once
from kernel.web.permissions import requires
from kernel.web.replies import reply
from kernel.web.session import (
    as_of,
    current_actor,
    current_clock,
    current_session,
    write_session,
)


def record_api(kind: RecordKind) -> APIBlueprint:
    """The routes of one kind."""
    api = APIBlueprint(
        f"{kind.name}_api",
        __name__,
        url_prefix="/api/v1",
        abp_tags=[Tag(name=kind.name, description=kind.title)],
        abp_responses=LIST_ERRORS,
    )
    _reads(api, kind)
    _writes(api, kind)
    return api


def _reads(api: APIBlueprint, kind: RecordKind) -> None:
    shape: Any = shown_model(kind)

    @api.get(f"/{kind.path}", summary=f"{kind.title}列表", responses={200: Page[shape]})
    @requires(kind.read)
    def index(query: RecordsWanted) -> Response:
        """所问日期以前的，最近的在前。"""
        return reply(records(current_session(), current_actor(), kind, as_of(), query))

    @api.get(f"/{kind.path}/<id>", summary=kind.title, responses={200: shape, **RECORD_ERRORS})
    @requires(kind.read)
    def show(path: RecordPath, query: RecordQuery) -> Response:
        """所问日期以后的视为没有。"""
        _ = query
        return reply(record(current_session(), current_actor(), kind, as_of(), path.id))


def _writes(api: APIBlueprint, kind: RecordKind) -> None:
    shape: Any = shown_model(kind)

    def add(body: RecordIn) -> Response:
        """可带 `Idempotency-Key`：同一次提交重复发送，只登记一条。"""
        actor, clock = current_actor(), current_clock()
        return created_once(
            body,
            lambda session: add_record(session, actor, clock, kind, body),
            lambda key: _current(kind, key),
            f"登记{kind.title}",
        )

    def change(path: RecordPath, body: RecordIn) -> Response:
        """须带 If-Match；以所写的全部内容替换。此前的内容留在审计记录中。"""
        actor, clock = current_actor(), current_clock()
        with write_session(reason=f"修改{kind.title}") as session:
            found = locked_record(session, actor, kind, path.id)
            read = record(session, actor, kind, current_clock().business_date(), path.id)
            seen = seen_version(read, found.version)
            change_record(session, actor, clock, Edit(kind, path.id, body, seen))
        return reply(_current(kind, path.id))

    for view in (add, change):
        view.__annotations__["body"] = kind.entry
    api.post(
        f"/{kind.path}",
        summary=f"登记{kind.title}",
        responses={201: shape, **ADD_ERRORS},
    )(requires(kind.write)(add))
    api.put(
        f"/{kind.path}/<id>",
        summary=f"修改{kind.title}",
        responses={200: shape, **EDIT_ERRORS, 403: ACT_ERRORS[403]},
    )(requires(kind.write)(change))


def _current(kind: RecordKind, key: UUID) -> FactOut:
    return record(current_session(), current_actor(), kind, current_clock().business_date(), key)
