"""The filters of the inbox, read from the address."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import Optional

from portal.domain.letters.kinds import Kind
from portal.queries.letters.inbox import SORT_LABELS
from portal.web.core.fields import DayField
from portal.web.core.language import label

WORDS_MAX = 60


class FilterForm(FlaskForm):  # type: ignore[misc]
    """What narrows a list; nothing here can fail, what is not understood is left out."""

    class Meta:
        """Reading needs no token."""

        csrf = False

    q = StringField(_l("编号或标题"))
    kind = SelectField(_l("类别"), validate_choice=False)
    organisation = SelectField(_l("承办单位（含下级）"), validate_choice=False)
    received_from = DayField(_l("收到日期从"), [Optional()])
    received_to = DayField(_l("到"), [Optional()])
    sort = SelectField(_l("排序"), validate_choice=False)

    def offer(self, organisations: list[Any]) -> None:
        """Offer kinds, orders and ``organisations`` to choose from."""
        self.kind.choices = [("", _("全部类别"))] + [(k.value, label(k)) for k in Kind]
        self.sort.choices = [("", _("默认顺序"))] + [
            (sort.value, _(words)) for sort, words in SORT_LABELS.items()
        ]
        self.organisation.choices = [("", _("全部单位"))] + [
            (str(each.id), each.name) for each in organisations
        ]
