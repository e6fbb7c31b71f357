"""The console: where departments read, handle and answer letters.

A module of views adds its routes to :data:`portal.web.console.blueprint.console`; naming it here
puts them into the application. No module needs another to be imported before it.
"""

from __future__ import annotations

from flask import Blueprint

from portal.web.console import (
    account,
    day,
    identity,
    organisations,
    passkeys,
    second_factor,
    sessions,
    staff_messages,
    statistics,
)
from portal.web.console.archive import policy_changes, problem_notices, publication, release
from portal.web.console.blueprint import console
from portal.web.console.disclosure import register, request_list, request_page
from portal.web.console.letters import erasures, files, inbox, letter, registering, replies

__all__ = [
    "console_blueprints",
    "day",
    "erasures",
    "files",
    "identity",
    "inbox",
    "letter",
    "organisations",
    "passkeys",
    "policy_changes",
    "problem_notices",
    "publication",
    "register",
    "registering",
    "release",
    "replies",
    "request_list",
    "request_page",
    "second_factor",
    "sessions",
    "staff_messages",
    "statistics",
]

console_blueprints: tuple[Blueprint, ...] = (account.account, console)
