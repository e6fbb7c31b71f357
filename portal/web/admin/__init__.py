"""Administration: organisations, people, calendar, deadline rules, and the audit trail."""

from __future__ import annotations

from flask import Blueprint

from portal.web.admin import (
    audit,
    calendar,
    deadline_rules,
    grants,
    messages,
    organisations,
    people,
    reports,
    tokens,
    words,
)
from portal.web.admin.blueprint import admin

VIEWS = (
    audit,
    calendar,
    deadline_rules,
    grants,
    messages,
    organisations,
    people,
    reports,
    tokens,
    words,
)
"""The modules that add their routes to the blueprint; naming one here puts them into the portal."""
admin_blueprints: tuple[Blueprint, ...] = (admin,)
