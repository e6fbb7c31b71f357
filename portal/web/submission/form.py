"""The form of a submission to an organisation.

Letters and applications for disclosure, on the web and at the counter, are subclasses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, ValidationError

from portal.domain.whole_numbers import whole_number
from portal.models import Organisation, db
from portal.queries.office.directory import Place, named_organisations, nearest_organisations
from portal.web.core import fields
from portal.web.core.clock import today
from portal.web.core.forms import Form
from portal.web.core.typed import WORDS_MAX, form_token
from portal.web.submission.files_field import FilesField

UNKNOWN = "unknown"
"""Value of the choice "I don't know" among organisations that fit a name typed by hand."""
Groups = Iterable[tuple[str, Sequence[Organisation]]]
"""Organisations to choose from, by the name of their group."""


class ChosenOrTyped(DataRequired):  # type: ignore[misc]
    """An organisation is needed, chosen in the list or typed; what was typed has its own error."""

    def __call__(self, form: SubmissionForm, field: Field) -> None:
        """Ask for a choice where nothing was typed either."""
        if not form.organisation_words.data:
            super().__call__(form, field)


class SubmissionForm(Form):
    """A form with an organisation, ways to reach its sender, and a token against double clicks.

    The organisation is chosen in a list or, without script, typed by name: ``organisation_meant``
    then offers what the words may mean. A subclass declares the fields in the order of its page.
    """

    organisation: fields.ListField
    organisation_words: fields.LineField
    organisation_meant: fields.OneOfField
    files: FilesField
    phone: fields.PhoneField
    email: fields.MailField
    form_token: fields.HiddenTextField
    unclear: str = ""
    """The reason why the name typed by hand was not understood."""
    kept: bool = False
    """Whether it was filled with what was kept of it, so that no draft need be offered."""
    none: ClassVar[str]
    """Label of the choice of no organisation."""
    may_be_unknown: ClassVar[bool] = False
    """Whether nobody need know which of the organisations that fit a name is meant."""
    unlike_any: ClassVar[object] = _l("没有叫“%(words)s”的单位，请换个写法，或者到单位名录里找。")
    """Message where no organisation has a name near the one typed."""

    def __init__(self, **given: object) -> None:
        super().__init__(**given)
        self.form_token.data = form_token(self.form_token.data)

    @property
    def token(self) -> str:
        """The token against double clicks, which is also in the addresses of form and preview."""
        return self.form_token.value

    @property
    def organisation_id(self) -> int | None:
        """The organisation chosen, or ``None`` for none and for what is no id."""
        return whole_number(self.organisation.data)

    def resolve_name(self) -> None:
        """Choose the organisation typed by name, or offer the nearest names and note why.

        One that alone bears the name, or was chosen among those offered, is taken. Nothing is
        guessed where several fit, where none does, or where another one stands chosen in the list.
        Where nobody need know the organisation, words that name none go along as they are.
        """
        words = self.organisation_words.data
        if not words or len(words) > WORDS_MAX:
            return
        found = named_organisations(db.session(), words, today())
        offered = found or nearest_organisations(db.session(), words, today())
        wanted = (whole_number(self.organisation_meant.data), self.organisation_id)
        meant = [place for chosen in wanted for place in offered if place.id == chosen]
        if len(found) == 1 and self.organisation_id is None:
            meant += found
        if meant:
            self._choose(str(meant[0].id))
            return
        nothing_near = not offered and self.organisation_id is None
        if self.may_be_unknown and (self.organisation_meant.data == UNKNOWN or nothing_near):
            # The words stay, for whoever finds out which organisation is meant.
            self.organisation.data, self.organisation_meant.data = "", UNKNOWN
        else:
            self.unclear = str(self._why(found, offered)) % {"words": words}
        if not offered:
            return
        meanings = [SelectChoice(str(place.id), place.path) for place in offered]
        if self.may_be_unknown:
            meanings.append(SelectChoice(UNKNOWN, _(self.none)))
        self.organisation_meant.choices = meanings

    @property
    def words_not_found(self) -> str:
        """The name typed by hand where no organisation is chosen for it."""
        return self.organisation_words.data if self.organisation_id is None else ""

    def _choose(self, organisation: str) -> None:
        self.organisation.data = organisation
        self.organisation_words.data, self.organisation_meant.data = "", None

    def _why(self, found: Sequence[Place], offered: Sequence[Place]) -> object:
        if self.organisation_id is not None:
            return _l("列表里选的单位和写的“%(words)s”不是同一个，请在这里选定。")
        if found:
            return _l("名称里有“%(words)s”的单位不止一个，请选一个。")
        if offered:
            return _l("没有叫“%(words)s”的单位。下面是名称最接近的，请选一个。")
        return self.unlike_any

    def offer_organisations(self, groups: Groups, chosen: Place | None) -> None:
        """Offer organisations by group, and ``chosen`` where it is not among them."""
        choices = [
            SelectChoice(str(each.id), each.name, optgroup=name)
            for name, rows in groups
            for each in rows
        ]
        if chosen and str(chosen.id) not in {choice.value for choice in choices}:
            choices.insert(0, SelectChoice(str(chosen.id), chosen.path, optgroup=_("已选")))
        self.organisation.choices = [SelectChoice("", _(self.none)), *choices]

    def validate_organisation_words(self, field: Field) -> None:
        """Refuse a name that was typed by hand and not understood."""
        if self.unclear:
            raise ValidationError(self.unclear)

    def carried(self) -> dict[str, str]:
        """Return every field as hidden values for the preview, in the order of the page."""
        return {
            name: ("y" if field.data is True else str(field.data or ""))
            for name, field in self._fields.items()
            if field.type != "CSRFTokenField"
        }

    def submission_key(self) -> str:
        """Return the key that makes one of two clicks: the form's token and a hash of its values.

        The hash makes a page sent again with another text a submission of its own.
        """
        said = "\0".join(self.carried().values())
        return f"{self.token}.{sha256(said.encode()).hexdigest()[:32]}"
