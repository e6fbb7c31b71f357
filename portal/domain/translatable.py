"""Chinese texts kept as data in the domain and translated where they are shown.

A plain label is a string marked with ``N_``; a word of the domain carries its own. A text that
carries values is a ``Message``: the pages show ``gettext(message.template) % message.values``, so
that the catalogue holds one entry for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self


class Labelled(StrEnum):
    """A word of the domain: its stored value, its text on pages, and a hint that explains it.

    Members are written ``NAME = "value", N_("label"), N_("hint")``; what is left out is empty.
    """

    label: str
    hint: str

    def __new__(cls, value: str, label: str = "", hint: str = "") -> Self:
        """Return the member ``value``, which is all that compares and is stored."""
        word = str.__new__(cls, value)
        word._value_, word.label, word.hint = value, label, hint
        return word


@dataclass(frozen=True)
class Message:
    """A text with gaps: ``template`` has ``%(name)s`` placeholders, ``values`` fills them."""

    template: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the text in Chinese, with its gaps filled."""
        return self.template % self.values
