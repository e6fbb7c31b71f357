"""Small forms of an applicant with a request for disclosure."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired

from portal.domain.letters.states import TEXT_MAX
from portal.services.core.typed_text import clean
from portal.web.core.typed import at_most


class CompletionForm(FlaskForm):  # type: ignore[misc]
    """What the applicant adds to the request."""

    text = TextAreaField(
        _l("补正的内容"),
        filters=[clean],
        validators=[DataRequired(_l("请写下要补正的内容。")), at_most(TEXT_MAX)],
    )
