"""Delivery receipts and bounces, which mail relays and gateways report by signed webhook."""

from __future__ import annotations

from flask import Blueprint, abort, request
from standardwebhooks import Webhook, WebhookVerificationError

from portal.services.messages.receipts import take_receipt
from portal.web.core.clock import now
from portal.web.core.people import public
from portal.web.core.safety import limiter, takes_at_most, without_session
from portal.web.core.settings import settings

receipts = Blueprint("receipts", __name__)
LIMIT = "3000 per minute"
LARGEST = 10_000
"""Bytes of a receipt."""


@receipts.post("/messages/receipts")
@public
@without_session
@limiter.limit(LIMIT)
@takes_at_most(LARGEST)
def receive() -> tuple[str, int]:
    """Take a receipt: 204, also for a message that is not known; 401 without a good signature."""
    secret = settings().receipts_secret
    if not secret:
        abort(404)
    try:
        said = Webhook(secret).verify(request.get_data(), dict(request.headers))
    except (WebhookVerificationError, ValueError):
        abort(401)
    if not isinstance(said, dict):
        abort(422)
    try:
        take_receipt(said.get("message"), said.get("state"), now())
    except ValueError:
        abort(422)
    return "", 204
