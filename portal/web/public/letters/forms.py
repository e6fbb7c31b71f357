"""Small forms of a citizen with a letter: opening it, supplement, rating, redo, withdrawal."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from portal.domain.letters.states import TEXT_MAX
from portal.services.core.typed_text import clean
from portal.services.letters.submission import COMMENT_MAX
from portal.web.core.typed import at_most, one_line

_SCORES = (
    ("5", _l("5 分，很满意")),
    ("4", _l("4 分，满意")),
    ("3", _l("3 分，一般")),
    ("2", _l("2 分，不满意")),
    ("1", _l("1 分，很不满意")),
)


def _scores() -> list[SelectChoice]:
    return [SelectChoice(value, text) for value, text in _SCORES]


class TrackForm(FlaskForm):  # type: ignore[misc]
    """Number and query code, which together open a letter or a request for disclosure."""

    number = StringField(
        _l("信件编号或申请编号"),
        filters=[one_line],
        validators=[DataRequired(_l("请填写回执上的编号。"))],
    )
    query_code = StringField(
        _l("查询码"),
        filters=[one_line],
        validators=[DataRequired(_l("请填写回执上的查询码。"))],
    )


class SupplementForm(FlaskForm):  # type: ignore[misc]
    """The answer to the office's question."""

    text = TextAreaField(
        _l("补充的内容"),
        filters=[clean],
        validators=[DataRequired(_l("请写下要补充的情况。")), at_most(TEXT_MAX)],
    )


class RedoForm(FlaskForm):  # type: ignore[misc]
    """The wish for a redo, with the reason."""

    text = TextAreaField(
        _l("为什么需要重办"),
        filters=[clean],
        validators=[
            DataRequired(_l("请说明哪些问题没有答复或没有解决。")),
            at_most(TEXT_MAX),
        ],
    )


class RatingForm(FlaskForm):  # type: ignore[misc]
    """The rating after closing."""

    attitude = RadioField(
        _l("服务态度"), choices=_scores, validators=[DataRequired(_l("请给服务态度打分。"))]
    )
    efficiency = RadioField(
        _l("办事效率"), choices=_scores, validators=[DataRequired(_l("请给办事效率打分。"))]
    )
    comment = TextAreaField(_l("想说的话"), filters=[clean], validators=[at_most(COMMENT_MAX)])


class WithdrawForm(FlaskForm):  # type: ignore[misc]
    """Nothing but the token."""
