"""The public part of the web: what anyone may see and use without an account."""

from __future__ import annotations

from flask import Blueprint

from portal.web.public import feeds, home, letters, organisations, track, write
from portal.web.public.archive import archive_pages
from portal.web.public.blueprint import public_pages
from portal.web.public.language import language_switch
from portal.web.public.pages import standing_pages
from portal.web.public.statistics import statistics

__all__ = ["feeds", "home", "letters", "organisations", "public_blueprints", "track", "write"]

public_blueprints: tuple[Blueprint, ...] = (
    public_pages,
    archive_pages,
    language_switch,
    standing_pages,
    statistics,
)
