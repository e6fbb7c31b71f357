"""The settings of the channels on which messages leave: mail, text messages, webhooks.

They are part of :class:`portal.config.Settings`. All channels are off until they are set.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_settings import BaseSettings

from portal.gaps import gaps

GATEWAY_GAPS = ("number", "text", "id", "template", "time")
"""What a gateway's request may hold; its signature may be in all parts but what it signs."""
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.fragment:
        raise ValueError("must be an address such as https://gateway.example/send")
    _port = parts.port  # raises ValueError where it is no number
    return value


def _webhook_secret(value: str) -> str:
    if not value:
        return value
    try:
        key = base64.b64decode(value.removeprefix("whsec_") + "==", validate=False)
    except binascii.Error as error:
        raise ValueError("must be whsec_ and a key in base64") from error
    if not value.startswith("whsec_") or not 24 <= len(key) <= 64:
        raise ValueError("must be whsec_ and a key of 24 to 64 bytes in base64")
    return value


def _only(allowed: Iterable[str], *texts: str) -> None:
    known = set(allowed)
    for text in texts:
        if unknown := gaps(text) - known:
            listed = ", ".join(f"{{{name}}}" for name in sorted(known))
            raise ValueError(f"unknown field {{{min(unknown)}}}; there are: {listed}")


class SmsGateway(BaseModel):
    """A gateway for text messages: the request that sends one, and how its answer is read.

    ``{number}``, ``{text}``, ``{id}`` (of the message), ``{template}`` (from ``templates``), ``{time}``
    (seconds since 1970) and ``{signature}`` are filled in; values in the body are escaped as its
    Content-Type asks.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    method: Literal["POST", "GET", "PUT"] = "POST"
    headers: dict[str, str] = {"Content-Type": "application/json"}
    body: str = ""
    templates: dict[str, str] = {}
    key: str = ""
    signed: str = ""
    digest: Literal["hex", "base64"] = "hex"
    accepted: str = ""
    unknown_number: str = ""
    reference: str = ""

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        return _web_address(value)

    @field_validator("url", "body")
    @classmethod
    def _fields(cls, value: str) -> str:
        _only((*GATEWAY_GAPS, "signature"), value)
        return value

    @field_validator("signed")
    @classmethod
    def _signed(cls, value: str) -> str:
        _only(GATEWAY_GAPS, value)
        return value

    @field_validator("headers")
    @classmethod
    def _headers(cls, value: dict[str, str]) -> dict[str, str]:
        _only((*GATEWAY_GAPS, "signature"), *value.values())
        for name, text in value.items():
            if not _TOKEN.fullmatch(name) or re.search(r"[\x00-\x1f\x7f]", text):
                raise ValueError(f"{name!r} is no header, or its value has line breaks")
        return value

    @field_validator("accepted", "unknown_number", "reference")
    @classmethod
    def _pattern(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"{value!r} is no regular expression: {error}") from error
        return value

    @model_validator(mode="after")
    def _whole(self) -> SmsGateway:
        used = gaps(self.url) | gaps(self.body) | gaps("".join(self.headers.values()))
        if missing := {"number"} - used:
            raise ValueError(f"neither url, headers nor body has {{{missing.pop()}}}")
        if not {"text", "template"} & used:
            raise ValueError("neither url, headers nor body has {text} or {template}")
        if "signature" in used and not (self.key and self.signed):
            raise ValueError("{signature} needs key and signed")
        return self


class Webhook(BaseModel):
    """Another system that learns what happened to letters, in the format of Standard Webhooks."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9-]{1,32}$")
    url: str
    secret: str
    events: tuple[str, ...] = ()

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        return _web_address(value)

    @field_validator("secret")
    @classmethod
    def _secret(cls, value: str) -> str:
        if not value:
            raise ValueError("must be whsec_ and a key in base64")
        return _webhook_secret(value)


class ChannelSettings(BaseSettings):
    """The settings of all channels."""

    smtp_host: str = Field(default="", description="Mail server that sends; empty: no mail.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Its port.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="How the connection is encrypted; a server without it gets no mail.",
    )
    smtp_user: str = Field(default="", description="Name with which to log in; empty: no login.")
    smtp_password: str = Field(default="", description="Password for that name.")
    mail_from: str = Field(
        default="", description="Sender of mails, such as 公开信箱 <letters@example.gov>."
    )
    bounce_address: str = Field(
        default="",
        description="Address to which mail servers return what did not arrive; + and the key of the "
        "message are added to its name. Empty: that of mail_from.",
    )
    bounces_host: str = Field(
        default="", description="IMAP server of that mailbox; empty: it is not read."
    )
    bounces_port: int = Field(default=993, ge=1, le=65535, description="Its port.")
    bounces_security: Literal["starttls", "tls", "none"] = Field(
        default="tls", description="How that connection is encrypted."
    )
    bounces_user: str = Field(default="", description="Name with which to log in there.")
    bounces_password: str = Field(default="", description="Password for that name.")
    bounces_folder: str = Field(default="INBOX", description="Folder that is read.")
    staff_mail_hour: int = Field(
        default=8,
        ge=0,
        le=23,
        description="Hour of working days, in Shanghai, from which on staff get digests and due dates, and subscribers mail.",
    )
    sms: tuple[SmsGateway, ...] = Field(
        default=(),
        max_length=4,
        description="Gateways for text messages, the preferred one first; none: no text messages.",
    )
    webhooks: tuple[Webhook, ...] = Field(
        default=(), max_length=16, description="Systems that learn what happens to letters."
    )
    send_seconds: float = Field(
        default=20, ge=1, le=60, description="Seconds a server or gateway has for one message."
    )
    receipts_secret: str = Field(
        default="",
        description="Key (whsec_…) with which delivery receipts and bounces are signed; without it "
        "none are taken.",
    )

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, value: str) -> str:
        if not value:
            return value
        name, address = parseaddr(value)
        try:
            Address(display_name=name, addr_spec=address)
        except (ValueError, IndexError):
            address = ""
        if "@" not in address or re.search(r"[\x00-\x1f]", value) or not address.isascii():
            raise ValueError("must be an address such as 公开信箱 <letters@example.gov>")
        return value

    @field_validator("bounce_address")
    @classmethod
    def _bounces(cls, value: str) -> str:
        try:
            if value and (not value.isascii() or "+" in Address(addr_spec=value).username):
                raise ValueError
        except (ValueError, IndexError) as error:
            raise ValueError("must be an address without +, such as bounces@example.gov") from error
        return value

    @field_validator("smtp_host", "bounces_host")
    @classmethod
    def _host(cls, value: str) -> str:
        if value and not re.fullmatch(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]", value):
            raise ValueError("must be the name of a mail server, such as smtp.example.gov")
        return value

    @field_validator("receipts_secret")
    @classmethod
    def _receipts(cls, value: str) -> str:
        return _webhook_secret(value)

    @field_validator("webhooks")
    @classmethod
    def _names(cls, value: tuple[Webhook, ...]) -> tuple[Webhook, ...]:
        names = [each.name for each in value]
        if len(set(names)) < len(names):
            raise ValueError("each needs a name of its own")
        return value

    @model_validator(mode="after")
    def _mail(self) -> ChannelSettings:
        if self.smtp_host and not self.mail_from:
            raise ValueError("smtp_host needs mail_from, the sender of mails")
        if self.bounces_host and not (self.bounces_user and self.bounces_password):
            raise ValueError("bounces_host needs bounces_user and bounces_password")
        if self.smtp_user and not self.smtp_password:
            raise ValueError("smtp_user needs smtp_password")
        return self
