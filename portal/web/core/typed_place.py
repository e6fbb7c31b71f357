"""What forms share that take an organisation typed by name beside the list of organisations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, ValidationError

from portal.domain.whole_numbers import whole_number
from portal.queries.office.directory import Place

WORDS_MAX = 50
UNKNOWN = "unknown"
"""Value of the choice "I don't know" among organisations that fit a name typed by hand."""


class ChosenOrTyped(DataRequired):  # type: ignore[misc]
    """An organisation is needed, chosen in the list or typed; what was typed has its own error."""

    def __call__(self, form: TypedPlace, field: Field) -> None:
        """Ask for a choice where nothing was typed either."""
        words = form.organisation_words
        if not (words and words.data):
            super().__call__(form, field)


class TypedPlace:
    """Mixed into a form with the fields ``organisation``, ``organisation_words`` and
    ``organisation_meant``; the last offers what the words may mean."""

    organisation: SelectField
    organisation_words: StringField
    organisation_meant: RadioField
    unclear: str | None = None
    """Why what was typed was not understood."""
    nothing_near: Any = _l("没有叫“%(words)s”的单位，请换个写法，或者到单位名录里找。")
    """What is said where no name is even near the words."""

    @property
    def organisation_id(self) -> int | None:
        """The organisation chosen, or ``None`` for none and for what is no id."""
        return whole_number(self.organisation.data)

    def take(self, organisation_id: int | None) -> None:
        """Put what was typed by name in place of a choice from the list."""
        self.organisation.data = str(organisation_id or "")
        self.organisation_words.data, self.organisation_meant.data = "", None

    def offer(self, near: Sequence[Place]) -> None:
        """Offer organisations that a name typed by hand may mean."""
        self.organisation_meant.choices = [
            SelectChoice(str(place.id), place.path) for place in near
        ]

    def validate_organisation_words(self, field: Field) -> None:
        """A name typed by hand must be understood, or be chosen among the nearest."""
        if self.unclear:
            raise ValidationError(self.unclear)
