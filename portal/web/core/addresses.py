"""Addresses of pages: their ids, and the same page with other words in its query."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, request
from werkzeug.routing import IntegerConverter

from portal.domain.whole_numbers import ID_MAX


def _up_to(most: int) -> str:
    """Return the pattern of the numbers from 0 to ``most`` in ASCII digits."""
    digits = str(most)
    shorter = f"[0-9]{{1,{len(digits) - 1}}}"
    smaller = (
        f"{digits[:place]}[{0 if place else 1}-{int(digit) - 1}][0-9]{{{len(digits) - place - 1}}}"
        for place, digit in enumerate(digits)
        if int(digit) > (0 if place else 1)
    )
    return "|".join((*smaller, digits, shorter))


class IdConverter(IntegerConverter):
    """A number that an id of the database can be; others are no page at all.

    The limit is part of the pattern, so that a number too large falls to the next rule that fits
    (the open data answer every unknown address of theirs as JSON).
    """

    regex = f"(?:{_up_to(ID_MAX)})"


def set_up_addresses(app: Flask) -> None:
    """Route every ``<int:…>`` in the addresses of ``app`` as an id, and offer ``here`` to pages."""
    app.url_map.converters["int"] = IdConverter
    app.jinja_env.globals.update(here=here, this_path=this_path)


def with_words(path: str, words: dict[str, Any]) -> str:
    """Return ``path`` with the ``words`` that are not empty as its query; a list gives several."""
    given = {name: value for name, value in words.items() if value not in (None, "")}
    query = urlencode(given, doseq=True)
    return f"{path}?{query}" if query else path


def asked_path() -> str:
    """Return the path of the request without its language, as it stands in an address.

    A browser leaves out tabs and takes a backslash for a slash: unquoted, either could make a path the
    name of another host.
    """
    return quote(request.path, safe=_PATH)


_PATH = "/:@!$&'()*+,;=~"
"""What stands in a path as it is, besides letters and digits (RFC 3986)."""


def this_path() -> str:
    """Return the path of this page, its language included."""
    return request.script_root + asked_path()


def this_address() -> str:
    """Return the path and query of this page."""
    query = request.query_string.decode("utf-8", "replace")
    return f"{this_path()}?{query}" if query else this_path()


def here(**changes: Any) -> str:
    """Return the address of this page with words of its query changed; ``None`` removes one."""
    return with_words(this_path(), {**request.args, **changes})
