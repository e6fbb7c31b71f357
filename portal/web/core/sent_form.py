"""What forms share that a citizen sends to an organisation: letters and applications."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

from flask_babel import gettext as _
from wtforms import EmailField, Field, HiddenField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from portal.domain.errors import InvalidInput
from portal.queries.office.directory import Place
from portal.web.core.typed import form_token, is_email, is_phone
from portal.web.core.typed_place import TypedPlace

Groups = Iterable[tuple[str, Sequence[Any]]]
"""Organisations to choose from, by the name of their group."""


class SentForm(TypedPlace):
    """Mixed into a form with an organisation, ways to be reached and the token of the form."""

    email: EmailField
    form_token: HiddenField
    _fields: dict[str, Field]
    main: str
    """The field that takes errors which belong to no other."""

    def list_organisations(
        self, empty: str, groups: Groups, chosen: Place | None, unclear: str | None
    ) -> None:
        """Offer organisations by group, and ``chosen`` where it is not among them.

        ``empty`` is what choosing none is called; ``unclear`` says why an organisation typed by
        name was not understood.
        """
        self.unclear = unclear
        self.organisation.choices = [SelectChoice("", empty)]
        grouped = [(name, list(rows)) for name, rows in groups]
        listed = {str(each.id) for _name, rows in grouped for each in rows}
        if chosen and str(chosen.id) not in listed:
            self.organisation.choices.append(
                SelectChoice(str(chosen.id), chosen.path, optgroup=_("已选"))
            )
        for name, rows in grouped:
            self.organisation.choices += [
                SelectChoice(str(each.id), each.name, optgroup=name) for each in rows
            ]
        self.form_token.data = form_token(self.form_token.data)

    def check_phone(self, field: Field, others: Sequence[Field], missing: str) -> None:
        """One way to reach the citizen is needed, any will do; ``missing`` is said without one."""
        if not field.data:
            if not any(other.data for other in others):
                raise ValidationError(missing)
        elif not is_phone(field.data):
            raise ValidationError(
                _("请填 11 位手机号码，或带区号的座机号码，例如 023-63151234；也可以只留邮箱。")
            )

    def validate_email(self, field: Field) -> None:
        """An address that mail could reach."""
        if field.data and not is_email(field.data):
            raise ValidationError(_("邮箱的写法不对，应当像 name@example.com 这样。"))

    def carried(self) -> dict[str, str]:
        """Return every field as hidden values for the preview, in the order of the page."""
        return {
            name: str(field.data or "")
            for name, field in self._fields.items()
            if field.type != "CSRFTokenField"
        }

    def submission_key(self) -> str:
        """Return what makes one of two clicks: the form's token and what it says.

        The content belongs to it, so that a page sent again after its text was changed is one of
        its own and not swallowed.
        """
        said = "\0".join(self.carried().values())
        return f"{self.form_token.data}.{sha256(said.encode()).hexdigest()[:32]}"

    def put(self, error: InvalidInput) -> None:
        """Put an error of the service at its field."""
        field = self._fields.get(error.field, self._fields[self.main])
        field.errors = [*field.errors, _(str(error))]
