"""Webhooks in the format of Standard Webhooks: id, timestamp, signature (HMAC-SHA256)."""

from __future__ import annotations

from standardwebhooks import Webhook as Signer

from portal.adapters.channels.interface import Delivery, Parcel
from portal.adapters.channels.web_requests import Unanswered, ask
from portal.channel_settings import Webhook
from portal.domain.messages.states import Outcome

GONE = 410
"""The status by which a receiver wants nothing more."""


class WebhookChannel:
    """One receiver of webhooks."""

    def __init__(self, webhook: Webhook, seconds: float) -> None:
        self._webhook = webhook
        self._seconds = seconds
        self._signer = Signer(webhook.secret)

    def send(self, parcel: Parcel) -> Delivery:
        """Hand one event over; ``parcel.text`` is its JSON."""
        name = f"msg_{parcel.key}"
        headers = {
            "Content-Type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": str(int(parcel.at.timestamp())),
            "webhook-signature": self._signer.sign(name, parcel.at, parcel.text),
        }
        try:
            answer = ask(self._webhook.url, "POST", headers, parcel.text.encode(), self._seconds)
        except Unanswered as error:
            return Delivery(Outcome.DOWN, f"webhook: {error}")
        if 200 <= answer.status < 300:
            return Delivery(Outcome.ACCEPTED)
        if answer.status == GONE:
            return Delivery(Outcome.REFUSED, "webhook: status 410")
        return Delivery(Outcome.PASSING, f"webhook: status {answer.status}")

    def close(self) -> None:
        """Close nothing: each request has a connection of its own."""
