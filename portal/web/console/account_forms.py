"""Forms of the staff account."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import EqualTo, Length

from portal.domain.access import USERNAME_MAX
from portal.services.office.accounts import PASSWORD_MAX, PASSWORD_MIN
from portal.web.core.fields import LineField, SecretField
from portal.web.core.forms import Form
from portal.web.core.typed import at_most


class LoginForm(Form):
    """Name and password."""

    username = LineField(_l("用户名"), _l("请填写用户名。"), USERNAME_MAX)
    password = SecretField(_l("密码"), _l("请填写密码。"), [at_most(PASSWORD_MAX)])


class PasswordForm(Form):
    """A new password for oneself."""

    old = SecretField(_l("原密码"), _l("请填写原密码。"), [at_most(PASSWORD_MAX)])
    password = SecretField(
        _l("新密码"),
        _l("请填写新密码。"),
        [
            Length(min=PASSWORD_MIN, message=_l("新密码至少 %(n)s 个字符。", n=PASSWORD_MIN)),
            at_most(PASSWORD_MAX),
        ],
    )
    repeat = SecretField(
        _l("再输一遍新密码"),
        _l("请再输一遍新密码。"),
        [EqualTo("password", _l("两次输入的新密码不一致。"))],
    )
