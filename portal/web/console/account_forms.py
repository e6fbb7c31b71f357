"""Forms of the staff account."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import DataRequired, EqualTo, Length

from portal.services.office.accounts import PASSWORD_MIN
from portal.web.core.fields import LineField, SecretField
from portal.web.core.forms import Form


class LoginForm(Form):
    """Name and password."""

    username = LineField(
        _l("用户名"),
        [
            DataRequired(_l("请填写用户名。")),
            Length(max=64, message=_l("用户名不超过 64 个字符。")),
        ],
    )
    password = SecretField(
        _l("密码"),
        [DataRequired(_l("请填写密码。")), Length(max=200, message=_l("密码不超过 200 个字符。"))],
    )


class PasswordForm(Form):
    """A new password for oneself."""

    old = SecretField(
        _l("原密码"),
        [
            DataRequired(_l("请填写原密码。")),
            Length(max=200, message=_l("密码不超过 200 个字符。")),
        ],
    )
    password = SecretField(
        _l("新密码"),
        [
            DataRequired(_l("请填写新密码。")),
            Length(min=PASSWORD_MIN, message=_l("新密码至少 10 个字符。")),
            Length(max=200, message=_l("密码不超过 200 个字符。")),
        ],
    )
    repeat = SecretField(
        _l("再输一遍新密码"),
        [
            DataRequired(_l("请再输一遍新密码。")),
            EqualTo("password", _l("两次输入的新密码不一致。")),
        ],
    )
