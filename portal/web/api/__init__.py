"""The api part of the web."""

from __future__ import annotations

from flask import Blueprint

api_blueprints: tuple[Blueprint, ...] = ()
