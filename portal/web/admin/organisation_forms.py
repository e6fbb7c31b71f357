"""Forms of the tree of organisations."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.domain.errors import N_
from portal.domain.organisations import CODE_MAX, OrganisationKind
from portal.models import Organisation
from portal.services.office.organisations import NAME_MAX, SHORT_NAME_MAX
from portal.web.admin.forms import OrganisationField
from portal.web.core.fields import DayField, EnumListField, LineField, TickField
from portal.web.core.forms import FilterForm, Form

_ON = _l("生效日期")
_ON_HINT = _l(
    "从这一天起按新的情况统计，之前的数字仍按旧的。可以是今天或更早的日子，不填就是今天。"
)


class OrganisationsFilterForm(FilterForm):
    """The filters of the table of organisations."""

    q = LineField(_l("名称、代码或上级单位"))
    kind = EnumListField(_l("类别"), OrganisationKind, N_("全部类别"))
    closed = TickField(_l("也列出已停用的单位"))


class _Named(Form):
    """An organisation's names."""

    name = LineField(_l("名称"), _l("请填写单位名称。"), NAME_MAX)
    short_name = LineField(
        _l("简称"),
        most=SHORT_NAME_MAX,
        description=_l("公众常用的叫法，查找单位时也能用。"),
    )


class NewOrganisationForm(_Named):
    """An organisation to be founded."""

    code = LineField(
        _l("代码"),
        _l("请填写单位代码。"),
        CODE_MAX,
        description=_l("字母、数字和 . _ -，在导入、接口和命令行中使用，以后不能更改。"),
    )
    kind = EnumListField(
        _l("类别"),
        OrganisationKind,
        N_("请选择"),
        _l("请选择类别。"),
        offered=[kind for kind in OrganisationKind if kind is not OrganisationKind.CITY_OFFICE],
    )
    parent = OrganisationField(_l("上级单位"), _l("请选择上级单位。"))
    founded_on = DayField(
        _l("设立日期"), description=_l("不填表示一直都有。统计从这一天起包括它。")
    )

    def __init__(self, **given: object) -> None:
        super().__init__(**given)
        self.parent.offer(_("请选择"))


class RenameForm(_Named):
    """Another name, from a day on."""

    on = DayField(_ON, description=_ON_HINT)


class MoveForm(Form):
    """Another superior, from a day on."""

    parent = OrganisationField(_l("新的上级单位"), _l("请选择上级单位。"))
    on = DayField(_ON, description=_ON_HINT)

    def __init__(self, organisation: Organisation, **given: object) -> None:
        super().__init__(**given)
        self.parent.offer(_("请选择"), organisation.path)


class CloseForm(Form):
    """The end of an organisation, and who takes over."""

    successor = OrganisationField(
        _l("承接单位"), description=_l("它的职责现在归谁，公示件和统计会指向那里。没有就不选。")
    )
    on = DayField(_l("停用日期"), description=_ON_HINT)

    def __init__(self, organisation: Organisation, **given: object) -> None:
        super().__init__(**given)
        self.successor.offer(_("没有承接单位"), organisation.path)
