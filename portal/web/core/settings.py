"""The settings of the running portal."""

from __future__ import annotations

from flask import current_app

from portal.config import Settings


def settings() -> Settings:
    """Return the settings of the running portal."""
    found: Settings = current_app.extensions["letterbox"]
    return found


def code_key() -> bytes:
    """Return the key from which query codes and their hashes are derived."""
    return settings().key("code")
