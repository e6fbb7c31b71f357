"""The blueprint that the pages for citizens hang on, and what all of them need."""

from __future__ import annotations

from flask import Blueprint, current_app

from portal.config import Settings

public_pages = Blueprint("public", __name__)


def settings() -> Settings:
    """Return the settings of the running portal."""
    found: Settings = current_app.extensions["letterbox"]
    return found


def code_key() -> bytes:
    """Return the key from which query codes and their hashes are made."""
    return settings().key("code")
