"""The console: where departments read, handle and answer letters.

A module of views adds its routes to :data:`portal.web.console.blueprint.console`; naming it here
puts them into the application. No module needs another to be imported before it.
"""

from __future__ import annotations

from flask import Blueprint

from portal.web.console import account, day, organisations, statistics
from portal.web.console.archive import problem_notices, publication
from portal.web.console.blueprint import console
from portal.web.console.disclosure import (
    inbox as disclosure,
)
from portal.web.console.disclosure import (
    register as disclosure_register,
)
from portal.web.console.disclosure import (
    request_page as disclosure_request,
)
from portal.web.console.letters import actions, inbox, letter, replies

__all__ = [
    "actions",
    "console_blueprints",
    "day",
    "disclosure",
    "disclosure_register",
    "disclosure_request",
    "inbox",
    "letter",
    "organisations",
    "problem_notices",
    "publication",
    "replies",
    "statistics",
]

console_blueprints: tuple[Blueprint, ...] = (account.account, console)
