"""Kinds of channels, one file each; a new kind is one file and one line in ``KINDS``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from standardwebhooks.webhooks import EmptyWebhookSecretError

from alerts.channels.webhook import WebhookSender
from alerts.receivers import ReceiverRules
from alerts.retries import Outcome
from kernel.sealed_secrets import SealedSecrets


class Sender(Protocol):
    """What a kind of channel does."""

    def send(self, webhook_id: str, body: str, now: datetime) -> Outcome:
        """Post one message once."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


KINDS: Final[Mapping[str, Callable[[str, Sequence[str], ReceiverRules], Sender]]] = {
    "webhook": WebhookSender,
}


@dataclass(frozen=True, slots=True)
class Target:
    """Where a channel sends to, as the database keeps it: address and signing secrets sealed.

    ``secrets`` are the one in force and, while it is new, the one before it.
    """

    kind: str
    url: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)


def open_sender(target: Target, keys: SealedSecrets, rules: ReceiverRules) -> Sender:
    """A sender for ``target``; raises ``ValueError`` when its kind or secret is unusable.

    Raises ``UnavailableError`` when no key opens what is sealed.
    """
    if target.kind not in KINDS:
        raise ValueError("没有这种渠道")
    url, secrets = keys.open(target.url), [keys.open(secret) for secret in target.secrets]
    try:
        return KINDS[target.kind](url, secrets, rules)
    except (ValueError, EmptyWebhookSecretError):
        raise ValueError("签名密钥无法使用") from None
