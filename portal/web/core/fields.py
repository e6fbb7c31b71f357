"""The fields that forms are made of, each with the type of its value, and the page number.

A text is always a ``str`` and already clean. Everything else is ``None`` until something usable was
given; ``value`` is what a required field holds once its form was found valid. A field with a
``missing``, the message where nothing was given, is required.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from email.utils import parseaddr
from typing import Any, Generic, TypeVar

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice, enum_coerce
from wtforms.validators import DataRequired, InputRequired, Optional, ValidationError
from wtforms.widgets import EmailInput, HiddenInput, TelInput, TextArea

from portal.domain.messages.addresses import objection
from portal.domain.periods import FIRST_YEAR, LAST_YEAR
from portal.domain.translatable import Labelled
from portal.domain.whole_numbers import whole_number
from portal.services.core.typed_text import clean
from portal.web.core.language import label as name_of
from portal.web.core.settings import settings
from portal.web.core.typed import at_most, is_email, is_phone, one_line, plain_email, plain_phone

T = TypeVar("T")
E = TypeVar("E", bound=Labelled)
LAST_PAGE = 10**9
"""The last page that an address may ask for."""


class Needed(DataRequired):  # type: ignore[misc]
    """Input is needed; the page knows the message, so that a script can give it before the form is sent."""

    def __init__(self, missing: object) -> None:
        super().__init__(missing)
        self.field_flags = {"required": True, "missing": missing}


class LineField(StringField):  # type: ignore[misc]
    """One line of text."""

    data: str
    cleaned: Callable[[str | None], str] = staticmethod(one_line)

    def __init__(
        self, label: object, missing: object = None, most: int | None = None, **given: object
    ) -> None:
        """Take a text of at most ``most`` characters."""
        rules: list[Callable[..., object]] = [Needed(missing)] if missing else []
        if most:
            rules.append(at_most(most))
        super().__init__(label, rules, filters=[self.cleaned], **given)


class TextField(LineField):
    """A text of several lines."""

    cleaned = staticmethod(clean)
    widget = TextArea()


class PhoneField(LineField):
    """A telephone number in plain digits."""

    cleaned = staticmethod(plain_phone)
    widget = TelInput()

    def pre_validate(self, form: object) -> None:
        """Refuse what is no telephone number."""
        if self.data and not is_phone(self.data):
            raise ValidationError(
                _("请填 11 位手机号码，或带区号的座机号码，例如 023-63151234；也可以只留邮箱。")
            )


class MailField(LineField):
    """An e-mail address without blanks."""

    cleaned = staticmethod(plain_email)
    widget = EmailInput()

    def pre_validate(self, form: object) -> None:
        """Refuse what is no e-mail address."""
        if self.data and not is_email(self.data):
            raise ValidationError(_("邮箱的写法不对，应当像 name@example.com 这样。"))


class MailboxField(MailField):
    """An e-mail address to which messages will go."""

    def pre_validate(self, form: object) -> None:
        """Refuse what is no address, and one that no message should go to."""
        super().pre_validate(form)
        refuse_unsuitable(self.data)


def refuse_unsuitable(address: str) -> None:
    """Raise ``ValidationError`` with the reason where no message should go to ``address``."""
    own = (parseaddr(settings().mail_from)[1], settings().bounce_address)
    if address and (said := objection(address, own)):
        raise ValidationError(_(said))


class TickField(BooleanField):  # type: ignore[misc]
    """A box that is ticked or not."""

    data: bool


class Filled(Field, Generic[T]):  # type: ignore[misc]
    """A field that has no value until valid input was given."""

    name: str
    data: T | None

    def __init__(
        self,
        label: object = None,
        missing: object = None,
        validators: Sequence[Callable[..., object]] = (),
        **given: object,
    ) -> None:
        rules = [InputRequired(missing)] if missing else []
        super().__init__(label, [*rules, *validators], **given)

    @property
    def value(self) -> T:
        """The value; only of a required field, and after its form was found valid."""
        if self.data is None:
            raise ValueError(self.name)
        return self.data


class HiddenTextField(Filled[str], HiddenField):  # type: ignore[misc]
    """A hidden text."""


class OneOfField(Filled[str], RadioField):  # type: ignore[misc]
    """One of a few choices that the form offers when it is shown; sent as text."""


class ListField(Filled[str], SelectField):  # type: ignore[misc]
    """One of many choices that the form offers when it is shown; sent as text."""


class VerbatimField(Filled[str], StringField):  # type: ignore[misc]
    """A text taken as it is typed."""


class SecretField(Filled[str], PasswordField):  # type: ignore[misc]
    """A password, taken as it is typed."""


class EnumField(Filled[E], RadioField):  # type: ignore[misc]
    """One word of the domain, shown as cards; a word that does not exist counts as none."""

    def __init__(
        self,
        label: object,
        words: type[E],
        missing: object,
        offered: Iterable[E] | None = None,
        hints: Mapping[E, str] | None = None,
        **given: Any,
    ) -> None:
        """Offer ``words``, or only those ``offered``; ``missing`` is the message without a choice.

        ``hints`` are shown under the choices, in the language of the page.
        """
        members = list(words if offered is None else offered)
        super().__init__(
            label,
            validators=[Needed(missing)],
            choices=lambda: [SelectChoice(each.value, name_of(each)) for each in members],
            coerce=enum_coerce(words),
            validate_choice=False,
            **given,
        )
        self.hints = {each.value: _(hint) for each, hint in (hints or {}).items()}


class EnumListField(Filled[E], SelectField):  # type: ignore[misc]
    """One word of the domain, or none, chosen from a list."""

    def __init__(
        self,
        label: object,
        words: type[E],
        none: str,
        missing: object = None,
        offered: Iterable[E] | None = None,
        **given: Any,
    ) -> None:
        """Offer ``words``, or only those ``offered``, below ``none``.

        Without ``missing`` a choice may be left out.
        """
        members = list(words if offered is None else offered)
        read = enum_coerce(words)
        super().__init__(
            label,
            missing,
            choices=lambda: [
                SelectChoice("", _(none)),
                *(SelectChoice(each.value, name_of(each)) for each in members),
            ],
            coerce=lambda given: read(given) if given else None,
            invalid_value_message=missing or _l("没有这个选项，请重新选择。"),
            **given,
        )


class DayField(Filled[date], DateField):  # type: ignore[misc]
    """A civil date of a year that figures may be asked for.

    The first and the last days that there are have no moments in UTC, or none after them.
    """

    def __init__(self, label: object, missing: object = None, **given: Any) -> None:
        self._wrong = _l("请按年-月-日填写日期，例如 2016-12-31。")
        rules = [] if missing else [Optional()]
        super().__init__(label, missing, rules, invalid_value_message=self._wrong, **given)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the date that was sent."""
        super().process_formdata(valuelist)
        if self.data is not None and not FIRST_YEAR <= self.data.year <= LAST_YEAR:
            self.data = None
            raise ValueError(self._wrong)


