"""Devices from which somebody has logged in before, known by a cookie.

Wrong passwords that come without the cookie are counted apart, so that nobody who guesses at a name
can keep its owner out.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from flask import request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from portal.web.core.cookies import NearSigner
from portal.web.core.settings import settings

_KNOWN_FOR = timedelta(days=180)
_MOST = 5
"""People who share a device."""


def name_digest(username: str) -> str:
    """Return a digest of a user name; what was typed may be a password and is kept nowhere."""
    key = settings().key("session")
    return hashlib.blake2b(username.encode(), digest_size=12, key=key, person=b"names").hexdigest()


def device_of(username: str) -> str | None:
    """Return what this device is called among those of ``username``; ``None`` for a new one."""
    return _known().get(name_digest(username))


def know_device(response: Response, username: str) -> None:
    """Have the browser know by ``response`` that ``username`` has logged in on it."""
    known, digest = _known(), name_digest(username)
    device = known.pop(digest, None) or secrets.token_urlsafe(9)
    kept = dict([*known.items(), (digest, device)][-_MOST:])
    response.set_cookie(
        _cookie(),
        _signer().dumps(kept),
        max_age=_KNOWN_FOR,
        secure=settings().https,
        httponly=True,
        samesite="Lax",
    )


def _known() -> dict[str, str]:
    try:
        found = _signer().loads(
            request.cookies.get(_cookie(), ""), max_age=int(_KNOWN_FOR.total_seconds())
        )
    except BadData:
        return {}
    return dict(found)


def _cookie() -> str:
    return "__Host-device" if settings().https else "device"


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().key("session"), salt="device", signer=NearSigner)
