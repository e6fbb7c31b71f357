"""Administration: organisations, people, rules, notices about the site, and the audit trail."""

from __future__ import annotations

from flask import Blueprint

from portal.web.admin import (
    audit,
    grants,
    messages,
    organisations,
    people,
    reports,
    site_notices,
    tokens,
    words,
)
from portal.web.admin.blueprint import admin
from portal.web.admin.rules import calendar, deadline_rules

VIEWS = (
    audit,
    calendar,
    deadline_rules,
    grants,
    messages,
    organisations,
    people,
    reports,
    site_notices,
    tokens,
    words,
)
"""The modules that add their routes to the blueprint; naming one here puts them into the portal."""
admin_blueprints: tuple[Blueprint, ...] = (admin,)
