"""Limits on guessing and flooding: how often something may happen, by address and by letter.

The uses are counted for all server processes together. A right code and a form with errors cost
nothing: their use is given back. Where the counts cannot be reached nothing is limited.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import product
from typing import TypeVar

import structlog
from flask import make_response, request
from limits import RateLimitItem, parse_many
from limits.errors import StorageError
from werkzeug.wrappers import Response

from portal.web.core import Answer
from portal.web.core.safety import limiter

Key = tuple[str, ...]
R = TypeVar("R", bound=Response)
_DAY, _DOUBLINGS = 86_400, 4
_log = structlog.get_logger("portal.limits")


def address() -> str:
    """Return the client's address, as the trusted proxies report it."""
    return request.remote_addr or "unknown"


@contextmanager
def _without_counts() -> Iterator[None]:
    """Go on where the uses cannot be counted: the site serves without limits."""
    try:
        yield
    except StorageError as error:
        _log.error("limits_unavailable", kind=type(error.storage_error).__name__)


def take(rule: str, *keys: Key) -> int:
    """Count one use of ``rule`` for every key, before what it limits is done.

    Returns 0, or the seconds to wait where one of the keys has no use left; then none is counted.
    Counting first keeps the number exact while many ask at once.
    """
    if not limiter.enabled:
        return 0
    taken: list[tuple[RateLimitItem, Key]] = []
    with _without_counts():
        for item, key in product(parse_many(rule), keys):
            taken.append((item, key))
            if not limiter.limiter.hit(item, *key):
                ends = limiter.limiter.get_window_stats(item, *key).reset_time
                _give(taken)
                return max(1, round(ends - time.time()))
    return 0


def give_back(rule: str, *keys: Key) -> None:
    """Take back one use of ``rule`` for every key: what it was taken for costs nothing."""
    if limiter.enabled:
        with _without_counts():
            _give(list(product(parse_many(rule), keys)))


def _give(taken: Iterable[tuple[RateLimitItem, Key]]) -> None:
    for item, key in taken:
        limiter.storage.incr(item.key_for(*key), item.get_expiry(), -1)


def force(rule: str, key: Key) -> None:
    """Count one use of ``rule`` for ``key`` although it may have none left."""
    with _without_counts():
        for item in parse_many(rule):
            limiter.limiter.hit(item, *key)


def used(rule: str, key: Key) -> tuple[int, int]:
    """Return how many uses of ``rule`` are counted for ``key``, and how many there may be.

    Of several limits the one that is nearest to its end counts.
    """
    items = parse_many(rule)
    if not limiter.enabled:
        return 0, items[0].amount
    with _without_counts():
        found = [(limiter.storage.get(item.key_for(*key)), item.amount) for item in items]
        return max(found, key=lambda each: each[0] / each[1])
    return 0, items[0].amount


def first_use(key: Key, span: timedelta, *, unknown: bool = False) -> bool:
    """Return whether nothing was used under ``key`` within ``span``, and count this use.

    ``unknown`` is returned where the counts cannot be reached.
    """
    with _without_counts():
        return limiter.storage.incr("/".join(("once", *key)), int(span.total_seconds())) == 1
    return unknown


def grown_wait(rule: str, key: Key, begin: int = 0) -> int:
    """Return the seconds for which ``key`` has to wait since its uses were last used up, or 0.

    ``begin`` says that they are used up now, for so many seconds by the rule. Each time within a
    day the wait is twice that of the time before, up to sixteen times that of the rule.
    """
    if not limiter.enabled:
        return 0
    name = "/".join((rule, *key))
    lock, rounds = f"wait/{name}", f"waits/{name}"
    with _without_counts():
        if begin and limiter.storage.incr(lock, begin) == 1:
            times = limiter.storage.incr(rounds, _DAY) - 1
            if times:
                limiter.storage.clear(lock)
                limiter.storage.incr(lock, begin * 2 ** min(times, _DOUBLINGS))
        if limiter.storage.get(lock):
            # A clock that was put back would make the wait longer than any that was begun.
            times = max(0, limiter.storage.get(rounds) - 1)
            span = max(item.get_expiry() for item in parse_many(rule))
            limiter.storage.incr(lock, span * 2 ** min(times, _DOUBLINGS), 0)
            return max(1, round(limiter.storage.get_expiry(lock) - time.time()))
    return 0


def minutes(seconds: int) -> int:
    """Return the whole minutes after which ``seconds`` are over."""
    return -(-seconds // 60)


def retry_later(page: Answer, seconds: int) -> Response:
    """Return ``page`` with the header that says when to come back."""
    return retry_after(make_response(page), seconds)


def retry_after(response: R, seconds: int) -> R:
    """Return ``response`` with the header that says when to come back."""
    response.headers["Retry-After"] = str(seconds)
    return response


def tell_limit(response: Response) -> Response:
    """Name the limit of the address and what is left of it, and after 429 when to come back.

    The names are those of draft-ietf-httpapi-ratelimit-headers.
    """
    held = limiter.current_limit
    if held is None:
        return response
    with _without_counts():
        seconds = max(0, held.reset_at - int(time.time()))
        amount, window = held.limit.amount, held.limit.get_expiry()
        response.headers["RateLimit-Policy"] = f'"default";q={amount};w={window}'
        response.headers["RateLimit"] = f'"default";r={held.remaining};t={seconds}'
        if response.status_code == 429:
            response.headers.setdefault("Retry-After", str(max(1, seconds)))
    return response
