"""Solving the challenge of a page, as the script of the page does in a browser."""

import hashlib
import html
import json
import re
from base64 import b64encode
from typing import Any

from tests.pages import Page


def challenge_of(page: Page) -> dict[str, Any] | None:
    """Return the challenge that a page carries, if any."""
    found = re.search(r'data-challenge="([^"]*)"', page.html)
    return dict(json.loads(html.unescape(found[1]))) if found else None


def solution(challenge: dict[str, Any]) -> str:
    """Return the solution of ``challenge`` as the form carries it."""
    for number in range(challenge["maxnumber"] + 1):
        tried = f"{challenge['salt']}{number}".encode()
        if hashlib.sha256(tried).hexdigest() == challenge["challenge"]:
            return b64encode(json.dumps({**challenge, "number": number}).encode()).decode()
    raise AssertionError("the challenge has no solution")


def solved(page: Page) -> str:
    """Return the solution of the challenge on ``page``."""
    found = challenge_of(page)
    assert found is not None, "the page carries no challenge"
    return solution(found)
