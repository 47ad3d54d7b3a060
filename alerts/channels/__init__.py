"""Kinds of channels, one file each; a new kind is one file and one line in ``KINDS``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from standardwebhooks.webhooks import EmptyWebhookSecretError

from alerts.channels.webhook import WebhookSender
from alerts.receivers import ReceiverRules
from alerts.retries import Outcome


class Sender(Protocol):
    """What a kind of channel does."""

    def send(self, webhook_id: str, body: str, now: datetime) -> Outcome:
        """Post one message once."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


KINDS: Final[Mapping[str, Callable[[str, str, ReceiverRules], Sender]]] = {
    "webhook": WebhookSender,
}


@dataclass(frozen=True, slots=True)
class Target:
    """Where a channel sends to; the secret is left out when it is printed or logged."""

    kind: str
    url: str = field(repr=False)
    secret: str = field(repr=False)


def open_sender(target: Target, rules: ReceiverRules) -> Sender:
    """A sender for ``target``; raises ``ValueError`` when its kind or secret is unusable."""
    if target.kind not in KINDS:
        raise ValueError("没有这种渠道")
    try:
        return KINDS[target.kind](target.url, target.secret, rules)
    except (ValueError, EmptyWebhookSecretError):
        raise ValueError("签名密钥无法使用") from None
