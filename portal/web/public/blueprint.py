"""The blueprint of the pages for citizens."""

from __future__ import annotations

from flask import Blueprint

public_pages = Blueprint("public", __name__)
