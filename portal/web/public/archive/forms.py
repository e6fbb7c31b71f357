"""The form under a public entry: what is wrong with it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.services.archive.feedback import NOTICE_MAX
from portal.web.core.fields import TextField
from portal.web.core.forms import Form


class NoticeForm(Form):
    """A notice of a reader that something is wrong with an entry."""

    fallback = "text"
    text = TextField(_l("哪里有问题"), _l("请写下哪里有问题。"), NOTICE_MAX)
