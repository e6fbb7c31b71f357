"""Letter numbers and query codes.

The number (信件编号) is public: date of receipt, sequence of that day, and a check digit by
ISO 7064 Mod 11,10, which catches every single wrong digit. The query code (查询码) is secret:
13 characters of Crockford's base 32 (65 bits), derived from the form token, so that a double click
shows the same code; only its keyed hash is stored. Number and code together open a letter.
"""

import hmac
import re
import unicodedata
from datetime import date
from hashlib import sha256

from portal.domain.checked_numbers import MistypedNumber, number_ending, read_sequence
from portal.domain.errors import N_

CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 13

_SEQUENCE_WIDTH = 5
_LONGEST = 40
_NO_HASH = "0" * 64
_NUMBER = re.compile(r"(?P<day>[0-9]{8})(?P<sequence>[0-9]{5,9})(?P<check>[0-9])")
# What people and word processors put between groups: any white space, and all dashes, the
# minus sign and the Chinese character for one that is used as a dash among digits.
_SEPARATORS = re.compile(r"[\s\u00ad\u200b-\u200d\u2060\ufeff_\-‐‑‒–—―−ー一·.]+")
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


class NumberError(MistypedNumber):
    """A text that is no letter number."""

    messages = {
        "shape": N_("信件编号由日期、序号和一位校验码组成，形如 20161231-00042-5，请核对回执"),
        "check": N_("信件编号有一位数字可能输错或颠倒了，请对照回执再核对一遍"),
    }


def format_number(day: date, sequence: int) -> str:
    """Return the letter number, such as ``20161231-00042-5``.

    The sequence has at least five digits and widens above 99,999. Raises ValueError outside
    1 to 999,999,999.
    """
    head = f"{day:%Y%m%d}"
    return f"{head}-{number_ending(head, sequence, _SEQUENCE_WIDTH)}"


def parse_number(text: str) -> str:
    """Return the letter number that people type; spaces, dashes and full-width digits are taken.

    Raises NumberError: ``check`` where it has the right form but a wrong digit, else ``shape``.
    """
    match = _NUMBER.fullmatch(compact(text))
    if match is None:
        raise NumberError("shape")
    sequence = read_sequence(match[0], match["sequence"], _SEQUENCE_WIDTH, NumberError)
    try:
        day = date(int(match["day"][:4]), int(match["day"][4:6]), int(match["day"][6:]))
    except ValueError:
        raise NumberError("shape") from None
    return format_number(day, sequence)


def derive_query_code(key: bytes, form_token: str) -> str:
    """Return the 13 characters of a form: HMAC-SHA256 of its token under the server's key.

    The same form always gives the same code; without ``key`` the code cannot be computed.
    """
    digest = hmac.digest(key, b"query-code\0" + form_token.encode(), sha256)
    bits = int.from_bytes(digest) >> (8 * len(digest) - 5 * CODE_LENGTH)
    shifts = range(5 * (CODE_LENGTH - 1), -1, -5)
    return "".join(CODE_ALPHABET[bits >> shift & 31] for shift in shifts)


def format_code(code: str) -> str:
    """Return a query code in groups, easy to read out and copy: ``XXXX-XXXX-XXXXX``."""
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def normalise_code(text: str) -> str:
    """Return a query code as typed, in the form in which it is hashed.

    Capital letters, without separators, O read as 0, I and L as 1. What is no code at all comes
    back as some other text, so that it fails just as a wrong code does.
    """
    return compact(text).upper().translate(_LOOKALIKES)


def hash_code(key: bytes, number: str, code: str) -> str:
    """Return what is stored of a query code: hex HMAC-SHA256, bound to the letter's number.

    A fast keyed hash is enough for 65 random bits; the key is not in the database.
    """
    text = f"{number}\0{normalise_code(code)}".encode(errors="replace")
    return hmac.digest(key, b"query-code-hash\0" + text, sha256).hex()


def code_fits(key: bytes, number: str, code: str, stored: str | None) -> bool:
    """Return whether ``code`` opens ``number``, whose stored hash is ``stored``, None without one.

    Both cases cause the same work, so that the time does not differ between them.
    """
    fits = hmac.compare_digest(hash_code(key, number, code), stored or _NO_HASH)
    return bool(stored) and fits


def compact(text: str) -> str:
    """Return plain (NFKC) text without separators, capped: no code or number is longer."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text[: 2 * _LONGEST]))[:_LONGEST]
