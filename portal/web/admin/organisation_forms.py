"""Forms of the tree of organisations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask_babel import lazy_gettext as _l

from portal.domain.access import Actor
from portal.domain.errors import N_
from portal.domain.organisations import CODE_MAX, OrganisationKind
from portal.models import Organisation
from portal.services.office import organisations
from portal.services.office.organisations import (
    DUTIES_MAX,
    NAME_MAX,
    OFFICE_MAX,
    SHORT_NAME_MAX,
    Office,
)
from portal.web.admin.forms import OrganisationField
from portal.web.core.fields import DayField, EnumListField, LineField, TextField, TickField
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
    parent = OrganisationField(_l("上级单位"), N_("请选择"), _l("请选择上级单位。"))
    founded_on = DayField(
        _l("设立日期"), description=_l("不填表示一直都有。统计从这一天起包括它。")
    )

    def create(self, actor: Actor, now: datetime) -> int:
        """Create the organisation and return its id."""
        return organisations.create_organisation(
            self.code.data,
            self.name.data,
            self.kind.value,
            self.parent.value,
            actor,
            now,
            short_name=self.short_name.data,
            founded_on=self.founded_on.data,
        )


class ChangeForm(Form):
    """A change of an organisation."""

    def change(self, organisation_id: int, actor: Actor, now: datetime) -> None:
        """Carry out the change."""
        raise NotImplementedError


class RenameForm(ChangeForm, _Named):
    """Another name."""

    on = DayField(_ON, description=_ON_HINT)

    def __init__(self, organisation: Organisation) -> None:
        super().__init__(obj=organisation)

    def change(self, organisation_id: int, actor: Actor, now: datetime) -> None:
        """Give the organisation another name."""
        organisations.rename(
            organisation_id, self.name.data, self.short_name.data, actor, now, self.on.data
        )


class OfficeForm(ChangeForm):
    """Duties, address, telephones and opening hours."""

    duties = TextField(
        _l("职责"), most=DUTIES_MAX, description=_l("办什么、不办什么，写给来信人看。")
    )
    address = LineField(_l("办公地址"), most=OFFICE_MAX)
    telephone = LineField(
        _l("办公电话"),
        most=OFFICE_MAX,
        description=_l("几个号码之间用顿号隔开。答复里写到这些号码时，公示件予以保留。"),
    )
    hours = LineField(_l("办公时间"), most=OFFICE_MAX)

    def __init__(self, organisation: Organisation) -> None:
        super().__init__(obj=organisation)

    def change(self, organisation_id: int, actor: Actor, now: datetime) -> None:
        """Enter what the organisation does and how it is reached."""
        office = Office(self.duties.data, self.address.data, self.telephone.data, self.hours.data)
        organisations.describe(organisation_id, office, actor, now)


class MoveForm(ChangeForm):
    """Another superior."""

    parent = OrganisationField(_l("新的上级单位"), N_("请选择"), _l("请选择上级单位。"))
    on = DayField(_ON, description=_ON_HINT)

    def __init__(self, organisation: Organisation) -> None:
        super().__init__()
        self.parent.leave_out(organisation.path)

    def change(self, organisation_id: int, actor: Actor, now: datetime) -> None:
        """Put the organisation under another superior."""
        organisations.move(organisation_id, self.parent.value, actor, now, self.on.data)


class CloseForm(ChangeForm):
    """The end of an organisation, and who takes over."""

    successor = OrganisationField(
        _l("承接单位"),
        N_("没有承接单位"),
        description=_l("它的职责现在归谁，公示件和统计会指向那里。没有就不选。"),
    )
    on = DayField(_l("停用日期"), description=_ON_HINT)

    def __init__(self, organisation: Organisation) -> None:
        super().__init__()
        self.successor.leave_out(organisation.path)

    def change(self, organisation_id: int, actor: Actor, now: datetime) -> None:
        """Take the organisation out of use."""
        organisations.close(organisation_id, self.successor.data, actor, now, self.on.data)


CHANGES: dict[str, Callable[[Organisation], ChangeForm]] = {
    "rename": RenameForm,
    "office": OfficeForm,
    "move": MoveForm,
    "close": CloseForm,
}
"""The form of each change, by the last word of its address."""
