"""The admin part of the web."""

from __future__ import annotations

from flask import Blueprint

admin_blueprints: tuple[Blueprint, ...] = ()