class WholeNumber(Filled[int], IntegerField):  # type: ignore[misc]
    """A whole number."""

    def __init__(self, label: object, missing: object = None, **given: Any) -> None:
        wrong = _l("请填写整数。")
        rules = [] if missing else [Optional()]
        super().__init__(label, missing, rules, invalid_value_message=wrong, **given)


class IdsField(SelectMultipleField):  # type: ignore[misc]
    """Ids that were ticked on the page; what is no id is left out."""

    data: list[int]

    def __init__(self, label: object, **given: Any) -> None:
        super().__init__(label, choices=(), validate_choice=False, **given)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the ids that were sent."""
        self.data = [number for number in map(whole_number, valuelist) if number is not None]


class VersionField(IntegerField):  # type: ignore[misc]
    """A hidden version; one that is missing or no number counts as -1, which fits nothing."""

    data: int | None
    widget = HiddenInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number that was sent."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = -1

    @property
    def seen(self) -> int:
        """The version that the page showed."""
        return -1 if self.data is None else self.data

    def carry(self, version: int) -> None:
        """Send ``version``, whatever was sent before."""
        self.raw_data, self.data = None, version


def page_asked() -> int:
    """Return the page number in the address; 1 where it is no number."""
    # Digits beyond those of the last page change nothing but the time that reading them takes.
    typed = request.args.get("page", "")[: len(str(LAST_PAGE)) + 1]
    page = whole_number(typed)
    return 1 if page is None else min(page, LAST_PAGE)
