"""What stands in the addresses of pages."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter


class IdConverter(IntegerConverter):
    """A number of up to eighteen digits, as any id of the database; others are no page at all.

    The limit is part of the pattern, so that a number too large falls to the next rule that fits
    (the open data answer every unknown address of theirs as JSON).
    """

    regex = "[0-9]{1,18}"


def set_up_addresses(app: Flask) -> None:
    """Let every ``<int:…>`` in the addresses of ``app`` stand for an id."""
    app.url_map.converters["int"] = IdConverter
