"""Reading the mails with which mail servers say that a message did not arrive (RFC 3464)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import compat32

from portal.domain.messages.states import MessageState

_KEY = re.compile(r"[0-9a-f]{32}")
_STATUS = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})\b")
_TO = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
"""Headers that name the address to which a bounce came."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """Which message did not arrive, and the state that it has by that."""

    key: str
    state: MessageState


def read_bounce(content: bytes) -> Bounce | None:
    """Return what a mail says of a message of ours; ``None`` for any other mail, as for one that is delayed.

    The message is known by the address to which the bounce came (``bounces+KEY@…``), or by the
    Message-ID in what the server returns of it. ``content`` may be cut off.
    """
    mail = message_from_bytes(content, policy=compat32)
    if mail.get_content_type() != "multipart/report":
        return None
    states = [state for fields in _fields(mail) if (state := _state(fields)) is not None]
    key = _key_of_address(mail) or _key_of_original(mail)
    return Bounce(key, states[0]) if states and key else None


def _parts(mail: Message) -> Iterator[Message]:
    return (part for part in mail.walk() if part is not mail)


def _fields(mail: Message) -> Iterator[Message]:
    """Yield the groups of fields of a report: one for the message, then one for each recipient."""
    for part in _parts(mail):
        if part.get_content_type() == "message/delivery-status":
            groups = part.get_payload()
            if isinstance(groups, list):
                yield from (group for group in groups if isinstance(group, Message))


def _state(fields: Message) -> MessageState | None:
    """Return the state of a recipient whose message failed, by its status code (RFC 3463)."""
    if str(fields.get("Action", "")).strip().lower() != "failed":
        return None
    found = _STATUS.match(str(fields.get("Status", "")))
    if found is None:
        return MessageState.FAILED
    kind, subject, detail = found.groups()
    if kind != "5":
        return MessageState.NOT_ACCEPTING
    if subject == "1" or (subject, detail) == ("2", "1"):
        return MessageState.NO_SUCH_ADDRESS
    return MessageState.NOT_ACCEPTING if subject == "2" else MessageState.FAILED


def _key_of_address(mail: Message) -> str:
    for name in _TO:
        for value in mail.get_all(name, ()):
            found = re.search(r"\+([0-9a-f]{32})@", str(value))
            if found:
                return found[1]
    return ""


def _key_of_original(mail: Message) -> str:
    """Return the key of the message whose headers, or which itself, the server returns."""
    for part in _parts(mail):
        kind = part.get_content_type()
        if kind in ("text/rfc822-headers", "message/rfc822-headers"):
            payload = part.get_payload(decode=True)
            original: object = message_from_bytes(payload if isinstance(payload, bytes) else b"")
        elif kind == "message/rfc822":
            inner = part.get_payload()
            original = inner[0] if isinstance(inner, list) and inner else None
        else:
            continue
        if isinstance(original, Message):
            found = _KEY.search(str(original.get("Message-ID", "")))
            if found:
                return found[0]
    return ""
