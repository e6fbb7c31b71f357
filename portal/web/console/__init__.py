"""The console part of the web."""

from __future__ import annotations

from flask import Blueprint

console_blueprints: tuple[Blueprint, ...] = ()
