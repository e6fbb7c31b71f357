"""Administration: organisations, people, calendar, limits, and the audit trail.

A module of views adds its routes to :data:`portal.web.admin.blueprint.admin`; naming it here puts
them into the application.
"""

from __future__ import annotations

from types import ModuleType

from flask import Blueprint

from portal.web.admin import audit, calendar, index, organisations, people
from portal.web.admin import deadline_rules as limits
from portal.web.admin.blueprint import admin

view_modules: tuple[ModuleType, ...] = (audit, calendar, index, limits, organisations, people)
"""Modules whose routes are on the shared blueprint."""

admin_blueprints: tuple[Blueprint, ...] = (admin,)
