"""The part of the web for programs: the open data of the archive, and health."""

from __future__ import annotations

from flask import Blueprint

from portal.web.api import letters, v1
from portal.web.api.blueprint import open_data, set_up_interfaces
from portal.web.api.health import health
from portal.web.api.open311.views import open311, set_up_open311
from portal.web.api.receipts import receipts

__all__ = ["api_blueprints", "set_up_interfaces", "letters", "set_up_open311", "v1"]

api_blueprints: tuple[Blueprint, ...] = (open_data, open311, health, receipts)
