"""The form under a public entry: what is wrong with it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired

from portal.services.archive.feedback import NOTICE_MAX
from portal.services.core.typed_text import clean
from portal.web.core.typed import at_most


class NoticeForm(FlaskForm):  # type: ignore[misc]
    """What is wrong with an entry."""

    text = TextAreaField(
        _l("哪里有问题"),
        filters=[clean],
        validators=[DataRequired(_l("请写下哪里有问题。")), at_most(NOTICE_MAX)],
    )
