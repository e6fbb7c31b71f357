"""Forms of the staff accounts."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from portal.domain.access import Role
from portal.domain.errors import InvalidInput
from portal.queries.office.administration import PERSON_STATE_LABELS
from portal.services.office.users import NAME_MAX
from portal.web.admin.forms import AdminForm, ChoiceOfPlace, FilterForm
from portal.web.core.language import label

WORDS_MAX = 60


def _roles(first: Any) -> list[tuple[str, str]]:
    return [("", first)] + [(role.value, label(role)) for role in Role]


class PeopleFilter(FilterForm):
    """What narrows the list of people."""

    q = StringField(_l("姓名或用户名"))
    role = SelectField(_l("角色"), validate_choice=False)
    state = SelectField(_l("状态"), validate_choice=False)
    organisation = ChoiceOfPlace(_l("单位（含下级）"))

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.role.choices = _roles(_("全部角色"))
        self.state.choices = [("", _("全部状态"))] + [
            (state.value, _(words)) for state, words in PERSON_STATE_LABELS.items()
        ]
        self.organisation.offer(_("全部单位"))


class GrantForm(AdminForm):
    """A role at an organisation."""

    role = SelectField(_l("角色"), [InputRequired(_l("请选择角色。"))], validate_choice=False)
    organisation = ChoiceOfPlace(_l("单位"), _l("请选择单位。"))

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.role.choices = _roles(_("请选择"))
        self.organisation.offer(_("请选择"))

    def validate_role(self, field: SelectField) -> None:
        """Refuse a role that does not exist."""
        if field.data not in set(Role):
            raise ValidationError(_("请选择角色。"))

    def put(self, error: InvalidInput) -> None:
        """Say what is wrong with the roles at the role."""
        where = "role" if error.field == "grants" else error.field
        super().put(InvalidInput(where, str(error)))


class NewPersonForm(GrantForm):
    """An account with its first role; whose it is comes first, as on the page."""

    username = StringField(
        _l("用户名"),
        [
            InputRequired(_l("请填写用户名。")),
            Length(max=64, message=_l("用户名不超过 64 个字符。")),
        ],
        description=_l("小写字母、数字或 . _ -，用来登录，以后不能更改。"),
    )
    name = StringField(
        _l("姓名"),
        [
            InputRequired(_l("请填写姓名。")),
            Length(max=NAME_MAX, message=_l("姓名不超过 %(n)s 个字。", n=NAME_MAX)),
        ],
        description=_l("同事在办理记录中看到的名字。"),
    )

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        for name in ("name", "username", "role", "organisation"):
            self._fields[name] = self._fields.pop(name)
