"""Input typed into forms: its normalisation, and the messages where it cannot be used."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable

from flask_babel import gettext as _
from wtforms import Field
from wtforms.validators import StopValidation

from portal.services.core.typed_text import clean

EMAIL_MAX = 254
WORDS_MAX = 60
"""Characters of words typed to find an organisation, a person or a record."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22,64}")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0[0-9]{2,3}[2-9][0-9]{6,7}(?:-[0-9]{1,6})?")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}")
_DASHES = re.compile(r"[‐‑‒–—―−－_]")
_TALK = re.compile(r"[\s()\[\]（）.]+")


def one_line(text: str | None) -> str:
    """Return typed text as one clean line."""
    return clean(text, lines=False)


def plain_phone(text: str | None) -> str:
    """Return a telephone number in plain digits, as typed otherwise.

    Full-width digits, spaces, brackets and the country code are taken; a dash stays only before
    an extension.
    """
    folded = _DASHES.sub("-", unicodedata.normalize("NFKC", one_line(text)))
    folded = re.sub(r"^(\+|00)86-?", "", _TALK.sub("", folded))
    area = re.fullmatch(r"(0[0-9]{2,3})-([2-9][0-9]{6,7}(?:-[0-9]{1,6})?)", folded)
    if area:
        return area[1] + area[2]
    digits = folded.replace("-", "")
    return digits if _MOBILE.fullmatch(digits) else folded


def plain_email(text: str | None) -> str:
    """Return an e-mail address without blanks, full-width characters folded."""
    return unicodedata.normalize("NFKC", one_line(text)).replace(" ", "").replace("。", ".")


def at_most(most: int) -> Callable[[object, Field], None]:
    """Return a validator whose message states by how many characters a text is too long."""

    def check(form: object, field: Field) -> None:
        over = len(field.data or "") - most
        if over > 0:
            said = _("最多 %(most)s 字，现在多了 %(over)s 字，请删减。", most=most, over=over)
            raise StopValidation(said)

    check.field_flags = {"maxlength": most}  # type: ignore[attr-defined]
    return check


def is_phone(number: str) -> bool:
    """Return whether plain digits are a mobile number, or a landline with its area code."""
    return bool(_MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number))


def is_email(address: str) -> bool:
    """Return whether ``address`` has the form of an e-mail address."""
    return len(address) <= EMAIL_MAX and bool(_EMAIL.fullmatch(address))


def form_token(given: str | None) -> str:
    """Return the token of a form, which makes two clicks one; a missing or odd one is made new."""
    return given if given and _TOKEN.fullmatch(given) else secrets.token_urlsafe(24)
