"""Limits on guessing and flooding: how often something may happen, by address and by letter.

The uses are counted for all server processes together. A right code and a form with errors cost
nothing: their use is given back. Where the counts cannot be reached nothing is limited.
"""

from __future__ import annotations

import time
from typing import TypeVar

import structlog
from flask import make_response, request
from limits import RateLimitItem, parse_many
from limits.errors import StorageError
from werkzeug.wrappers import Response

from portal.web.core import Page
from portal.web.core.safety import limiter

Key = tuple[str, ...]
R = TypeVar("R", bound=Response)
_log = structlog.get_logger("portal.limits")


def address() -> str:
    """Return the client's address, as the trusted proxies report it."""
    return request.remote_addr or "unknown"


def take(rule: str, *keys: Key) -> int:
    """Count one use of ``rule`` for every key, before what it limits is done.

    Returns 0, or the seconds to wait where one of the keys has no use left; then none is counted.
    Counting first keeps the number exact while many ask at once.
    """
    if not limiter.enabled:
        return 0
    taken: list[tuple[RateLimitItem, Key]] = []
    try:
        for item in parse_many(rule):
            for key in keys:
                taken.append((item, key))
                if not limiter.limiter.hit(item, *key):
                    ends = limiter.limiter.get_window_stats(item, *key).reset_time
                    _give(taken)
                    return max(1, round(ends - time.time()))
    except StorageError as error:
        _log.error("limits_unavailable", kind=type(error.storage_error).__name__)
    return 0


def give_back(rule: str, *keys: Key) -> None:
    """Take back one use of ``rule`` for every key: what it was taken for costs nothing."""
    if limiter.enabled:
        try:
            _give([(item, key) for item in parse_many(rule) for key in keys])
        except StorageError as error:
            _log.error("limits_unavailable", kind=type(error.storage_error).__name__)


def _give(taken: list[tuple[RateLimitItem, Key]]) -> None:
    for item, key in taken:
        limiter.storage.incr(item.key_for(*key), item.get_expiry(), -1)


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
