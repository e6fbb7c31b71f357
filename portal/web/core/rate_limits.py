"""Limits on guessing and flooding: how often something may happen, by address and by letter.

Checking and counting are two steps, because a right code and a form with errors cost nothing.
"""

from __future__ import annotations

import time
from typing import TypeVar

from flask import make_response, request
from limits import parse_many
from werkzeug.wrappers import Response

from portal.web.core import Page
from portal.web.core.safety import limiter

Key = tuple[str, ...]
R = TypeVar("R", bound=Response)


def address() -> str:
    """Return the client's address, as the trusted proxies report it."""
    return request.remote_addr or "unknown"


def wait_for(rule: str, *keys: Key) -> int:
    """Return the seconds until ``rule`` allows one more use for every key; 0 if it does now."""
    if not limiter.enabled:
        return 0
    waits = [
        limiter.limiter.get_window_stats(item, *key).reset_time - time.time()
        for item in parse_many(rule)
        for key in keys
        if not limiter.limiter.test(item, *key)
    ]
    return max(1, round(max(waits))) if waits else 0


def minutes(seconds: int) -> int:
    """Return the whole minutes after which ``seconds`` are over."""
    return -(-seconds // 60)


def retry_later(page: Page, seconds: int) -> Response:
    """Return ``page`` with the header that says when to come back."""
    return retry_after(make_response(page), seconds)


def retry_after(response: R, seconds: int) -> R:
    """Return ``response`` with the header that says when to come back."""
    response.headers["Retry-After"] = str(seconds)
    return response


def count(rule: str, *keys: Key) -> None:
    """Count one use for every key."""
    if limiter.enabled:
        for item in parse_many(rule):
            for key in keys:
                limiter.limiter.hit(item, *key)
