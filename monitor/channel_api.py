"""API of the channels, for who keeps them: counts of messages, no alert and no secret."""

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from alerts.channel_schemas import (
    ChannelOut,
    ChannelSecret,
    ChannelsWanted,
    NewChannelIn,
    SwitchIn,
    TrialOut,
)
from kernel.access.permissions import Permission
from kernel.paging import Page
from kernel.web.described import ACT_ERRORS, LIST_ERRORS, RECORD_ERRORS, RecordPath
from kernel.web.permissions import requires
from kernel.web.replies import created, reply
from monitor import channel_web

channel_api = APIBlueprint(
    "channels_api",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="channels", description="消息渠道")],
    abp_responses=LIST_ERRORS,
)


@channel_api.get("/channels", summary="渠道列表", responses={200: Page[ChannelOut]})
@requires(Permission.CHANNELS_READ)
def index(query: ChannelsWanted) -> Response:
    """全部渠道及其消息数；不含密钥、完整网址与消息内容。"""
    return reply(channel_web.listed(query))


@channel_api.get("/channels/<id>", summary="渠道", responses={200: ChannelOut, **RECORD_ERRORS})
@requires(Permission.CHANNELS_READ)
def show(path: RecordPath) -> Response:
    """一个渠道及其消息数。"""
    return reply(channel_web.one(path.id))


@channel_api.post(
    "/channels", summary="新增渠道", responses={201: ChannelSecret, 409: ACT_ERRORS[409]}
)
@requires(Permission.CHANNELS_WRITE)
def add(body: NewChannelIn) -> Response:
    """`secret` 只在这次回答中给出。"""
    key, secret = channel_web.add(body)
    response = created(ChannelSecret(id=key, secret=secret), f"/api/v1/channels/{key}")
    response.headers["Cache-Control"] = "no-store"
    return response


@channel_api.post(
    "/channels/<id>/switch", summary="启用或停用", responses={200: ChannelOut, **RECORD_ERRORS}
)
@requires(Permission.CHANNELS_WRITE)
def switch(path: RecordPath, body: SwitchIn) -> Response:
    """停用期间积下的消息在启用后发出。"""
    channel_web.switch(path.id, enabled=body.enabled)
    return reply(channel_web.one(path.id))


@channel_api.post(
    "/channels/<id>/secret",
    summary="更换签名密钥",
    responses={200: ChannelSecret, **RECORD_ERRORS, 409: ACT_ERRORS[409]},
)
@requires(Permission.CHANNELS_WRITE)
def exchange(path: RecordPath) -> Response:
    """`secret` 只在这次回答中给出；此后一天内，消息同时带新旧两个签名。"""
    response = reply(ChannelSecret(id=path.id, secret=channel_web.exchange(path.id)))
    response.headers["Cache-Control"] = "no-store"
    return response


@channel_api.post(
    "/channels/<id>/test", summary="发测试消息", responses={200: TrialOut, **RECORD_ERRORS}
)
@requires(Permission.CHANNELS_WRITE)
def trial(path: RecordPath) -> Response:
    """发一条不含预警的 test.ping；只发往允许的接收网段。"""
    return reply(channel_web.trial(path.id))
