"""The settings of the running portal."""

from __future__ import annotations

from flask import Flask, current_app

from portal.config import Settings

_PLACE = "letterbox"


def keep_settings(app: Flask, settings: Settings) -> None:
    """Give ``app`` its settings."""
    app.extensions[_PLACE] = settings


def settings_of(app: Flask) -> Settings:
    """Return the settings of ``app``."""
    found: Settings = app.extensions[_PLACE]
    return found


def settings() -> Settings:
    """Return the settings of the portal that answers this request."""
    return settings_of(current_app)


def code_key() -> bytes:
    """Return the key from which query codes and their hashes are derived."""
    return settings().key("code")
