"""Proof of work: a page asks a browser to compute for a moment, where a limit is near or used up.

The server makes and checks every challenge itself, with the format of ALTCHA; no other party is
asked and nobody has to read pictures. ``portal/static/js/challenge.js`` solves it. A solution is
good for one purpose, one address and one use.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode
from datetime import timedelta
from typing import Any

from altcha.v1 import ChallengeOptions, create_challenge, extract_params, verify_solution
from flask import g, request

from portal.web.core.clock import now
from portal.web.core.rate_limits import address, first_use
from portal.web.core.settings import settings

FIELD = "challenge"
"""The field of a form that carries the solution."""
EASIEST = 50_000
"""The largest number of an easy challenge; a browser tries half of it, which takes about a second."""
DOUBLINGS = 4
"""How often a challenge becomes twice as hard at most."""
VALID = timedelta(minutes=30)
_LONGEST = 2_000


def offer(purpose: str, hardness: int) -> None:
    """Have the page that answers this request ask for a solution."""
    most = EASIEST * 2 ** min(max(hardness, 0), DOUBLINGS)
    made = create_challenge(
        ChallengeOptions(
            max_number=most,
            hmac_key=_key(),
            expires=now() + VALID,
            params={"for": _bound(purpose)},
        )
    )
    g.challenge = {
        "algorithm": made.algorithm,
        "challenge": made.challenge,
        "maxnumber": most,
        "salt": made.salt,
        "signature": made.signature,
    }


def offered() -> dict[str, Any] | None:
    """Return the challenge that the page in the making shows, if any."""
    found: dict[str, Any] | None = g.get("challenge")
    return found


def solved(purpose: str) -> bool:
    """Return whether the form that was sent carries a solution that has not been used yet."""
    sent = request.form.get(FIELD, "")
    if not sent or len(sent) > _LONGEST:
        return False
    try:
        payload = json.loads(b64decode(sent))
        right, _ = verify_solution(payload, _key())
        bound = extract_params(payload).get("for")
    except (ValueError, TypeError, AttributeError, RecursionError):
        return False
    if not right or bound != [_bound(purpose)]:
        return False
    return first_use(("challenge", str(payload["challenge"])), VALID)


def _bound(purpose: str) -> str:
    return hashlib.blake2b(f"{purpose} {address()}".encode(), digest_size=8, key=_key()).hexdigest()


def _key() -> bytes:
    return hashlib.blake2b(settings().key("session"), person=b"challenge", digest_size=32).digest()
