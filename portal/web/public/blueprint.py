"""The blueprint that the pages for citizens hang on."""

from __future__ import annotations

from flask import Blueprint

public_pages = Blueprint("public", __name__)
