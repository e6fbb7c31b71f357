"""The blueprint that the pages for citizens hang on, and what all of them need."""

from __future__ import annotations

from flask import Blueprint

from portal.web.core.settings import settings

public_pages = Blueprint("public", __name__)


def code_key() -> bytes:
    """Return the key from which query codes and their hashes are made."""
    return settings().key("code")
