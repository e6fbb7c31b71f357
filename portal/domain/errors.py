"""What can go wrong, as a tree; every message is a sentence a person can act on.

    LetterboxError
    ├── NotFound            no such thing, or not for this actor (the two look alike on purpose)
    ├── NotPermitted        the actor's grants do not cover the action
    ├── ActionNotAllowed    the transition table or one of its guards says no
    ├── Conflict            somebody changed the letter since the page was loaded
    ├── InvalidInput        a value is missing or wrong; carries the field
    └── Unavailable         a part of the letterbox is down; what was typed must be kept

Messages are zh-CN source text, marked with ``N_`` and translated at the edge.
"""

from __future__ import annotations

from portal.domain.translatable import Message


def N_(text: str) -> str:  # noqa: N802 - the name gettext tools look for
    """Mark ``text`` for the message catalogue without translating it here."""
    return text


class LetterboxError(Exception):
    """Base of all errors; ``message`` can be translated, ``str()`` is it in Chinese.

    ``said`` is the message of errors that are raised without one.
    """

    said = ""

    def __init__(self, message: Message | str = "") -> None:
        self.message = message or self.said
        super().__init__(str(self.message))


class NotFound(LetterboxError):
    """There is no such thing for this actor."""

    said = N_("没有找到，请核对后再试。")


class NotPermitted(LetterboxError):
    """The actor may not do this."""

    said = N_("您没有进行这项操作的权限。")


class ActionNotAllowed(LetterboxError):
    """The state of the letter does not allow the action now."""


class Conflict(LetterboxError):
    """The letter was changed meanwhile."""

    said = N_("这封信刚被其他人处理过，请查看最新情况后再操作。")


class InvalidInput(LetterboxError):
    """The value of ``field`` cannot be used."""

    def __init__(self, field: str, message: Message | str) -> None:
        super().__init__(message)
        self.field = field


class Unavailable(LetterboxError):
    """A needed part does not answer at the moment."""
