"""The generic channel: Standard Webhooks 1.0.0, signed, with a stable ``webhook-id``."""

from collections.abc import Sequence
from datetime import datetime

from standardwebhooks import Webhook

from alerts.receivers import Receiver, ReceiverRules
from alerts.retries import Outcome


class WebhookSender:
    """Posts frozen bodies to one address, signed with each secret (``whsec_`` and base64).

    While a secret is exchanged there are two, and a receiver that knows either accepts.
    """

    def __init__(self, url: str, secrets: Sequence[str], rules: ReceiverRules) -> None:
        self._url = url
        self._signers = [Webhook(secret) for secret in secrets]
        self._receiver = Receiver(rules)

    def send(self, webhook_id: str, body: str, now: datetime) -> Outcome:
        """Post ``body`` byte for byte, timestamped ``now``."""
        headers = {
            "content-type": "application/json; charset=utf-8",
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(
                signer.sign(webhook_id, now, body) for signer in self._signers
            ),
        }
        return self._receiver.post(self._url, body.encode(), headers)

    def close(self) -> None:
        """Close the connection to the receiver."""
        self._receiver.close()
