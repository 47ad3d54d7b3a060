"""Read API of alerts and of the messages that told of them."""

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from alerts import delivery_queries, queries
from alerts.schemas import (
    AlertDetail,
    AlertOut,
    AlertsWanted,
    DeliveriesWanted,
    DeliveryDetail,
    DeliveryOut,
)
from kernel.access.permissions import Permission
from kernel.paging import Page, RecordQuery
from kernel.web.described import LIST_ERRORS, RECORD_ERRORS, RecordPath
from kernel.web.permissions import requires
from kernel.web.replies import reply
from kernel.web.session import as_of, current_actor, current_session

api = APIBlueprint(
    "alerts_api",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="alerts", description="预警与消息")],
    abp_responses=LIST_ERRORS,
)


@api.get("/alerts", summary="预警列表", responses={200: Page[AlertOut]})
@requires(Permission.ALERTS_READ)
def alerts(query: AlertsWanted) -> Response:
    """所问日期以前开启的预警及其当时的状态，最严重、最久的在前。"""
    return reply(queries.alerts(current_session(), current_actor(), as_of(), query))


@api.get("/alerts/<id>", summary="预警", responses={200: AlertDetail, **RECORD_ERRORS})
@requires(Permission.ALERTS_READ)
def alert(path: RecordPath, query: RecordQuery) -> Response:
    """一条预警、它的各次开启与变化、告知过它的消息，以所问日期为准。"""
    _ = query
    return reply(queries.alert(current_session(), current_actor(), as_of(), path.id))


@api.get("/deliveries", summary="消息列表", responses={200: Page[DeliveryOut]})
@requires(Permission.MESSAGES_READ)
def deliveries(query: DeliveriesWanted) -> Response:
    """每条消息一项，最近的在前；状态为此刻的状态。"""
    return reply(delivery_queries.deliveries(current_session(), current_actor(), query))


@api.get("/deliveries/<id>", summary="消息", responses={200: DeliveryDetail, **RECORD_ERRORS})
@requires(Permission.MESSAGES_READ)
def delivery(path: RecordPath, query: RecordQuery) -> Response:
    """一条消息、它的各次发送、它所告知的预警。"""
    _ = query
    return reply(delivery_queries.delivery(current_session(), current_actor(), path.id))
