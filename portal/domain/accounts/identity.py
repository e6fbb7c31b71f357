"""What an identity provider says of a person: who it is for good, and which roles follow."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Set
from typing import Protocol

from portal.domain.access import Role


class Rule(Protocol):
    """Who is in ``group`` holds ``role`` at the organisation with this code."""

    @property
    def group(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def organisation(self) -> str: ...


def roles_by_rule(groups: Set[str], rules: Iterable[Rule]) -> set[tuple[Role, str]]:
    """Return the roles, each with the code of its organisation, that follow from ``groups``."""
    return {(Role(rule.role), rule.organisation) for rule in rules if rule.group in groups}


def identity_key(issuer: str, subject: str) -> str:
    """Return the 64 hexadecimal digits by which an account knows its person at a provider."""
    return hashlib.sha256(f"{issuer}\0{subject}".encode()).hexdigest()


def citizen_key(key: bytes, issuer: str, subject: str) -> str:
    """Return the 64 hexadecimal digits by which letters know their sender at a provider.

    Without ``key`` they do not show who the sender is.
    """
    said = f"citizen-identity\0{issuer}\0{subject}".encode()
    return hmac.digest(key, said, hashlib.sha256).hex()
