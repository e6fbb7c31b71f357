"""Forms about something that others may change meanwhile: they carry the version looked at.

Several stand on one page, so every id carries the name of its form.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from wtforms import Field, IntegerField, StringField
from wtforms.widgets import HiddenInput

from portal.services.core.typed_text import REASON_MAX
from portal.web.core.fields import TextField
from portal.web.core.forms import Form


def reason_field(words: object, required: object = None, most: int = REASON_MAX) -> TextField:
    """Return a text of up to ``most`` characters; ``required`` is the message where it is empty."""
    return TextField(words, required, most)


class VersionField(IntegerField):  # type: ignore[misc]
    """A hidden version; one that is no number fits nothing, which is a conflict."""

    data: int | None
    widget = HiddenInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number, or set -1, which no letter has."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = -1


class Versioned(Protocol):
    """The subject of a form; ``version`` counts its changes."""

    @property
    def version(self) -> int: ...


class VersionedForm(Form):
    """A form that sends the version of its subject that the page showed."""

    version = VersionField()

    def __init__(self, slug: str, held: Versioned, action: StrEnum, **given: object) -> None:
        """Read what was sent, or with ``formdata=None`` begin an empty form about ``held``."""
        super().__init__(**given)
        self.slug, self.held, self.action = slug, held, action
        for each in self:
            each.id = f"{slug}-{each.short_name}"
            each.label.field_id = each.id
        self.bound = "formdata" not in given and self.is_submitted()
        if not self.bound:
            self.version.data = held.version
        self.prepare()

    def prepare(self) -> None:
        """Fill in the parts that depend on the subject of the form."""

    def freshen(self) -> None:
        """Carry the present version, so that the form can be sent again."""
        self.version.raw_data, self.version.data = None, self.held.version

    @property
    def seen(self) -> int:
        """The version that the page showed; a missing or forged one fits none."""
        return -1 if self.version.data is None else self.version.data

    def typed(self) -> list[tuple[str, str]]:
        """Return the input by label, for copying where the form is no longer possible."""
        texts = (each for each in self if isinstance(each, StringField) and each.data)
        written = (each for each in texts if not isinstance(each.widget, HiddenInput))
        return [(str(each.label.text), str(each.data)) for each in written]


def complain(where: Field, message: str) -> None:
    """Add an error to a field."""
    where.errors = [*where.errors, message]
