"""Forms about something that others may change meanwhile: they carry the version looked at.

Several stand on one page, so every id carries the name of its form.
"""

from __future__ import annotations

from typing import Any, Protocol

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length
from wtforms.widgets import HiddenInput

from portal.domain.errors import InvalidInput
from portal.services.core.typed_text import REASON_MAX, clean


def cleaned(text: str | None) -> str | None:
    """Count what will be kept: line ends as one, no control characters."""
    return clean(text) if text else text


def reason_field(words: Any, required: Any = None, most: int = REASON_MAX) -> TextAreaField:
    """Return a text of up to ``most`` characters; ``required`` is what to say where it is empty."""
    rules = [Length(max=most, message=_l("内容太长，请删减到 %(n)s 字以内。", n=most))]
    if required:
        rules.insert(0, DataRequired(required))
    return TextAreaField(words, rules, filters=[cleaned])


class VersionField(IntegerField):  # type: ignore[misc]
    """A hidden version; one that is no number fits nothing, so it ends as a conflict."""

    widget = HiddenInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number, or take what no letter ever has."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = -1


class Versioned(Protocol):
    """What a form is about; ``version`` counts its changes."""

    @property
    def version(self) -> int: ...


class VersionedForm(FlaskForm):  # type: ignore[misc]
    """What every such form sends: the version that was looked at."""

    version = VersionField()

    def __init__(self, slug: str, held: Versioned, action: Any, **given: Any) -> None:
        """Read what was sent, or with ``formdata=None`` begin an empty form about ``held``."""
        super().__init__(**given)
        self.slug, self.held, self.action = slug, held, action
        for each in self:
            each.id = f"{slug}-{each.short_name}"
            each.label.field_id = each.id
        self.bound = "formdata" not in given and bool(self.is_submitted())
        if not self.bound:
            self.version.data = held.version
        self.prepare()

    def prepare(self) -> None:
        """Fill in what depends on what the form is about."""

    def freshen(self) -> None:
        """Carry the present version, so that the form can be sent again."""
        self.version.raw_data, self.version.data = None, self.held.version

    @property
    def seen(self) -> int:
        """The version that was looked at; what is missing or forged fits none."""
        return self.version.data if isinstance(self.version.data, int) else -1

    def put(self, error: InvalidInput) -> None:
        """Put an error of a service at its field, or above the form where it has none."""
        where = self._fields.get(error.field)
        if where is None:
            self.form_errors.append(_(str(error)))
        else:
            complain(where, _(str(error)))

    def typed(self) -> list[tuple[str, str]]:
        """Return what was written, by label, to be copied where the form is gone."""
        texts = (each for each in self if isinstance(each, StringField) and each.data)
        written = (each for each in texts if not isinstance(each.widget, HiddenInput))
        return [(str(each.label.text), str(each.data)) for each in written]


def complain(where: Field, message: str) -> None:
    """Add an error to a field."""
    where.errors = [*where.errors, message]
