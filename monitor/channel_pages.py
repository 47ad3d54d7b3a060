"""消息渠道: who is told of alerts, added and switched, tried out, given new secrets."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response

from alerts.channel_schemas import ChannelsWanted, NewChannelIn
from alerts.schemas import SeverityWord
from kernel.access.permissions import Permission
from kernel.errors import ConflictError, InputError, MonitorError
from kernel.fields import CursorText
from kernel.paging import RecordQuery
from kernel.web.permissions import requires
from kernel.web.problems import input_error
from monitor import channel_web

PAGE_SIZE = 25

channel_pages = Blueprint("channel_pages", __name__)


class ChannelPageQuery(RecordQuery):
    """Where the list goes on."""

    after: CursorText = ""


@channel_pages.get("/channels")
@requires(Permission.CHANNELS_READ)
def index() -> str:
    """All channels, and the form for a new one."""
    return _page()


@channel_pages.post("/channels")
@requires(Permission.CHANNELS_WRITE)
def add() -> Response:
    """Add a channel and show its secret: in this answer alone."""
    given = {name: request.form.get(name, "") for name in ("name", "url", "secret", "min_severity")}
    try:
        new = NewChannelIn.model_validate({**given, "secret": given["secret"] or None})
        key, secret = channel_web.add(new)
    except ValidationError as error:
        refusal: MonitorError = input_error(error)
    except (InputError, ConflictError) as error:
        refusal = error
    else:
        return _shown_once(key, secret)
    return make_response(_page(given, refusal), refusal.status)


@channel_pages.post("/channels/<uuid:channel_id>/switch")
@requires(Permission.CHANNELS_WRITE)
def switch(channel_id: UUID) -> Response:
    """Switch on or off."""
    enabled = request.form.get("enabled") == "yes"
    channel_web.switch(channel_id, enabled=enabled)
    name = channel_web.one(channel_id).name
    flash(f"渠道“{name}”已启用。" if enabled else f"渠道“{name}”已停用，其消息会留到启用后再发。")
    return redirect(url_for("channel_pages.index"))


@channel_pages.post("/channels/<uuid:channel_id>/secret")
@requires(Permission.CHANNELS_WRITE)
def exchange(channel_id: UUID) -> Response:
    """Give a new secret and show it: in this answer alone."""
    try:
        return _shown_once(channel_id, channel_web.exchange(channel_id))
    except ConflictError as refusal:
        flash(refusal.message)
        return redirect(url_for("channel_pages.index"))


@channel_pages.post("/channels/<uuid:channel_id>/test")
@requires(Permission.CHANNELS_WRITE)
def trial(channel_id: UUID) -> Response:
    """Post a test message and say what the receiver answered."""
    result = channel_web.trial(channel_id)
    name = channel_web.one(channel_id).name
    answered = "没有应答" if result.status is None else f"应答 HTTP {result.status}"
    outcome = "测试消息已送达" if result.accepted else f"测试消息没有送达：{result.reason}"
    flash(f"渠道“{name}”：{outcome}（{answered}，用时 {result.latency_ms} 毫秒）。{result.error}")
    return redirect(url_for("channel_pages.index"))


def _page(given: dict[str, Any] | None = None, refusal: MonitorError | None = None) -> str:
    query = ChannelPageQuery.model_validate(request.args.to_dict())
    faults = {problem.field: problem.message for problem in refusal.problems} if refusal else {}
    return render_template(
        "monitor/channels.html",
        page=channel_web.listed(ChannelsWanted(limit=PAGE_SIZE, cursor=query.after or None)),
        after=query.after,
        words=list(SeverityWord),
        given=given or {"name": "", "url": "", "secret": "", "min_severity": "info"},
        faults=faults,
        refused=refusal.message if refusal is not None and not faults else "",
    )


def _shown_once(key: UUID, secret: str) -> Response:
    channel = channel_web.one(key)
    response = make_response(
        render_template("monitor/channel_secret.html", channel=channel, secret=secret)
    )
    response.headers["Cache-Control"] = "no-store"
    return response
