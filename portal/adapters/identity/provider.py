"""Signing in with an identity provider: the code flow of OpenID Connect with PKCE.

What the provider says is believed only with a signature by one of its keys, for this client and
for the request that was made (issuer, audience, nonce, time).
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from portal.identity_settings import IdentityProvider

try:
    import requests
    from authlib.common.errors import AuthlibBaseError
    from authlib.integrations.requests_client import OAuth2Session
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet
except ImportError:
    # The extra identity is not installed; settings refuse a provider then.
    requests = None  # type: ignore[assignment]

_SIGNED_WITH = [
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
]
"""Signatures by a key that the provider alone has; neither none nor a shared secret."""
_FRESH_SECONDS = 3_600
"""How long what a provider says of itself is kept."""
_LEEWAY_SECONDS = 60
_MOST_GROUPS, _TEXT_MOST = 1_000, 200
_SUBJECT_MOST = 255
"""Characters of a subject (OpenID Connect Core, section 2)."""


class ProviderAway(Exception):
    """The provider does not answer, or not with what OpenID Connect asks for."""


class ProviderRefused(Exception):
    """What came back does not prove who somebody is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a browser has to bring back, kept in its session meanwhile."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signed in: ``issuer`` and ``subject`` name a person for good, the rest may change."""

    issuer: str
    subject: str
    username: str
    name: str
    groups: frozenset[str]


class Provider:
    """A provider and what it says of itself; safe to share between threads."""

    def __init__(self, settings: IdentityProvider) -> None:
        self.settings = settings
        self._said: Mapping[str, Any] = {}
        self._keys: Any = None
        self._at = 0.0

    def ask(self, back: str) -> Asked:
        """Return the address at which somebody signs in, who then comes to the address ``back``.

        Raises :class:`ProviderAway`.
        """
        said, verifier, nonce = (
            self._description(),
            secrets.token_urlsafe(48),
            secrets.token_urlsafe(24),
        )
        with self._client(back) as client:
            address, state = client.create_authorization_url(
                said["authorization_endpoint"], nonce=nonce, code_verifier=verifier
            )
        return Asked(address, state, nonce, verifier)

    def identity(self, asked: Asked, back: str, answer: Mapping[str, str]) -> Identity:
        """Return who came back with ``answer``, the query of the address.

        Raises :class:`ProviderAway`, or :class:`ProviderRefused` where the answer proves nothing.
        """
        if answer.get("error") or not answer.get("code"):
            raise ProviderRefused(answer.get("error") or "no code")
        if not secrets.compare_digest(answer.get("state", ""), asked.state):
            raise ProviderRefused("another state")
        said = self._description()
        if answer.get("iss", said["issuer"]) != said["issuer"]:
            raise ProviderRefused("another issuer")
        try:
            with self._client(back) as client:
                token = client.fetch_token(
                    said["token_endpoint"], code=answer["code"], code_verifier=asked.verifier
                )
                claims = self._claims(token, asked.nonce)
                more = self._user_info(client, said, claims["sub"])
        except requests.RequestException as error:
            raise ProviderAway(type(error).__name__) from error
        except (AuthlibBaseError, JoseError, KeyError, TypeError, ValueError) as error:
            raise ProviderRefused(type(error).__name__) from error
        return self._identity({**more, **claims})

    def _claims(self, token: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
        signed = token["id_token"]
        try:
            read = jwt.decode(signed, self._key_set(), algorithms=_SIGNED_WITH)
        except (JoseError, ValueError):
            # A provider that changes its keys signs with one that is not known yet.
            read = jwt.decode(signed, self._key_set(again=True), algorithms=_SIGNED_WITH)
        params = {
            "nonce": nonce,
            "client_id": self.settings.client_id,
            "access_token": token.get("access_token"),
        }
        options = {
            "iss": {"essential": True, "value": self._said["issuer"]},
            "aud": {"essential": True, "value": self.settings.client_id},
            "sub": {"essential": True},
            "exp": {"essential": True},
            "nonce": {"essential": True, "value": nonce},
        }
        claims = CodeIDToken(read.claims, read.header, options, params)
        claims.validate(leeway=_LEEWAY_SECONDS)
        return dict(claims)

    def _user_info(self, client: Any, said: Mapping[str, Any], subject: str) -> Mapping[str, Any]:
        if not said.get("userinfo_endpoint"):
            return {}
        answer = client.get(said["userinfo_endpoint"])
        answer.raise_for_status()
        more = answer.json()
        if more.get("sub") != subject:
            raise ProviderRefused("another subject")
        return dict(more)

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        groups = claims.get(self.settings.groups_claim) or ()
        listed = [groups] if isinstance(groups, str) else groups
        subject = str(claims["sub"])
        if not isinstance(listed, list | tuple):
            raise ProviderRefused("no list of groups")
        if len(subject) > _SUBJECT_MOST or len(listed) > _MOST_GROUPS:
            raise ProviderRefused("too long")
        return Identity(
            issuer=self.settings.issuer,
            subject=subject,
            username=str(claims.get(self.settings.username_claim) or "")[:_TEXT_MOST],
            name=str(claims.get("name") or "")[:_TEXT_MOST],
            groups=frozenset(map(str, listed)),
        )

    def _description(self) -> Mapping[str, Any]:
        if not self._said or time.monotonic() - self._at > _FRESH_SECONDS:
            said = self._fetch(f"{self.settings.issuer}/.well-known/openid-configuration")
            wanted = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
            if any(not isinstance(said.get(name), str) for name in wanted):
                raise ProviderAway("incomplete")
            if said["issuer"].rstrip("/") != self.settings.issuer:
                raise ProviderAway("another issuer")
            self._said, self._keys, self._at = said, None, time.monotonic()
        return self._said

    def _key_set(self, *, again: bool = False) -> Any:
        if self._keys is None or again:
            shown: Any = self._fetch(self._said["jwks_uri"])
            self._keys = KeySet.import_key_set(shown)
        return self._keys

    def _fetch(self, address: str) -> dict[str, Any]:
        try:
            answer = requests.get(address, timeout=self.settings.seconds)
            answer.raise_for_status()
            said = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise ProviderAway(type(error).__name__) from error
        if not isinstance(said, dict):
            raise ProviderAway("no object")
        return said

    def _client(self, back: str) -> Any:
        return OAuth2Session(
            self.settings.client_id,
            self.settings.client_secret.get_secret_value() or None,
            scope=self.settings.scopes,
            redirect_uri=back,
            code_challenge_method="S256",
            default_timeout=self.settings.seconds,
        )


@cache
def provider(settings: IdentityProvider) -> Provider:
    """Return the provider of these settings, one for each process."""
    return Provider(settings)
