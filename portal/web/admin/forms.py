"""An organisation as a field of the forms of administration."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from portal.domain.whole_numbers import whole_number
from portal.models import db
from portal.queries.office.administration import organisation_choices
from portal.web.core.fields import Filled

_INDENT = "　"


def _tree(none: str, without: str | None = None) -> list[SelectChoice]:
    return [
        SelectChoice("", _(none)),
        *(
            SelectChoice(str(number), _INDENT * depth + name)
            for number, name, depth in organisation_choices(db.session(), without)
        ),
    ]


class OrganisationField(Filled[int], SelectField):  # type: ignore[misc]
    """The id of an organisation in use, chosen from the whole tree.

    Script turns it into a field that finds as one types.
    """

    def __init__(self, label: object, none: str, missing: object = None, **given: Any) -> None:
        """Offer the tree; ``none`` stands for no choice."""
        super().__init__(label, missing, coerce=whole_number, choices=lambda: _tree(none), **given)
        self.none = none

    def leave_out(self, path: str) -> None:
        """Offer the tree without the subtree at ``path``."""
        self.choices = _tree(self.none, path)

    def pre_validate(self, form: object) -> None:
        """Refuse an organisation that is not in the list, with a message in the page's language."""
        forged = self.data is None and any(self.raw_data or ())
        if forged or str(self.data or "") not in {choice.value for choice in self.choices}:
            raise ValidationError(_("没有这个单位，或它已停用，请重新选择。"))
