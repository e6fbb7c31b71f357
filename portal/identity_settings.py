"""The settings of identity providers (OpenID Connect) with which people sign in.

They are part of :class:`portal.config.Settings`. Without them staff log in with passwords, and
citizens open their letters with number and query code alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

from portal.setting_values import ROLES


class RoleRule(BaseModel):
    """A rule: who is in ``group`` at the provider holds ``role`` at ``organisation`` (its code)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    group: str = Field(min_length=1)
    role: str
    organisation: str = Field(min_length=1)

    @field_validator("role")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in ROLES:
            raise ValueError(f"must be one of {', '.join(ROLES)}")
        return value


class IdentityProvider(BaseModel):
    """A provider: its issuer, what the letterbox is called there, and what its claims mean."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str
    client_id: str = Field(min_length=1)
    client_secret: SecretStr = SecretStr("")
    name: str = Field(default="统一身份认证", min_length=1, max_length=40)
    scopes: str = "openid profile"
    username_claim: str = "preferred_username"
    groups_claim: str = "groups"
    roles: tuple[RoleRule, ...] = ()
    seconds: int = Field(default=5, ge=1, le=30)

    @field_validator("issuer")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value)
        local = parts.hostname in ("localhost", "127.0.0.1", "::1")
        if not parts.hostname or parts.scheme not in (("https", "http") if local else ("https",)):
            raise ValueError("must be an address such as https://id.example.gov")
        return value.rstrip("/")

    @field_validator("scopes")
    @classmethod
    def _openid(cls, value: str) -> str:
        if "openid" not in value.split():
            raise ValueError("must hold openid")
        return value


class IdentitySettings(BaseSettings):
    """Who signs people in."""

    staff_identity: IdentityProvider | None = Field(
        default=None,
        description="Provider with which staff sign in, a table with issuer, client_id, "
        "client_secret and roles; needs the extra identity.",
    )
    citizen_identity: IdentityProvider | None = Field(
        default=None,
        description="Provider with which citizens may sign in to find all their letters; needs "
        "the extra identity.",
    )
    staff_passwords: bool = Field(
        default=True, description="Whether staff may log in with a password of the letterbox."
    )

    @model_validator(mode="after")
    def _usable(self) -> IdentitySettings:
        for name in self._identities():
            if find_spec("authlib") is None:
                raise ValueError(
                    f"{name}: needs the Python package authlib: pip install "
                    "public-letterbox[identity]"
                )
        if self.staff_identity and not self.staff_identity.roles:
            raise ValueError(
                "staff_identity: needs roles, such as "
                '[{group = "clerks", role = "handler", organisation = "office"}]'
            )
        if not self.staff_passwords and self.staff_identity is None:
            raise ValueError("staff_passwords: nobody could log in without staff_identity")
        return self

    def _identities(self) -> Iterator[str]:
        if self.staff_identity:
            yield "staff_identity"
        if self.citizen_identity:
            yield "citizen_identity"
