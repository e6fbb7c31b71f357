"""Delivery receipts by signed webhook."""

import json
from datetime import UTC, datetime, timedelta

from flask import Flask
from standardwebhooks import Webhook

from portal.config import Settings
from portal.web.core.settings import keep_settings
from tests.pages import Client

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - the example of the standard


def status(client: Client, said: object, at: datetime | None = None, secret: str = SECRET) -> int:
    """Return the answer to a receipt signed with ``secret`` at ``at``."""
    body, moment = json.dumps(said), at or datetime.now(UTC)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", moment, body),
        "Content-Type": "application/json",
    }
    return client.post("/messages/receipts", data=body, headers=headers).status_code


def test_only_what_is_signed_is_taken(client: Client, app: Flask, settings: Settings) -> None:
    """Without the key nothing is taken; with it only what it signed, lately, and in full."""
    good = {"message": "x", "state": "delivered"}
    assert status(client, good) == 404
    keep_settings(app, settings.model_copy(update={"receipts_secret": SECRET}))
    assert status(client, good) == 204
    assert status(client, good, secret="whsec_" + "a" * 32) == 401
    assert status(client, good, at=datetime.now(UTC) - timedelta(minutes=6)) == 401
    assert client.post("/messages/receipts", json=good).status_code == 401
    assert status(client, {"message": "x", "state": "read"}) == 422
    assert status(client, ["x"]) == 422
    assert status(client, {"message": "x" * 20_000, "state": "delivered"}) == 413
