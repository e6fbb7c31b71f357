"""The form under a public entry: what is wrong with it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import DataRequired

from portal.services.archive.feedback import NOTICE_MAX
from portal.web.core.fields import TextField
from portal.web.core.forms import Form
from portal.web.core.typed import at_most


class NoticeForm(Form):
    """A notice of a reader that something is wrong with an entry."""

    fallback = "text"
    text = TextField(
        _l("哪里有问题"),
        [DataRequired(_l("请写下哪里有问题。")), at_most(NOTICE_MAX)],
    )
