"""Forms of the staff accounts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.domain.access import Role
from portal.domain.accounts.usernames import USERNAME_MAX
from portal.domain.errors import N_, InvalidInput
from portal.queries.office.administration import PersonState
from portal.services.office.users import NAME_MAX
from portal.web.admin.forms import OrganisationField
from portal.web.core.fields import EnumListField, LineField, MailboxField
from portal.web.core.forms import FilterForm, Form
from portal.web.core.typed import EMAIL_MAX


class PeopleFilterForm(FilterForm):
    """The filters of the list of people."""

    q = LineField(_l("姓名或用户名"))
    role = EnumListField(_l("角色"), Role, N_("全部角色"))
    state = EnumListField(_l("状态"), PersonState, N_("全部状态"))
    organisation = OrganisationField(_l("单位（含下级）"), N_("全部单位"))


class GrantForm(Form):
    """A role at an organisation."""

    role = EnumListField(_l("角色"), Role, N_("请选择"), _l("请选择角色。"))
    organisation = OrganisationField(_l("单位"), N_("请选择"), _l("请选择单位。"))

    def put(self, error: InvalidInput) -> None:
        """Show an error of the roles at the field ``role``."""
        where = "role" if error.field == "grants" else error.field
        super().put(InvalidInput(where, error.message))


class AddressForm(Form):
    """The address for messages about work."""

    address = MailboxField(_l("工作邮箱"), most=EMAIL_MAX)


class NewPersonForm(GrantForm):
    """An account with its first role; whose it is comes first, as on the page."""

    username = LineField(
        _l("用户名"),
        _l("请填写用户名。"),
        USERNAME_MAX,
        description=_l("小写字母、数字或 . _ -，用来登录，以后不能更改。"),
    )
    name = LineField(
        _l("姓名"),
        _l("请填写姓名。"),
        NAME_MAX,
        description=_l("同事在办理记录中看到的名字。"),
    )

    def __init__(self, **given: object) -> None:
        super().__init__(**given)
        for name in ("name", "username", "role", "organisation"):
            self._fields[name] = self._fields.pop(name)
