"""Input typed into forms: its normalisation, and the messages where it cannot be used."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from wtforms import Field
from wtforms.validators import StopValidation

from portal.services.core.typed_text import clean

EMAIL_MAX = 254
WORDS_MAX = 60
"""Characters of words typed to find an organisation, a person or a record."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22,64}")
_HOME = "CN"
_HOME_CODE = 86
_EXTENSION = re.compile(r"\s*(?:转接?|轉|分机号?|分機|内线)[:：\s]*(?=[0-9])")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_DASHED_EXTENSION = re.compile(r"(.*[0-9]{7,8})-([0-9]{1,6})")
_DASHES = re.compile(r"[‐‑‒–—―−－_]")


def one_line(text: str | None) -> str:
    """Return typed text as one clean line."""
    return clean(text, lines=False)


def plain_phone(text: str | None) -> str:
    """Return a telephone number in plain digits, or as typed where it is none.

    Full-width digits, blanks, brackets, the country code and 转 before an extension are taken. A
    number at home begins with its area code, any other with ``+`` and its country; an extension
    follows a dash.
    """
    folded = _DASHES.sub("-", unicodedata.normalize("NFKC", one_line(text)))
    number = _phone(folded)
    if number is None:
        return folded
    if number.country_code == _HOME_CODE:
        plain = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
        plain = re.sub(r"[^0-9]", "", plain.partition(" ext")[0])
    else:
        plain = f"+{number.country_code}{number.national_number}"
    return f"{plain}-{number.extension}" if number.extension else plain


def is_phone(number: str) -> bool:
    """Return whether ``number`` can be called: with its area code or country, or a mobile."""
    return _phone(number) is not None


def is_mobile(number: str) -> bool:
    """Return whether ``number`` gets text messages: a mobile, or abroad a number that may be one."""
    found = _phone(number)
    if found is None or found.extension:
        return False
    if found.country_code == _HOME_CODE:
        return _MOBILE.fullmatch(str(found.national_number)) is not None
    kinds = phonenumbers.PhoneNumberType
    kind = phonenumbers.number_type(found)
    return kind in (kinds.MOBILE, kinds.FIXED_LINE_OR_MOBILE)


def _phone(text: str) -> phonenumbers.PhoneNumber | None:
    spelled = _EXTENSION.sub(" ext. ", text)
    if dashed := _DASHED_EXTENSION.fullmatch(spelled):
        spelled = f"{dashed[1]} ext. {dashed[2]}"
    try:
        number = phonenumbers.parse(spelled, _HOME)
    except phonenumbers.NumberParseException:
        return None
    # New blocks of mobile numbers are in use before the tables of the library know them.
    mobile = number.country_code == _HOME_CODE and _MOBILE.fullmatch(str(number.national_number))
    return number if mobile or phonenumbers.is_valid_number(number) else None


def plain_email(text: str | None) -> str:
    """Return an e-mail address without blanks, in the form in which it is written to."""
    folded = unicodedata.normalize("NFKC", one_line(text)).replace(" ", "").replace("。", ".")
    try:
        return validate_email(folded, check_deliverability=False).normalized
    except EmailNotValidError:
        return folded


def is_email(address: str) -> bool:
    """Return whether ``address`` is an e-mail address by its form, in any script."""
    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        return False
    return len(address) <= EMAIL_MAX


def at_most(most: int) -> Callable[[object, Field], None]:
    """Return a validator whose message states by how many characters a text is too long."""

    def check(form: object, field: Field) -> None:
        over = len(field.data or "") - most
        if over > 0:
            said = _("最多 %(most)s 字，现在多了 %(over)s 字，请删减。", most=most, over=over)
            raise StopValidation(said)

    check.field_flags = {"maxlength": most}  # type: ignore[attr-defined]
    return check


def form_token(given: str | None) -> str:
    """Return the token of a form, which makes two clicks one; a missing or odd one is made new."""
    return given if given and is_form_token(given) else secrets.token_urlsafe(24)


def is_form_token(given: str) -> bool:
    """Return whether ``given`` can be the token of a form."""
    return bool(_TOKEN.fullmatch(given))
