"""What stands in the addresses of pages."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

from portal.queries.archive_table import ID_MOST


class IdConverter(IntegerConverter):
    """A number no larger than an id of the database; any other is an address without a page."""

    def __init__(self, url_map: Map, **given: Any) -> None:
        super().__init__(url_map, **{"max": ID_MOST, **given})


def set_up_addresses(app: Flask) -> None:
    """Let every ``<int:…>`` in the addresses of ``app`` stand for an id."""
    app.url_map.converters["int"] = IdConverter
