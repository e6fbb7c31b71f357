"""The filters of the inbox, read from the address."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional

from portal.domain.errors import N_
from portal.domain.letters.kinds import Kind
from portal.models import Organisation
from portal.queries.letters.inbox import Sort
from portal.web.core.fields import DayField, EnumListField, LineField, ListField
from portal.web.core.forms import FilterForm

WORDS_MAX = 60


class InboxFilterForm(FilterForm):
    """The filters of the inbox."""

    q = LineField(_l("编号或标题"))
    kind = EnumListField(_l("类别"), Kind, N_("全部类别"))
    organisation = ListField(_l("承办单位（含下级）"), validate_choice=False)
    received_from = DayField(_l("收到日期从"), [Optional()])
    received_to = DayField(_l("到"), [Optional()])
    sort = ListField(_l("排序"), validate_choice=False)

    def offer(self, organisations: Sequence[Organisation]) -> None:
        """Offer orders and ``organisations`` to choose from."""
        self.sort.choices = [("", _("默认顺序"))] + [(sort.value, _(sort.label)) for sort in Sort]
        self.organisation.choices = [("", _("全部单位"))] + [
            (str(each.id), each.name) for each in organisations
        ]
