"""Channels as people keep them: added, listed, switched on and off, tried out."""

import base64
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from alerts.channels import KINDS, Target, open_sender
from alerts.delivery_models import Channel, signing_secrets, webhook_id
from alerts.models import Severity
from alerts.receivers import ReceiverRules, check_address, shown_address
from alerts.retries import Fault, Outcome
from kernel.access.actor import Actor
from kernel.errors import ConflictError, InputError, NotFoundError, UnavailableError
from kernel.keys import new_key
from kernel.sealed_secrets import SealedSecrets

KEY_PREFIX = "whsec_"
OVERLAP = timedelta(days=1)
"""So long an exchanged signing secret signs beside the new one."""
SECRET_BYTES = range(24, 65)
"""Length of a key in bytes (Standard Webhooks 1.0.0)."""


def new_secret() -> str:
    """A fresh signing key, ``whsec_`` and base64."""
    return KEY_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def check_secret(secret: str) -> str:
    """Give ``secret`` back; raises ``InputError``, which never repeats it."""
    try:
        key = base64.b64decode(secret.removeprefix(KEY_PREFIX), validate=True)
    except ValueError:
        key = b""
    if not secret.startswith(KEY_PREFIX) or len(key) not in SECRET_BYTES:
        raise InputError("secret", "签名密钥应为 whsec_ 加 base64，密钥长 24 至 64 字节")
    return secret


@dataclass(frozen=True, slots=True)
class NewChannel:
    """What a person gives to add a channel; the secret is left out when it is printed."""

    name: str
    url: str
    secret: str = field(repr=False)
    min_severity: Severity = Severity.INFO
    kind: str = "webhook"


def add_channel(
    session: Session,
    actor: Actor,
    now: datetime,
    rules: ReceiverRules,
    keys: SealedSecrets,
    new: NewChannel,
) -> Channel:
    """Add a channel, switched on; its address and secret are sealed with ``keys``.

    Raises ``InputError`` for a bad name, address, key or kind, ``ConflictError`` for a name in use.
    """
    name = new.name.strip()
    if not 1 <= len(name) <= 120 or not name.isprintable():
        raise InputError("name", "渠道名称应为 1 至 120 个字，不含换行和控制字符")
    if new.kind not in KINDS:
        raise InputError("kind", f"“{new.kind}”，应为 {'、'.join(KINDS)} 之一")
    check_address(new.url, rules)
    if session.scalar(select(exists().where(Channel.name == name))):
        raise ConflictError(f"已有名为“{name}”的渠道")
    channel = Channel(
        kind=new.kind,
        name=name,
        url=keys.seal(new.url),
        address=shown_address(new.url),
        secret=keys.seal(check_secret(new.secret)),
        min_severity=new.min_severity,
        recorded_at=now,
        recorded_by=actor.name,
    )
    session.add(channel)
    session.flush()
    return channel


def channel_named(session: Session, name: str, *, for_update: bool = False) -> Channel:
    """The channel called ``name``; raises ``NotFoundError``."""
    statement = select(Channel).where(Channel.name == name)
    channel = session.scalar(statement.with_for_update() if for_update else statement)
    if channel is None:
        raise NotFoundError(f"没有名为“{name}”的渠道")
    return channel


def channel_of(session: Session, key: UUID, *, for_update: bool = False) -> Channel:
    """The channel with this id; raises ``NotFoundError``."""
    channel = session.get(Channel, key, with_for_update=for_update or None)
    if channel is None:
        raise NotFoundError("没有这个渠道")
    return channel


def list_channels(session: Session) -> Sequence[Channel]:
    """All channels by name."""
    return session.scalars(select(Channel).order_by(Channel.name)).all()


def switch_channel(channel: Channel, actor: Actor, *, enabled: bool) -> None:
    """Switch a channel on or off. What waits for it while it is off is sent once it is on again."""
    channel.enabled = enabled
    channel.disabled_reason = "" if enabled else f"由 {actor.name} 停用"


def exchange_secret(channel: Channel, now: datetime, keys: SealedSecrets) -> str:
    """Give a channel a new signing secret, which is returned and never shown again.

    The former one signs too for a day (``OVERLAP``), so that the receiver may change over in its
    own time. Raises ``ConflictError`` while a former one still signs: the receiver may not know the
    present one yet.
    """
    if channel.former_until is not None and now < channel.former_until:
        raise ConflictError("刚换过密钥，旧密钥仍在并用期内；过了并用期才能再换")
    secret = new_secret()
    channel.former_secret, channel.former_until = channel.secret, now + OVERLAP
    channel.secret = keys.seal(secret)
    return secret


def try_out(channel: Channel, rules: ReceiverRules, keys: SealedSecrets, now: datetime) -> Outcome:
    """Post one ``test.ping`` that carries no alert and is not kept; a disabled channel too."""
    body = json.dumps(
        {
            "type": "test.ping",
            "timestamp": now.isoformat(timespec="milliseconds"),
            "data": {"channel": channel.name},
        },
        ensure_ascii=False,
    )
    try:
        secrets = signing_secrets(channel.secret, channel.former_secret, channel.former_until, now)
        sender = open_sender(Target(channel.kind, channel.url, secrets), keys, rules)
    except ValueError as error:
        return Outcome(fault=Fault.BAD_SET_UP, error=str(error))
    except UnavailableError as error:
        return Outcome(fault=Fault.SEALED, error=error.message)
    try:
        return sender.send(webhook_id(new_key()), body, now)
    finally:
        sender.close()
