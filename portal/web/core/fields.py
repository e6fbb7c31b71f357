"""Fields and helpers that several parts of the web share."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField

from portal.domain.whole_numbers import whole_number

_LAST_PAGE = 10**9
_DATE = _l("请按年-月-日填写日期，例如 2016-12-31。")


class DayField(DateField):  # type: ignore[misc]
    """A civil date whose error is said in the words of the page."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the date; refuse what is none."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(str(_DATE)) from error


class WholeNumber(IntegerField):  # type: ignore[misc]
    """A whole number whose error is said in the words of the page."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; refuse what is none."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_("请填写整数。")) from error


def page_asked() -> int:
    """Return the page that the address asks for; what is no number is the first."""
    # Digits beyond those of the last page change nothing but the time that reading them takes.
    typed = request.args.get("page", "")[: len(str(_LAST_PAGE)) + 1]
    page = whole_number(typed)
    return 1 if page is None else min(page, _LAST_PAGE)
