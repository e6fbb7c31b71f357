"""Requests for roles: a second administrator grants or refuses them."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import lazy_gettext as _l

from portal.domain.access import Permission
from portal.domain.accounts.grant_requests import GrantOutcome, may_decide
from portal.domain.errors import InvalidInput
from portal.models import GrantRequest, db
from portal.queries.office.grants import (
    ended_grants,
    first_logins,
    is_only_administrator,
    waiting_grants,
)
from portal.services.office.grants import decide
from portal.web.admin.blueprint import admin
from portal.web.core import Answer
from portal.web.core.clock import now
from portal.web.core.language import say
from portal.web.core.people import current_actor, needs

_EDIT = Permission.USERS_EDIT
_OUTCOMES = {
    "approve": (GrantOutcome.GRANTED, _l("已同意，对方重新登录后生效。")),
    "refuse": (GrantOutcome.REFUSED, _l("未同意，角色没有增加。")),
    "withdraw": (GrantOutcome.WITHDRAWN, _l("申请已撤回。")),
}


@admin.get("/people/requests")
@needs(_EDIT)
def grants() -> str:
    """Show the requests that wait, and how the last ones ended."""
    return _page()


def _page(problem: str = "") -> str:
    session = db.session()
    waiting = waiting_grants(session)
    return render_template(
        "admin/grants.html",
        waiting=waiting,
        logins=first_logins(session, (each.user_id for each in waiting)),
        ended=ended_grants(session),
        alone=is_only_administrator(session),
        decidable=_decidable,
        mine=_mine,
        problem=problem,
    )


def _decidable(each: GrantRequest) -> bool:
    return may_decide(current_actor().user_id, each.requested_by_id, each.user_id)


def _mine(each: GrantRequest) -> bool:
    return current_actor().user_id == each.requested_by_id


@admin.post("/people/requests/<int:grant_request_id>/<any(approve,refuse,withdraw):what>")
@needs(_EDIT)
def grants_decide(grant_request_id: int, what: str) -> Answer:
    """End a request."""
    outcome, done = _OUTCOMES[what]
    try:
        decide(grant_request_id, outcome, current_actor(), now())
    except InvalidInput as error:
        return _page(say(error.message)), 409
    flash(str(done), "success")
    return redirect(url_for("admin.grants"))
