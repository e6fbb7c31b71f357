"""Shared parts of the web: sessions, clock, errors, labels, security headers, and what a view returns."""

from __future__ import annotations

from werkzeug.wrappers import Response

Page = tuple[str, int]
"""The text of a page and its status."""
Answer = str | Page | Response
