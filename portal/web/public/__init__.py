"""The public part of the web."""

from __future__ import annotations

from flask import Blueprint

public_blueprints: tuple[Blueprint, ...] = ()
