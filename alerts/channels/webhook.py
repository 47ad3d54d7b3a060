"""The generic channel: Standard Webhooks 1.0.0, signed, with a stable ``webhook-id``."""

from datetime import datetime

from standardwebhooks import Webhook

from alerts.receivers import Receiver, ReceiverRules
from alerts.retries import Outcome


class WebhookSender:
    """Posts frozen bodies to one address, signed with one secret (``whsec_`` and base64)."""

    def __init__(self, url: str, secret: str, rules: ReceiverRules) -> None:
        self._url = url
        self._signer = Webhook(secret)
        self._receiver = Receiver(rules)

    def send(self, webhook_id: str, body: str, now: datetime) -> Outcome:
        """Post ``body`` byte for byte, timestamped ``now``."""
        headers = {
            "content-type": "application/json; charset=utf-8",
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._signer.sign(webhook_id, now, body),
        }
        return self._receiver.post(self._url, body.encode(), headers)

    def close(self) -> None:
        """Close the connection to the receiver."""
        self._receiver.close()
