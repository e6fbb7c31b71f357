"""What the forms of administration share: errors of services at their fields, a choice of place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.validators import InputRequired, ValidationError

from portal.domain.errors import InvalidInput
from portal.domain.whole_numbers import whole_number
from portal.models import db
from portal.queries.office.administration import organisation_choices

_INDENT = "　"


class AdminForm(FlaskForm):  # type: ignore[misc]
    """A form that is sent; what a service finds wrong is said at the field it names."""

    def put(self, error: InvalidInput) -> None:
        """Put an error of a service at its field, or above the form where it has none."""
        where = self._fields.get(error.field)
        if where is None:
            self.form_errors.append(_(str(error)))
        else:
            where.errors = [*where.errors, _(str(error))]

    def carry_out(self, act: Callable[[], Any]) -> bool:
        """Validate, then do ``act``; tell whether it was done."""
        if not self.validate():
            return False
        try:
            act()
        except InvalidInput as error:
            self.put(error)
            return False
        return True


class FilterForm(FlaskForm):  # type: ignore[misc]
    """What narrows a list, read from the address; what is not understood is left out."""

    class Meta:
        """Reading needs no token."""

        csrf = False


class ChoiceOfPlace(SelectField):  # type: ignore[misc]
    """An organisation in use, chosen from the whole tree; ``data`` is its id or ``None``.

    Script turns it into a field that finds as one types.
    """

    def __init__(self, words: Any, missing: Any = None, **given: Any) -> None:
        rules = [InputRequired(missing)] if missing else []
        super().__init__(words, rules, coerce=whole_number, choices=[], **given)

    def offer(self, first: Any, without: str | None = None) -> None:
        """Offer the tree, without the subtree at path ``without``; ``first`` stands for none."""
        self.choices = [("", first)] + [
            (number, _INDENT * depth + name)
            for number, name, depth in organisation_choices(db.session(), without)
        ]

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not in the list, in the words of the page."""
        forged = self.data is None and any(self.raw_data or ())
        if forged or self.data not in {value or None for value, _name in self.choices}:
            raise ValidationError(_("没有这个单位，或它已停用，请重新选择。"))
