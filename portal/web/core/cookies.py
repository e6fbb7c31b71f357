"""Cookies with a moment in them, for clocks that are not exact.

The clock of a server may be put back, and those of two servers differ by seconds. A cookie signed
by the other one then comes from the future, which itsdangerous takes for expired: everybody would
be logged out and every open form refused.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import SignatureExpired, TimestampSigner, URLSafeTimedSerializer


class NearSigner(TimestampSigner):
    """Believes a signature for as long before the moment of its signing as after it."""

    def unsign(
        self,
        signed_value: str | bytes,
        max_age: int | None = None,
        return_timestamp: bool = False,
    ) -> Any:
        """Return the signed value, with the moment where it is asked for.

        Raises ``BadSignature`` for one that is wrong, or older or further ahead than ``max_age``
        seconds.
        """
        value, moment = super().unsign(signed_value, return_timestamp=True)
        age = self.get_timestamp() - int(moment.timestamp())
        if max_age is not None and abs(age) > max_age:
            raise SignatureExpired(f"{age} seconds", payload=value, date_signed=moment)
        return (value, moment) if return_timestamp else value


class NearSessions(SecureCookieSessionInterface):
    """Flask's sessions in a signed cookie, signed by :class:`NearSigner`."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return what signs the cookies of ``app``."""
        serializer = super().get_signing_serializer(app)
        if serializer is not None:
            serializer.signer = NearSigner
        return serializer
