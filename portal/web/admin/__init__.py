"""Administration: organisations, people, calendar, deadline rules, and the audit trail.

A module of views adds its routes to :data:`portal.web.admin.blueprint.admin`; naming it here puts
them into the application.
"""

from __future__ import annotations

from flask import Blueprint

from portal.web.admin import audit, calendar, deadline_rules, index, organisations, people
from portal.web.admin.blueprint import admin

__all__ = [
    "admin_blueprints",
    "audit",
    "calendar",
    "deadline_rules",
    "index",
    "organisations",
    "people",
]

admin_blueprints: tuple[Blueprint, ...] = (admin,)
